import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A data folder of this test file, so that no test sees the catalogs of the user. */
export const testDataFolder = mkdtempSync(join(tmpdir(), 'hashcache-cli-'))
afterAll(() => rmSync(testDataFolder, { recursive: true, force: true }))

export function start(parameters: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [mainFile, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HASHCACHE_DATA: testDataFolder, DISPLAY: '', WAYLAND_DISPLAY: '', ...environment },
  })
}

/** Runs `hashcache` as a child process to its end. */
export function hashcache(...parameters: string[]): Promise<Ran> {
  return hashcacheIn(testDataFolder, ...parameters)
}

/** The same with a data folder of its own. */
export async function hashcacheIn(dataFolder: string, ...parameters: string[]): Promise<Ran> {
  const child = start(parameters, { HASHCACHE_DATA: dataFolder })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, ...output }
}

/** Lines of NDJSON. */
export function jsonLines<Line>(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}
