import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A small disk of its own, in memory, for tests of what happens when it is full or may only be read. Dispose it. */
export class SmallDisk implements Disposable {
  readonly path: string

  constructor(path: string, size: string) {
    mkdirSync(path)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', path], { stdio: 'pipe' })
    this.path = path
  }

  resize(size: string): void {
    this.#remount(`size=${size}`)
  }

  /** Somebody else takes all room that is left, but for so much. */
  fill(leftBytes = 0): void {
    const { bavail, bsize } = statfsSync(this.path)
    writeFileSync(join(this.path, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)))
  }

  /** And gives it back. */
  free(): void {
    rmSync(join(this.path, 'filler'))
  }

  /** What is open for writing keeps the disk from becoming read-only. */
  setReadOnly(isReadOnly: boolean): void {
    this.#remount(isReadOnly ? 'ro' : 'rw')
  }

  #remount(how: string): void {
    execFileSync('mount', ['-o', `remount,${how}`, this.path], { stdio: 'pipe' })
  }

  [Symbol.dispose](): void {
    // Lazily: what a failed test left open must not keep it.
    execFileSync('umount', ['--lazy', this.path], { stdio: 'pipe' })
  }
}

/** Only root mounts, and not in every container. */
export function canMount(scratch: string): boolean {
  try {
    using disk = new SmallDisk(scratch, '64k')
    return disk.path === scratch
  } catch {
    return false
  }
}
