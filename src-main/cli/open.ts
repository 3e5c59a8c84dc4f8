import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '../../shared/catalog/location.ts'
import { findDesktop } from './desktop.ts'
import { standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'

/** Opens the desktop app, or serves and opens a browser; in which case it says why in one line. */
export async function runOpen(stores: readonly string[]): Promise<ExitCode> {
  const desktop = await findDesktop({ dataFolder: dataFolder() })
  const app = appFolder()
  if (desktop.kind === 'ready' && app !== undefined) return runDesktop(desktop.binary, app, stores)
  const reason = desktop.kind === 'absent' ? desktop.reason : 'The desktop app is not built'
  await standardOutput().write(`${reason}: serving the same program for the browser.\n`)
  const { runServe } = await import('./serve.ts')
  return runServe(stores, { opensBrowser: true })
}

/** The folder whose package.json names the app, if the app is built. */
function appFolder(): string | undefined {
  const folder = fileURLToPath(new URL('../..', import.meta.url))
  return existsSync(new URL('../../out/main/electron.js', import.meta.url)) ? folder : undefined
}

function runDesktop(binary: string, app: string, stores: readonly string[]): Promise<ExitCode> {
  const { ELECTRON_RUN_AS_NODE: _asNode, ...environment } = process.env
  const child = spawn(binary, [app, ...stores], { stdio: 'inherit', env: environment })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0 ? 0 : 2))
  })
}
