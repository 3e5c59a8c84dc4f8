import { decodeValue } from '../decode/decode.ts'
import { writeJoblib } from '../joblib/write.ts'
import { AppError } from '../model/errors.ts'
import { MemorySource } from '../model/source.ts'
import { parseKey } from '../model/keys.ts'
import type { Store } from '../stores/contract.ts'
import { orjsonForm } from '../render/orjson.ts'
import { openStore } from '../stores/registry.ts'
import { fromJs } from './from-js.ts'
import type { Backend, StoredRecord } from './hashcache.ts'
import { toJs } from './to-js.ts'

/**
 * Keeps records in a store, in the form its Python programs read: joblib streams, or JSON as orjson
 * writes it where the store holds JSON. The store must be open for writing and stays its owner's to close.
 */
export function storeBackend(store: Store): Backend {
  if (!store.capabilities.write) {
    throw new AppError('READ_ONLY', `${store.label} is open for reading only: open it with { write: true }`)
  }
  return {
    async load(key): Promise<StoredRecord | undefined> {
      const [value] = await store.getMany([parseKey(key)])
      if (value === undefined) return undefined
      if (!(value instanceof Uint8Array)) {
        throw new AppError(
          'DAMAGED',
          `The stored result ${key} cannot be read: ${value.sentence} Evict it to compute it again`,
        )
      }
      return readRecord(key, unwrapped(store, value))
    },
    async dump(key, record): Promise<void> {
      const inner =
        store.capabilities.values === 'json' ? jsonBytes(key, record) : writeJoblib(fromJs(record))
      const value = store.wrapValue?.(inner) ?? inner
      const [outcome] = await store.apply([{ kind: 'put', key: parseKey(key), value }])
      if (outcome && !outcome.done)
        throw new AppError('REFUSED', `The result ${key} was not stored: ${outcome.sentence}`)
    },
  }
}

/**
 * `storeBackend` for a path or URL, opened at the first call: `fs:cache`, `lmdb:cache.lmdb`,
 * `sqlite:cache.sqlite`, `redis://…`. A store that is not there is made. Close it with `close`.
 */
export function backendAt(location: string): Backend & { close(): Promise<void> } {
  let opened: Promise<Store> | undefined
  const backend = async (): Promise<Backend> =>
    storeBackend(await (opened ??= openStore(location, { write: true })))
  return {
    load: async (key, verbose) => (await backend()).load(key, verbose),
    dump: async (key, record, verbose) => (await backend()).dump(key, record, verbose),
    async close() {
      const store = opened
      opened = undefined
      await (await store)?.[Symbol.asyncDispose]()
    },
  }
}

/** JSON changes some types (typed arrays become lists), as Python's JSON caches do; what it would lose is refused. */
function jsonBytes(key: string, record: object): Uint8Array {
  const { text, losses } = orjsonForm(fromJs(record), new MemorySource(new Uint8Array()), {
    rootName: 'record',
  })
  const lost = losses.find(({ kept }) => kept === 'lost')
  if (lost) {
    throw new AppError(
      'USAGE',
      `The result ${key} was not stored: JSON has nothing for ${lost.path} (${lost.type}); use a store of pickles for it`,
    )
  }
  return new TextEncoder().encode(text)
}

/** Some stores wrap values once more (shelve pickles the bytes of a pickle). */
function unwrapped(store: Store, value: Uint8Array): Uint8Array {
  const source = new MemorySource(value)
  const inner = store.innerValue?.(source)
  if (!inner) return value
  return inner.inline ?? source.read(inner.at, inner.length)
}

/** The output of a call, or the values of a dump. */
async function readRecord(key: string, value: Uint8Array): Promise<StoredRecord> {
  using decoded = await decodeValue(new MemorySource(value))
  const { root, problem, source } = decoded
  if (problem || root?.kind !== 'dict') {
    throw new AppError(
      'DAMAGED',
      `The stored result ${key} is no whole record (${problem?.sentence ?? 'it is another value'}): evict it to compute it again`,
    )
  }
  const index = (name: string): number =>
    root.keys.findIndex((field) => field.kind === 'str' && field.value === name)
  const output = root.values[index('output')]
  if (output) return { output: toJs(output, source) }
  const values = root.values[index('kwargs')]
  return values ? { kwargs: toJs(values, source) } : {}
}
