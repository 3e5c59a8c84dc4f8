import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '../../shared/catalog/location.ts'
import { createEngine } from '../engine/engine.ts'
import { startWebHost } from '../web/host.ts'
import { openBrowser } from './browser.ts'
import { standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'
import { version } from './version.ts'

export interface ServeOptions {
  readonly port?: number
  readonly opensBrowser: boolean
}

/** The longest that ending takes: whatever is not done by then is cut off. */
const closeLimitMs = 1_800

/** Serves until it is stopped. The last line of stdout is the address. Throws if a store cannot be opened or the port not be had. */
export async function runServe(
  stores: readonly string[],
  { port, opensBrowser }: ServeOptions,
): Promise<ExitCode> {
  await using engine = await createEngine({ dataFolder: dataFolder(), host: 'web', version })
  for (const store of stores) await engine.connections.open(store)
  await using host = await startWebHost({ engine, port, rendererFolder: rendererFolder() })
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  const hasBrowser = opensBrowser && (await openBrowser(host.launchUrl()))
  await standardOutput().write(
    `Serving on this machine only; stop with Ctrl+C.${hasBrowser ? ' A browser was opened.' : ''} The address, with its access token:\n${host.url}\n`,
  )
  await stopped
  setTimeout(() => process.exit(0), closeLimitMs).unref()
  return 0
}

/** out/renderer, from src-main/cli in a checkout or from out/main in the build. */
function rendererFolder(): string {
  const built = fileURLToPath(new URL('../renderer', import.meta.url))
  return existsSync(built) ? built : fileURLToPath(new URL('../../out/renderer', import.meta.url))
}
