import { mkdtempSync, rmSync } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { tryLock } from './process-lock.ts'

/** A folder for a copy that only this process reads. What stays of it when the process is killed, the next one removes. */
export interface TemporaryFolder extends Disposable {
  readonly path: string
  /** Its files are open and are named no more: where the system allows it they have no name from now on, and die with us. */
  forget(): void
}

const ourName = /^hashcache-(?:sqlite|value)-\w{6}$/
const lockName = 'lock.sqlite'
/** So long a folder may be without its lock, while it is made. */
const madeMs = 60_000

let sweptMs = Number.NEGATIVE_INFINITY

/** `purpose` stands in the name, for whoever looks what fills the disk. Throws what the system says. */
export async function temporaryFolder(purpose: 'sqlite' | 'value'): Promise<TemporaryFolder> {
  if (performance.now() - sweptMs > madeMs) {
    sweptMs = performance.now()
    await sweep()
  }
  const path = mkdtempSync(join(tmpdir(), `hashcache-${purpose}-`))
  const lock = lockOf(path)
  const remove = (): void => {
    lock?.[Symbol.dispose]()
    try {
      rmSync(path, { recursive: true, force: true })
    } catch {
      // A network file system keeps what is open under another name: it is swept later.
    }
  }
  return {
    path,
    forget: () => {
      if (process.platform !== 'win32') remove()
    },
    [Symbol.dispose]: remove,
  }
}

/** Removes the folders of processes that are no more: they may hold gigabytes, and nobody else knows of them. */
async function sweep(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  await Promise.all(
    names.filter((name) => ourName.test(name)).map((name) => removeIfDead(join(tmpdir(), name))),
  )
}

async function removeIfDead(path: string): Promise<void> {
  try {
    const { uid, mtimeMs } = await lstat(path)
    const isOurs = process.getuid === undefined || process.getuid() === uid
    if (!isOurs || Date.now() - mtimeMs < madeMs) return
    using lock = lockOf(path)
    if (lock) await rm(path, { recursive: true, force: true })
  } catch {
    // No folder, gone meanwhile, or open on a system that keeps open files: not ours to remove now.
  }
}

/** A file system without locks has none, neither for who makes a folder nor for who would sweep it. */
function lockOf(path: string): Disposable | undefined {
  try {
    return tryLock(join(path, lockName), 'exclusive', 0)
  } catch {
    return undefined
  }
}
