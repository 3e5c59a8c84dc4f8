import { usedAfterClose } from '../misuse.ts'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { LmdbFile } from './file.ts'
import type { Layout, TreeInfo } from './layout.ts'
import { PageFault } from './pages.ts'
import { Snapshot, findNode } from './tree.ts'
import { lostEnd, overflowHolds, placeOf, wholeOrPlace, problemOf, readStretch, valuesOf } from './values.ts'
import type { ValuePlace } from './values.ts'

/** How long reads are tried again while a writer keeps overtaking them. */
const patienceMs = 10_000
/** Values up to this are read at once; larger ones piece by piece, each checked. */
const pieceBytes = 4 * 1024 * 1024
/** How long reads go on before the event loop gets a turn. */
const turnMs = 15
/** Values are looked up together for this long. */
const rowMs = 5
const fileCheckMs = 50
const emptyTree: TreeInfo = { pad: 0, flags: 0, entries: 0, root: undefined }

/**
 * Reads of one database of one file, each from a state that no writer had begun to overwrite when it was read (see
 * `Snapshot.isStillWhole`); else the read is done again on the newest state. No reader slot is held, so the file does
 * not grow because somebody looks.
 */
export class SnapshotReader {
  readonly path: string
  readonly database: string | undefined
  /** A sub-database that is not there counts as empty: it is made by the first write to it. */
  readonly #isToBeMade: boolean
  #file: LmdbFile
  /** Files that lost their path to another, closed when nobody reads them any more. */
  readonly #retired = new Set<LmdbFile>()
  #readsInFlight = 0
  #isClosed = false
  #lastTurnMs = 0
  #fileSeenMs = Number.NEGATIVE_INFINITY
  #snapshot: Snapshot | undefined
  #tree: TreeInfo | undefined

  constructor(path: string, database: string | undefined, isToBeMade = false) {
    this.path = path
    this.database = database
    this.#isToBeMade = isToBeMade
    this.#file = LmdbFile.open(path)
  }

  /** The file that the path names now; opened anew if another one took its place. */
  get file(): LmdbFile {
    this.throwIfClosed()
    this.#fileSeenMs = performance.now()
    if (!this.#file.isCurrent()) {
      const replacement = LmdbFile.open(this.path)
      this.#retired.add(this.#file)
      this.#closeRetired()
      this.#file = replacement
      this.#snapshot = undefined
    }
    return this.#file
  }

  throwIfClosed(): void {
    if (this.#isClosed) throw usedAfterClose(this.path)
  }

  close(): void {
    this.#isClosed = true
    this.#retired.add(this.#file)
    this.#closeRetired()
  }

  /** A number that was closed under a running read could by then be another file's. */
  #closeRetired(): void {
    if (this.#readsInFlight > 0) return
    for (const file of this.#retired) file.close()
    this.#retired.clear()
  }

  /**
   * Runs `action` on the newest state, again on a newer one if a writer came too near; `attempt` counts from 0, so
   * that a batch can be made smaller. `action` must keep nothing of an attempt that is not the last.
   */
  async read<Result>(
    action: (snapshot: Snapshot, tree: TreeInfo, attempt: number) => Result,
  ): Promise<Result> {
    await this.#letOthersRun()
    const deadline = performance.now() + patienceMs
    for (let attempt = 0; ; attempt++) {
      const snapshot = this.#newest()
      const outcome = attemptOf(() => action(snapshot, this.#treeOf(snapshot), attempt))
      if (snapshot.isStillWhole(snapshot.file.newestMeta())) {
        if ('thrown' in outcome) throw this.#asAppError(outcome.thrown)
        return outcome.result
      }
      this.#snapshot = undefined
      if (performance.now() > deadline) throw this.#tooHot()
      await nextTurn()
    }
  }

  /** Reads are synchronous inside; a long series of them gives timers and requests their turn. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#lastTurnMs < turnMs) return
    await nextTurn()
    this.#lastTurnMs = performance.now()
  }

  /**
   * The values of keys (of several, the first), or bytes `[start, end)` of each: of as many of the keys as there is
   * time for, one at least. A large value ends the row.
   */
  async values(
    keys: readonly Uint8Array[],
    range?: readonly [number, number],
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    this.#readsInFlight++
    try {
      const found = await this.read((snapshot, tree, attempt) =>
        findValues(snapshot, tree, attempt === 0 ? keys : keys.slice(0, 1), range),
      )
      const last = found.at(-1)
      const values = found.map((value) => (isPlace(value) ? undefined : value))
      if (isPlace(last)) values[values.length - 1] = await this.#largeValue(keys[found.length - 1]!, range)
      return values
    } finally {
      this.#readsInFlight--
      this.#closeRetired()
    }
  }

  /** Whether these are the values of keys, of as many as there is time for; what is too large for one read is not said. */
  async holds(keys: readonly Uint8Array[], values: readonly Uint8Array[]): Promise<boolean[]> {
    this.#readsInFlight++
    try {
      return await this.read((snapshot, tree, attempt) =>
        compareValues(snapshot, tree, attempt === 0 ? keys : keys.slice(0, 1), values),
      )
    } finally {
      this.#readsInFlight--
      this.#closeRetired()
    }
  }

  /** The value of a key as it stands; only for whoever has LMDB's write lock, so that nobody overtakes. */
  valueNow(key: Uint8Array): Uint8Array | undefined {
    const snapshot = this.#newest()
    const node = findNode(snapshot, this.#treeOf(snapshot), key)
    if (!node || node.data.kind === 'database') return undefined
    const [value] = valuesOf(snapshot, node.data)
    return value
  }

  /** A value too large for one read between two looks at the meta pages. */
  async #largeValue(
    key: Uint8Array,
    range: readonly [number, number] | undefined,
  ): Promise<Uint8Array | Problem | undefined> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const [start] = await this.read((snapshot, tree) => findValues(snapshot, tree, [key], range))
      if (!isPlace(start)) return start
      const bytes = await this.#readInPieces(key, start, range, deadline)
      if (bytes) return bytes
    }
  }

  /** `undefined` if the value was replaced meanwhile: to be begun anew. */
  async #readInPieces(
    key: Uint8Array,
    place: FilePlace,
    range: readonly [number, number] | undefined,
    deadline: number,
  ): Promise<Uint8Array | Problem | undefined> {
    const [from, to] = clip(range, place)
    const bytes = new Uint8Array(to - from)
    let done = 0
    while (done < bytes.length) {
      const snapshot = this.#newest()
      if (!this.#isStillAt(snapshot, key, place)) return undefined
      const piece = bytes.subarray(done, done + pieceBytes)
      const count = await snapshot.file.readIntoAsync(piece, place.offset + from + done)
      if (snapshot.isStillWhole(snapshot.file.newestMeta())) {
        if (count < piece.length) return problemOf(lostEnd(snapshot.file, place.offset))
        done += piece.length
      } else {
        // The state moved on. The value may still be where it was, but only another read of this piece tells.
        this.#snapshot = undefined
        if (performance.now() > deadline) throw this.#tooHot()
      }
    }
    return bytes
  }

  #isStillAt(snapshot: Snapshot, key: Uint8Array, place: FilePlace): boolean {
    try {
      const node = findNode(snapshot, this.#treeOf(snapshot), key)
      if (!node) return false
      const now = placeOf(snapshot, node.data)
      return now.kind === 'file' && now.identity === place.identity
    } catch (thrown) {
      if (thrown instanceof PageFault) return false
      throw thrown
    }
  }

  #newest(): Snapshot {
    // Whether another file took the path is asked of the system now and then only.
    const isFresh = performance.now() - this.#fileSeenMs < fileCheckMs && !this.#isClosed
    const file = isFresh ? this.#file : this.file
    const meta = file.newestMeta()
    if (this.#snapshot?.meta.transaction === meta.transaction) return this.#snapshot
    this.#tree = undefined
    this.#snapshot = new Snapshot(file, meta)
    return this.#snapshot
  }

  /** The database's tree in a state. Throws `AppError` if it has no such database. */
  #treeOf(snapshot: Snapshot): TreeInfo {
    if (this.database === undefined) return snapshot.meta.main
    if (this.#tree && this.#snapshot === snapshot) return this.#tree
    const node = findNode(snapshot, snapshot.meta.main, databaseKey(snapshot.file.layout, this.database))
    if (!node && this.#isToBeMade) return emptyTree
    if (node?.data.kind !== 'database') {
      throw new AppError(
        'NOT_FOUND',
        `${this.path} has no sub-database named "${this.database}"; open it without ?db= to see their names.`,
        { data: { path: this.path, database: this.database } },
      )
    }
    this.#tree = node.data.tree
    return this.#tree
  }

  #asAppError(thrown: unknown): unknown {
    if (!(thrown instanceof PageFault)) return thrown
    return new AppError('DAMAGED', `${this.path} is damaged: ${thrown.message}; restore it from a copy.`, {
      cause: thrown,
      data: { path: this.path },
    })
  }

  #tooHot(): AppError {
    return new AppError(
      'REFUSED',
      `${this.path} is being written to so fast that no state of it could be read; try again when its writer rests.`,
      { data: { path: this.path } },
    )
  }
}

/** Format 2 writes a zero byte after the name. */
function databaseKey(layout: Layout, name: string): Uint8Array {
  return new TextEncoder().encode(layout.format === 1 ? name : name + '\0')
}

/** The name that a key of the main database gives to a sub-database. */
export function databaseName(layout: Layout, key: Uint8Array): string {
  const hasZero = layout.format === 2 && key.at(-1) === 0
  return new TextDecoder().decode(hasZero ? key.subarray(0, -1) : key)
}

type FilePlace = Extract<ValuePlace, { kind: 'file' }>

function isPlace(value: Uint8Array | Problem | FilePlace | undefined): value is FilePlace {
  return value !== undefined && 'kind' in value
}

/** Small values as bytes; the first large one as its place, and nothing after it. */
function findValues(
  snapshot: Snapshot,
  tree: TreeInfo,
  keys: readonly Uint8Array[],
  range: readonly [number, number] | undefined,
): (Uint8Array | Problem | FilePlace | undefined)[] {
  const until = performance.now() + rowMs
  const values: (Uint8Array | Problem | FilePlace | undefined)[] = []
  for (const key of keys) {
    const value = findValue(snapshot, tree, key, range)
    values.push(value)
    if (isPlace(value) || performance.now() > until) break
  }
  return values
}

/** The first value that differs, or cannot be read, is not told from one that is not there. */
function compareValues(
  snapshot: Snapshot,
  tree: TreeInfo,
  keys: readonly Uint8Array[],
  values: readonly Uint8Array[],
): boolean[] {
  const until = performance.now() + rowMs
  const found: boolean[] = []
  for (const [i, key] of keys.entries()) {
    found.push(holdsValue(snapshot, tree, key, values[i]!))
    if (performance.now() > until) break
  }
  return found
}

function holdsValue(snapshot: Snapshot, tree: TreeInfo, key: Uint8Array, value: Uint8Array): boolean {
  try {
    const data = findNode(snapshot, tree, key)?.data
    if (data?.kind === 'inline') return Buffer.compare(data.bytes, value) === 0
    return data?.kind === 'overflow' && value.length <= pieceBytes && overflowHolds(snapshot, data, value)
  } catch (thrown) {
    if (thrown instanceof PageFault) return false
    throw thrown
  }
}

function findValue(
  snapshot: Snapshot,
  tree: TreeInfo,
  key: Uint8Array,
  range: readonly [number, number] | undefined,
): Uint8Array | Problem | FilePlace | undefined {
  try {
    const node = findNode(snapshot, tree, key)
    if (!node || node.data.kind === 'database') return undefined
    if (!range && node.data.kind === 'overflow') {
      const whole = wholeOrPlace(snapshot, node.data, pieceBytes)
      return whole.kind === 'memory' ? whole.bytes : whole
    }
    const place = placeOf(snapshot, node.data)
    const [from, to] = clip(range, place)
    if (place.kind === 'memory') return place.bytes.slice(from, to)
    return to - from > pieceBytes ? place : readStretch(snapshot.file, place.offset + from, to - from)
  } catch (thrown) {
    if (thrown instanceof PageFault) return problemOf(thrown)
    throw thrown
  }
}

function attemptOf<Result>(action: () => Result): { result: Result } | { thrown: unknown } {
  try {
    return { result: action() }
  } catch (thrown) {
    return { thrown }
  }
}

function clip(range: readonly [number, number] | undefined, place: ValuePlace): [number, number] {
  const size = place.kind === 'memory' ? place.bytes.length : place.sizeBytes
  if (!range) return [0, size]
  const from = Math.min(Math.max(0, range[0]), size)
  return [from, Math.min(Math.max(from, range[1]), size)]
}
