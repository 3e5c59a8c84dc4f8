import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { release } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Not looked for by `PATH`: it must be the one of the system. */
const programs = ['/usr/bin/sync', '/bin/sync']
/** Before, Linux did not say of a whole file system that something could not be written. */
const kernel = [5, 8] as const
/**
 * File systems of local disks that are known to bring all to the disk, by the number that `statfs` gives: ext2 to ext4, XFS,
 * Btrfs. Others may only hand it on (FUSE), or are asked file by file because nobody has tried.
 */
const fileSystems: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e])
/** Longer than this it is waiting for what other programs have written. */
const patienceMs = 5_000
const restMs = 60_000

export interface WholeDisk {
  /** Whether `sync` is to be tried for what is written to a folder. */
  canSync(folder: string): Promise<boolean>
  /**
   * Forces all that was written to the file system of a folder to its disk, in one step. `false`: it cannot be done here, or
   * something could not be written: ask file by file, which tells what.
   */
  sync(folder: string): Promise<boolean>
}

let program: Promise<string | undefined> | undefined
let notBeforeMs = 0

async function canSync(folder: string): Promise<boolean> {
  if (performance.now() < notBeforeMs || !fileSystems.has((await statfs(folder)).type)) return false
  program ??= findProgram()
  return (await program) !== undefined
}

/**
 * `syncfs`, which Node does not have, by coreutils' `sync --file-system`. What it is good for, and what not, is said in
 * `docs/decisions/0016-one-sync-for-many-files.md`.
 */
export const wholeDisk: WholeDisk = { canSync, sync }

async function sync(folder: string): Promise<boolean> {
  const found = await program
  if (found === undefined) return false
  // A program that waits for a disk cannot be killed: it is not waited for any longer.
  const patience = new AbortController()
  const syncing = run(found, ['--file-system', '--', folder]).then(
    () => true,
    () => false,
  )
  const given = delay(patienceMs, false, { ref: false, signal: patience.signal }).catch(() => false)
  const isDone = await Promise.race([syncing, given])
  patience.abort()
  if (!isDone) notBeforeMs = performance.now() + restMs
  return isDone
}

/** Others of this name sync everything, or do not tell whether it was done. */
async function findProgram(): Promise<string | undefined> {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  if (process.platform !== 'linux' || major < kernel[0] || (major === kernel[0] && minor < kernel[1]))
    return undefined
  const place = programs.find((each) => existsSync(each))
  if (place === undefined) return undefined
  try {
    const { stdout } = await run(place, ['--version'], { timeout: patienceMs })
    return stdout.includes('GNU coreutils') ? place : undefined
  } catch {
    return undefined
  }
}
