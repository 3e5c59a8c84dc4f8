import { dirname, join } from 'node:path'

import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { EntryFacts } from '../../model/record.ts'
import type {
  Capabilities,
  ChangeToken,
  Entry,
  FileRange,
  SetAside,
  Store,
  Stray,
  WholeEntries,
  WholeEntry,
  WholeOperation,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import { isOnDiskOf, syncFolder } from '../disk.ts'
import { changed, isOvertaken } from '../lock-pace.ts'
import { PartDigest, settledToken } from '../part-tokens.ts'
import type { PartToken } from '../part-tokens.ts'
import { folderLabel, statusOf } from '../paths.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { openedForReading, usedAfterClose } from '../misuse.ts'
import { bringBack, setAside } from './aside.ts'
import { callFolderOf, isFolder, lookAt, readOutput } from './call.ts'
import { absent, deleteCall } from './delete.ts'
import { namesOf, readMetadata } from './facts.ts'
import { isFunctionPath, keyOfPlace, outputName, placeOfKey } from './layout.ts'
import type { CallPlace } from './layout.ts'
import { listCalls, walkFolders } from './scan.ts'
import { strayEntry } from './stray.ts'
import { listStrays } from './strays.ts'
import { copyBack, readWhole, removeWhole, restoreWhole } from './whole.ts'

const defaultBatchSize = 1_000
/** Calls whose files are forced to the disk together, when they come back by copy. */
const callsAtOnce = 32
const encoder = new TextEncoder()

const noPuts =
  'joblib finds a call by a hash of its arguments that only Python can make: calls can be evicted and brought back here, not added.'

/**
 * A cache of joblib.Memory: an entry is a call, its key the path of the call's folder, its value the bytes of
 * `output.pkl`. A part is the folder of a function. Opened for writing, it deletes and brings back; it never puts.
 */
export class JoblibStore implements Store {
  readonly kind = 'joblib'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[] = [noPuts]
  readonly whole: WholeEntries | undefined
  readonly #root: string
  #closed = false

  /** `root` is canonical and there. */
  constructor(root: string, deletes: boolean) {
    this.#root = root
    this.location = `joblib:${root}`
    if (deletes)
      this.whole = {
        getMany: (keys, { signal } = {}) => this.#wholes(keys, signal),
        apply: (operations) => this.#applyWhole(operations),
      }
    this.label = folderLabel(root)
    this.capabilities = {
      write: false,
      deletes,
      rangeRead: true,
      sizes: 'exact',
      stamps: 'mtime',
      keys: 'name',
      order: 'none',
      values: 'pickle',
    }
  }

  async *entries(
    options: { batchSize?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<Entry[], void, void> {
    this.#assertOpen()
    const batchSize = options.batchSize ?? defaultBatchSize
    const slices = new Slices(options.signal)
    let batch: Entry[] = []
    for (const { path, calls } of walkFolders(this.#root)) {
      for (const name of calls) {
        const entry = this.#entry({ functionPath: path, name })
        if (entry) batch.push(entry)
        if (batch.length >= batchSize) {
          yield batch
          batch = []
          this.#assertOpen()
          throwIfCancelled(options.signal)
        }
        if (slices.isOver) await slices.next()
      }
      if (slices.isOver) await slices.next()
    }
    if (batch.length > 0) yield batch
  }

  async *entriesOf(
    part: string,
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<Entry[], void, void> {
    this.#assertOpen()
    throwIfCancelled(options.signal)
    if (!isFunctionPath(part))
      throw new AppError('USAGE', `${part} is no part of the cache ${this.location}.`)
    if (!isFolder(this.#root, part, new Map())) return
    const names = listCalls(this.#root, part)
    for (let start = 0; start < names.length; start += defaultBatchSize) {
      throwIfCancelled(options.signal)
      const found = names
        .slice(start, start + defaultBatchSize)
        .map((name) => this.#entry({ functionPath: part, name }))
      const batch = found.filter((entry) => entry !== undefined)
      if (batch.length > 0) yield batch
    }
  }

  /** `undefined`: the call has no result (any more). */
  #entry(place: CallPlace): Entry | undefined {
    const key = keyOfPlace(place)
    const look = lookAt(join(this.#root, key))
    return look && { key: encoder.encode(key), ...look.entry, stamp: look.stamp.text }
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    return this.#forEach(keys, options.signal, (callFolder) => readOutput(callFolder, options.range))
  }

  /** `accessedAtMs` is what joblib evicts by. */
  async facts(
    keys: readonly Uint8Array[],
    options: { signal?: AbortSignal } = {},
  ): Promise<(EntryFacts | undefined)[]> {
    return this.#forEach(keys, options.signal, (callFolder, place) => {
      const status = statusOf(join(callFolder, outputName))
      if (!status?.isFile()) return undefined
      return { ...namesOf(place), ...readMetadata(callFolder), accessedAtMs: status.atimeMs }
    })
  }

  locate(key: Uint8Array): FileRange | undefined {
    this.#assertOpen()
    const callFolder = callFolderOf(this.#root, placeOfKey(key), new Map())
    if (callFolder === undefined) return undefined
    const path = join(callFolder, outputName)
    const status = statusOf(path)
    return status?.isFile() ? { path, offset: 0, length: status.size } : undefined
  }

  async lookUp(
    keys: readonly Uint8Array[],
    options: { signal?: AbortSignal } = {},
  ): Promise<(Entry | undefined)[]> {
    const found = await this.#forEach(keys, options.signal, (_, place) => this.#entry(place))
    return found.map((entry, i) => entry ?? strayEntry(this.#root, keys[i]!))
  }

  canSetAside(folder: string): boolean {
    return isOnDiskOf(this.#root, folder)
  }

  async setAside(entries: readonly SetAside[], folder: string): Promise<WriteOutcome[]> {
    this.#assertWritable()
    return setAside(this.#root, entries, folder)
  }

  async bringBack(keys: readonly Uint8Array[], folder: string): Promise<WriteOutcome[]> {
    this.#assertWritable()
    if (this.canSetAside(folder)) return bringBack(this.#root, keys, folder)
    return this.#performEach(
      keys.map((key) => ({ key })),
      undefined,
      (_, place) => copyBack(this.#root, keyOfPlace(place), folder),
    )
  }

  async apply(
    operations: readonly WriteOperation[],
    options: { signal?: AbortSignal } = {},
  ): Promise<WriteOutcome[]> {
    return this.#performEach(operations, options.signal, (operation, place, callFolder) => {
      if (operation.kind === 'put') return { done: false, reason: 'REFUSED', sentence: noPuts }
      if (callFolder === undefined || lookAt(callFolder) === undefined)
        return absent(join(this.#root, keyOfPlace(place)))
      return isOvertaken(operation, () => readOutput(callFolder, undefined))
        ? changed
        : deleteCall(callFolder)
    })
  }

  #wholes(
    keys: readonly Uint8Array[],
    signal: AbortSignal | undefined,
  ): Promise<(WholeEntry | Problem | undefined)[]> {
    return this.#forEach(keys, signal, (callFolder, place) => {
      const found = readWhole(callFolder)
      return found && 'whole' in found ? { key: encoder.encode(keyOfPlace(place)), ...found } : found
    })
  }

  #applyWhole(operations: readonly WholeOperation[]): Promise<WriteOutcome[]> {
    return this.#performEach(operations, undefined, (operation, place, callFolder) => {
      if (operation.kind === 'put') return restoreWhole(this.#root, keyOfPlace(place), operation.value)
      if (callFolder === undefined) return absent(join(this.#root, keyOfPlace(place)))
      return removeWhole(callFolder, operation.ifValue)
    })
  }

  async #performEach<Operation extends { readonly key: Uint8Array }>(
    operations: readonly Operation[],
    signal: AbortSignal | undefined,
    perform: (
      operation: Operation,
      place: CallPlace,
      callFolder: string | undefined,
    ) => WriteOutcome | Promise<WriteOutcome>,
  ): Promise<WriteOutcome[]> {
    this.#assertWritable()
    const slices = new Slices(signal)
    const touched = new Set<string>()
    const told: WriteOutcome[] = []
    const performOne = async (operation: Operation): Promise<WriteOutcome> => {
      const place = placeOfKey(operation.key)
      if (!place) return badKey(operation.key)
      touched.add(dirname(join(this.#root, keyOfPlace(place))))
      return perform(operation, place, callFolderOf(this.#root, place, new Map()))
    }
    for (let start = 0; start < operations.length; start += callsAtOnce) {
      told.push(...(await Promise.all(operations.slice(start, start + callsAtOnce).map(performOne))))
      if (slices.isOver) await slices.next()
    }
    for (const folder of touched) syncFolder(folder)
    return told
  }

  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    this.#assertOpen()
    const slices = new Slices(signal)
    const tokens = new Map<string, PartToken>()
    for (const { path, calls } of walkFolders(this.#root)) {
      if (calls.length > 0) tokens.set(path, await this.#partToken(path, calls, slices))
      if (slices.isOver) await slices.next()
    }
    return settledToken(tokens, (path) => this.#partToken(path, listCalls(this.#root, path), slices))
  }

  async #partToken(path: string, calls: readonly string[], slices: Slices): Promise<PartToken> {
    const digest = new PartDigest()
    for (const name of calls) {
      const look = lookAt(join(this.#root, path, name))
      if (look) digest.add(name, look.stamp)
      if (slices.isOver) await slices.next()
    }
    return digest.finish()
  }

  async strays(limit: number): Promise<Stray[]> {
    this.#assertOpen()
    const slices = new Slices()
    const found: Stray[] = []
    for (const stray of listStrays(this.#root)) {
      if (found.length >= limit) break
      found.push(stray)
      if (slices.isOver) await slices.next()
    }
    return found
  }

  async #forEach<Result>(
    keys: readonly Uint8Array[],
    signal: AbortSignal | undefined,
    action: (callFolder: string, place: CallPlace) => Result | undefined,
  ): Promise<(Result | undefined)[]> {
    this.#assertOpen()
    const slices = new Slices(signal)
    const known = new Map<string, boolean>()
    const results: (Result | undefined)[] = []
    for (const key of keys) {
      const place = placeOfKey(key)
      const callFolder = callFolderOf(this.#root, place, known)
      results.push(place && callFolder !== undefined ? action(callFolder, place) : undefined)
      if (slices.isOver) await slices.next()
    }
    return results
  }

  #assertWritable(): void {
    this.#assertOpen()
    if (this.capabilities.deletes === true) return
    throw openedForReading(this.location)
  }

  #assertOpen(): void {
    if (this.#closed) throw usedAfterClose(this.location)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
  }
}

function badKey(key: Uint8Array): WriteOutcome {
  const sentence = `The key ${showKey(key)} is no path of a call's folder: it ends in 32 hex digits.`
  return { done: false, reason: 'BAD_KEY', sentence }
}
