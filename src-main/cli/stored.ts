import { openFileSource } from '../../shared/decode/file-source.ts'
import { AppError } from '../../shared/model/errors.ts'
import { parseKey } from '../../shared/model/keys.ts'
import type { ByteSource } from '../../shared/model/source.ts'
import { MemorySource } from '../../shared/model/source.ts'
import type { Store } from '../../shared/stores/contract.ts'

/** The stored bytes of an entry, by range where they are in a file. Throws `NOT_FOUND`, `REFUSED`. */
export async function readStored(store: Store, key: string): Promise<ByteSource & Disposable> {
  const bytes = parseKey(key)
  const place = store.locate?.(bytes)
  if (place) return openFileSource(place.path, { offset: place.offset, length: place.length })
  const [value] = await store.getMany([bytes])
  if (value === undefined)
    throw new AppError(
      'NOT_FOUND',
      `There is no entry ${key} in ${store.location}; "hashcache ls" lists them.`,
    )
  if (!(value instanceof Uint8Array))
    throw new AppError('REFUSED', `${key} in ${store.location} cannot be read: ${value.sentence}`)
  return Object.assign(new MemorySource(value), { [Symbol.dispose]: () => undefined })
}
