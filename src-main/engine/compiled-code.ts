import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { getuid } from 'node:process'

/**
 * Where Node keeps the compiled form of this program's modules, which spares a command most of its start. A folder in
 * the data folder, that nobody else can write to: what is in it is run. `undefined` where there is no data folder yet
 * (asking for help makes none), where the folder cannot be had, or where the environment has a say of its own.
 */
export function compiledCodeFolder(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  if (environment.NODE_COMPILE_CACHE ?? environment.NODE_DISABLE_COMPILE_CACHE) return undefined
  const folder = join(dataFolder, 'compiled')
  try {
    if (!isOwn(dataFolder)) return undefined
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    return isOwn(folder) ? folder : undefined
  } catch {
    return undefined
  }
}

/** Whether a folder is ours alone to write to. Throws if there is none. */
function isOwn(folder: string): boolean {
  const stats = lstatSync(folder)
  if (!stats.isDirectory()) return false
  // Windows has no such owners; the folder is in the user's own there.
  return getuid === undefined || (stats.uid === getuid() && (stats.mode & 0o022) === 0)
}

/** From here on modules are compiled once for all runs: those of this thread, of its workers and of programs it starts. */
export function keepCompiledCode(dataFolder: string): void {
  const folder = compiledCodeFolder(dataFolder)
  if (folder === undefined) return
  // It says by its result that it could not; then nothing is kept.
  enableCompileCache(folder)
  process.env.NODE_COMPILE_CACHE = folder
}
