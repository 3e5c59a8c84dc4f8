import type { Dirent } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { errnoOf } from '../decode/file-source.ts'
import { AppError } from '../model/errors.ts'
import type { Detection } from './contract.ts'
import { detectHere } from './detect.ts'
import { noSuchPath, refusedPath } from './paths.ts'

export interface DiscoverLimits {
  /** Folders below the first: 1 looks at it and what stands in it. */
  readonly depth: number
  /** Files and folders looked at, in all. */
  readonly entries: number
  readonly milliseconds: number
  /** Caches found. */
  readonly found: number
}

const defaultLimits: DiscoverLimits = { depth: 8, entries: 20_000, milliseconds: 20_000, found: 500 }

export type Discovery =
  | ({ readonly type: 'found'; readonly sizeBytes?: number } & Detection)
  /** Now and then, and at least once a folder that takes long. */
  | { readonly type: 'progress'; readonly folder: string; readonly folders: number; readonly entries: number }
  | {
      readonly type: 'end'
      readonly folders: number
      readonly entries: number
      readonly found: number
      /** Folders that the system did not let us list. */
      readonly unreadable: number
      /** The limit that ended it, or that left folders out; absent where all was looked at. */
      readonly limit?: keyof DiscoverLimits | 'cancelled'
    }

/** What holds no caches of ours, and may hold very many files. */
const skipped = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '__pycache__',
  '.venv',
  'site-packages',
  '.tox',
])
/** Below it something was seen that may be this kind, or not. */
const leastCertainty = 0.5
const progressEveryMs = 200

/**
 * Looks for caches in a folder and the folders below, nearest first, by content. Links are not followed, and a
 * cache is not looked into. Nothing is written; times of access stay. The last event is `end`.
 *
 * @throws AppError `NOT_FOUND`, `REFUSED` or `USAGE` where the first folder cannot be listed
 */
export async function* discoverCaches(
  folder: string,
  options: { limits?: Partial<DiscoverLimits>; signal?: AbortSignal } = {},
): AsyncGenerator<Discovery> {
  const search = new Search({ ...defaultLimits, ...options.limits }, options.signal)
  yield* search.run(resolve(folder))
}

class Search {
  readonly #limits: DiscoverLimits
  readonly #signal: AbortSignal | undefined
  readonly #endMs: number
  readonly #seen = new Set<string>()
  #progressMs = 0
  #folders = 0
  #entries = 0
  #found = 0
  #unreadable = 0
  #limit: keyof DiscoverLimits | 'cancelled' | undefined

  constructor(limits: DiscoverLimits, signal: AbortSignal | undefined) {
    this.#limits = limits
    this.#signal = signal
    this.#endMs = performance.now() + limits.milliseconds
  }

  async *run(first: string): AsyncGenerator<Discovery> {
    const queue: { path: string; depth: number }[] = [{ path: first, depth: 0 }]
    await assertListable(first)
    for (let at = 0; at < queue.length && !this.#isOver(); at++) {
      const { path, depth } = queue[at]!
      this.#folders++
      yield* this.#progress(path)
      const here = await this.#detect(path)
      if (here) yield here
      if (here?.path === path) continue
      for await (const entry of this.#list(path)) {
        const place = join(path, entry.name)
        if (entry.isDirectory() && !skipped.has(entry.name)) {
          if (depth < this.#limits.depth) queue.push({ path: place, depth: depth + 1 })
          else this.#limit ??= 'depth'
        } else if (entry.isFile()) {
          const found = await this.#detect(place)
          if (found) yield found
        }
        yield* this.#progress(path)
        if (this.#isOver()) break
      }
    }
    yield {
      type: 'end',
      folders: this.#folders,
      entries: this.#entries,
      found: this.#found,
      unreadable: this.#unreadable,
      ...(this.#limit && { limit: this.#limit }),
    }
  }

  /** The cache at a path, once. Of a folder only what is the folder itself: its files come later. */
  async #detect(path: string): Promise<Extract<Discovery, { type: 'found' }> | undefined> {
    const [best] = await detectHere(path).catch(() => [])
    if (!best || best.certainty < leastCertainty || this.#seen.has(best.path)) return undefined
    if (best.path !== path && best.path.startsWith(`${path}/`)) return undefined
    this.#seen.add(best.path)
    this.#found++
    const status = await stat(best.path).catch(() => undefined)
    return { type: 'found', ...best, ...(status?.isFile() && { sizeBytes: status.size }) }
  }

  async *#list(path: string): AsyncGenerator<Dirent> {
    try {
      for await (const entry of await opendir(path)) {
        this.#entries++
        yield entry
      }
    } catch {
      this.#unreadable++
    }
  }

  async *#progress(folder: string): AsyncGenerator<Discovery> {
    if (performance.now() - this.#progressMs < progressEveryMs) return
    this.#progressMs = performance.now()
    // Detection hardly waits: this lets a cancellation in.
    await setImmediate()
    yield { type: 'progress', folder, folders: this.#folders, entries: this.#entries }
  }

  #isOver(): boolean {
    if (this.#signal?.aborted) this.#limit = 'cancelled'
    else if (this.#found >= this.#limits.found) this.#limit = 'found'
    else if (this.#entries >= this.#limits.entries) this.#limit = 'entries'
    else if (performance.now() > this.#endMs) this.#limit = 'milliseconds'
    else return false
    return true
  }
}

async function assertListable(path: string): Promise<void> {
  try {
    await (await opendir(path)).close()
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT') throw noSuchPath(path)
    if (errno === 'ENOTDIR')
      throw new AppError('USAGE', `${path} is a file, not a folder; name the folder to look in.`, {
        data: { path },
      })
    throw refusedPath(path, error, 'read')
  }
}
