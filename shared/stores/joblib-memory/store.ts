import { basename, dirname, join } from 'node:path'

import { openFileSource } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { EntryFacts } from '../../model/record.ts'
import type {
  Capabilities,
  ChangeToken,
  Entry,
  FileRange,
  Store,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import { PartDigest, settledToken } from '../part-tokens.ts'
import type { PartToken } from '../part-tokens.ts'
import { statusOf } from '../paths.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { stampOf } from '../stamp.ts'
import type { Stamp } from '../stamp.ts'
import { absent, deleteCall } from './delete.ts'
import { namesOf, readMetadata } from './facts.ts'
import { isFunctionPath, keyOfPlace, metadataName, outputName, placeOfKey } from './layout.ts'
import type { CallPlace } from './layout.ts'
import { listCalls, walkFolders } from './scan.ts'
import { listStrays } from './strays.ts'

const defaultBatchSize = 1_000
const encoder = new TextEncoder()

const noPuts =
  'joblib finds a call by a hash of its arguments that only Python can make: calls can be deleted here, not added.'

/**
 * A cache of joblib.Memory: an entry is a call, its key the path of the call's folder, its value the bytes of
 * `output.pkl`. A part is the folder of a function. Opened for writing, it deletes; it never puts.
 */
export class JoblibStore implements Store {
  readonly kind = 'joblib'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[] = [noPuts]
  readonly #root: string
  #closed = false

  /** `root` is canonical and there. */
  constructor(root: string, deletes: boolean) {
    this.#root = root
    this.location = `joblib:${root}`
    const name = basename(root)
    this.label = name === 'joblib' ? `${basename(dirname(root))}/${name}` : name
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
    if (!this.#isFolder(part, new Map())) return
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
    const callFolder = this.#callFolder(placeOfKey(key), new Map())
    if (callFolder === undefined) return undefined
    const path = join(callFolder, outputName)
    const status = statusOf(path)
    return status?.isFile() ? { path, offset: 0, length: status.size } : undefined
  }

  async apply(
    operations: readonly WriteOperation[],
    options: { signal?: AbortSignal } = {},
  ): Promise<WriteOutcome[]> {
    this.#assertOpen()
    if (this.capabilities.deletes !== true) {
      throw new AppError(
        'READ_ONLY',
        `The cache ${this.location} is open for reading only; unlock it to change it.`,
      )
    }
    const slices = new Slices(options.signal)
    const outcomes: WriteOutcome[] = []
    for (const operation of operations) {
      outcomes.push(this.#perform(operation))
      if (slices.isOver) await slices.next()
    }
    return outcomes
  }

  #perform({ kind, key }: WriteOperation): WriteOutcome {
    const place = placeOfKey(key)
    if (!place) {
      const sentence = `The key ${showKey(key)} is no path of a call's folder: it ends in 32 hex digits.`
      return { done: false, reason: 'BAD_KEY', sentence }
    }
    if (kind === 'put') return { done: false, reason: 'REFUSED', sentence: noPuts }
    const callFolder = this.#callFolder(place, new Map())
    const isEntry = callFolder !== undefined && statusOf(join(callFolder, outputName))?.isFile() === true
    return isEntry ? deleteCall(callFolder) : absent(join(this.#root, keyOfPlace(place)))
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
      const callFolder = this.#callFolder(place, known)
      results.push(place && callFolder !== undefined ? action(callFolder, place) : undefined)
      if (slices.isOver) await slices.next()
    }
    return results
  }

  /** The folder of a call, if it and all above it are folders: a link among them would lead out of the cache. */
  #callFolder(place: CallPlace | undefined, known: Map<string, boolean>): string | undefined {
    if (!place || !this.#isFolder(place.functionPath, known)) return undefined
    const parts = keyOfPlace(place).split('/')
    const above = parts.slice(0, -1).join('/')
    const path = join(this.#root, ...parts)
    return this.#isFolder(above, known) && statusOf(path)?.isDirectory() === true ? path : undefined
  }

  #isFolder(path: string, known: Map<string, boolean>): boolean {
    if (path === '') return true
    let is = known.get(path)
    if (is === undefined) {
      is =
        this.#isFolder(path.slice(0, Math.max(0, path.lastIndexOf('/'))), known) &&
        statusOf(join(this.#root, path))?.isDirectory() === true
      known.set(path, is)
    }
    return is
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new AppError('INTERNAL', `The cache ${this.location} was used after it was closed.`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
  }
}

/** joblib writes the metadata after the result, so the stamp is of both. */
function lookAt(callFolder: string): { entry: Omit<Entry, 'key'>; stamp: Stamp } | undefined {
  const output = statusOf(join(callFolder, outputName))
  if (!output?.isFile()) return undefined
  const metadata = statusOf(join(callFolder, metadataName))
  const nowMs = Date.now()
  const stamps = [output, metadata].map((status) => status && stampOf(status, nowMs))
  return {
    entry: { sizeBytes: output.size, modifiedMs: output.mtimeMs },
    stamp: {
      text: stamps.map((stamp) => stamp?.text ?? '').join('+'),
      fresh: stamps.some((stamp) => stamp?.fresh === true),
    },
  }
}

function readOutput(
  callFolder: string,
  range: readonly [start: number, end: number] | undefined,
): Uint8Array | Problem | undefined {
  const [start, end] = range ?? [0, Number.POSITIVE_INFINITY]
  try {
    using file = openFileSource(join(callFolder, outputName), { follow: false })
    return file.read(start, Math.min(end, file.byteLength) - start)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'NOT_FOUND') return undefined
    return { code: 'UNREADABLE', sentence: error.message }
  }
}
