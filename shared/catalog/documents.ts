import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { readValue } from './large-value.ts'
import { SliceSource } from './partial-source.ts'
import { RangedSource } from './ranged-source.ts'
import { spool } from './spool.ts'
import type { DecodedValue, DecodeOptions } from '../decode/decode.ts'
import { decodeValue } from '../decode/decode.ts'
import { openFileSource } from '../decode/file-source.ts'
import { sideFileOpener } from '../decode/side-files.ts'
import { AppError } from '../model/errors.ts'
import type { ShownKey } from '../model/keys.ts'
import { parseKey } from '../model/keys.ts'
import type { ByteSource } from '../model/source.ts'
import { MemorySource } from '../model/source.ts'
import type { Store } from '../stores/contract.ts'

/** A decoded entry or file, with its bytes as stored. Dispose it: it may hold a file open. */
export interface Document extends Disposable {
  readonly decoded: DecodedValue
  /** The stored (maybe compressed) bytes. */
  readonly stored: ByteSource
  /** The bytes that are decoded: those within, of stores that wrap their values once more. */
  readonly inner: ByteSource
  /** Changes when the stored bytes change. */
  readonly stamp: string
  readonly modifiedMs?: number
  /** Of a store without files: read by ranges or from a file of our own; its stamp is `changeStamp`. */
  readonly isLarge?: boolean
  /** Asks a question about the value whose bytes come by ranges; it may be asked several times and must change nothing. */
  readonly answer?: <Answer>(question: () => Answer | Promise<Answer>) => Promise<Answer>
}

/** What may be asked of decoding: see there. */
export type HowToDecode = Pick<DecodeOptions, 'signal' | 'skim' | 'trace'> & {
  /**
   * Large values are read by ranges as questions come: each is then asked through `Document.answer`. Else they are put
   * into a file first.
   */
  readonly byRanges?: boolean
}

/** Decodes a file of its own, outside of any store. Never throws for what the file holds; throws `NOT_FOUND` and `REFUSED`. */
export async function openFileDocument(path: string, how: HowToDecode = {}): Promise<Document> {
  return decodePlace({ path, offset: 0, length: undefined }, { ...how, values: 'any' })
}

/** Decodes the value of a key. Throws `NOT_FOUND` if the store has it not (any more). */
export async function openEntryDocument(
  store: Store,
  key: ShownKey,
  how: HowToDecode = {},
): Promise<Document> {
  const bytes = parseKey(key)
  const place = store.locate?.(bytes)
  if (place) {
    try {
      const unwrap = (stored: ByteSource): ByteSource => innerOf(store, stored)
      return await decodePlace(place, { ...how, values: store.capabilities.values, unwrap })
    } catch (thrown) {
      throw thrown instanceof AppError && thrown.code === 'NOT_FOUND' ? noSuchEntry(store, key) : thrown
    }
  }
  const value = await readValue(store, key, how.signal)
  if (!value) throw noSuchEntry(store, key)
  const stamp =
    value.kind === 'large'
      ? await changeStamp(store, how.signal)
      : createHash('sha256').update(value.bytes).digest('hex')
  using stack = new DisposableStack()
  const { byteLength } = value.kind === 'large' ? value : value.bytes
  const ranged =
    value.kind === 'large' && how.byRanges && store.capabilities.rangeCost !== 'value'
      ? stack.use(new RangedSource(byteLength, value.readRange))
      : undefined
  const stored =
    ranged ??
    (value.kind === 'whole'
      ? new MemorySource(value.bytes)
      : stack.use(await spool(byteLength, value.readRange)))
  const { values } = store.capabilities
  const answer: Document['answer'] = (question) =>
    ranged ? ranged.answer(question) : Promise.resolve(question())
  const decode = async (): Promise<Pick<Document, 'inner' | 'decoded'>> => {
    const inner = innerOf(store, stored)
    return { inner, decoded: await decodeValue(inner, { ...how, values }) }
  }
  const { inner, decoded } = await answer(decode)
  stack.use(decoded)
  const held = stack.move()
  return {
    decoded,
    stored,
    inner,
    stamp,
    isLarge: value.kind === 'large',
    answer: ranged && answer,
    [Symbol.dispose]: () => held.dispose(),
  }
}

/** The stamp of large values of stores without files: it changes whenever any value of the store may have changed. */
export async function changeStamp(store: Store, signal?: AbortSignal): Promise<string> {
  return `store:${(await store.changeToken(signal)).whole}`
}

/** The bytes within the bytes, of stores that wrap their values once more. */
export function innerOf(store: Store, stored: ByteSource): ByteSource {
  const inner = store.innerValue?.(stored)
  if (!inner) return stored
  return inner.inline ? new MemorySource(inner.inline) : new SliceSource(stored, inner.at ?? 0, inner.length)
}

/** The stamp that a document of this entry would have now, where that can be told without reading it. */
export function entryStamp(store: Store, key: ShownKey): string | undefined {
  const place = store.locate?.(parseKey(key))
  return place && fileStamp(place.path)?.stamp
}

function noSuchEntry(store: Store, key: ShownKey): AppError {
  return new AppError('NOT_FOUND', `There is no entry ${key} in ${store.location}; refresh the list.`, {
    data: { key },
  })
}

async function decodePlace(
  place: { readonly path: string; readonly offset: number; readonly length: number | undefined },
  how: HowToDecode & {
    readonly values: 'pickle' | 'json' | 'any'
    /** Takes the bytes that are decoded out of those that are stored. */
    readonly unwrap?: (stored: ByteSource) => ByteSource
  },
): Promise<Document> {
  using stack = new DisposableStack()
  const stored = stack.use(openFileSource(place.path, { offset: place.offset, length: place.length }))
  const sideFile = stack.use(sideFileOpener(dirname(place.path)))
  const { unwrap, ...options } = how
  const inner = unwrap?.(stored) ?? stored
  const decoded = stack.use(await decodeValue(inner, { ...options, sideFile }))
  const held = stack.move()
  const status = fileStamp(place.path)
  return {
    decoded,
    stored,
    inner,
    stamp: status?.stamp ?? '',
    modifiedMs: status?.modifiedMs,
    [Symbol.dispose]: () => held.dispose(),
  }
}

function fileStamp(path: string): { stamp: string; modifiedMs: number } | undefined {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false })
  return (
    status && {
      stamp: `${status.ino}:${status.size}:${status.mtimeNs}:${status.ctimeNs}`,
      modifiedMs: Number(status.mtimeNs) / 1e6,
    }
  )
}

const hashChunkBytes = 1 << 20

/** SHA-256 of a source in hex, read piece by piece. */
export function sha256Of(source: ByteSource): string {
  const hash = createHash('sha256')
  for (let offset = 0; offset < source.byteLength; offset += hashChunkBytes) {
    hash.update(source.read(offset, Math.min(hashChunkBytes, source.byteLength - offset)))
  }
  return hash.digest('hex')
}
