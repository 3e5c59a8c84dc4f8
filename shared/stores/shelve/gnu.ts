import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { Entry, Stray } from '../contract.ts'
import { addStray } from './dbm.ts'
import type { DbmReader, FoundValue } from './dbm.ts'
import { GnuBucket } from './gnu-bucket.ts'
import type { GnuElement } from './gnu-bucket.ts'
import { directorySlot, Fields, gnuHash, isWithin, readGnuHeader } from './gnu-layout.ts'
import type { GnuHeader } from './gnu-layout.ts'
import { QuietFile, readPieces } from './quiet-file.ts'

/**
 * A gdbm file (`dbm.gnu`), of either integer order and offset width. Takes no
 * lock and writes nothing; each key costs one read of its bucket and one of its
 * own bytes, so what another process changed is seen at once.
 */
export class GnuReader implements DbmReader {
  readonly strays: Stray[] = []
  readonly header: GnuHeader
  readonly file: QuietFile
  readonly #fileBytes: number

  constructor(path: string) {
    this.file = QuietFile.open(path)
    try {
      this.header = readGnuHeader(this.file)
      this.#fileBytes = this.file.sizeBytes
    } catch (error) {
      this.file[Symbol.dispose]()
      throw error
    }
  }

  *entries(): Generator<Entry> {
    // Keys lie beside each other in a sound file: together they are no longer than it.
    let keyBytesLeft = this.#fileBytes
    for (const bucket of this.#buckets()) {
      for (let slot = 0; slot < bucket.slots; slot++) {
        const element = bucket.element(slot)
        if (!element) continue
        const fault = this.#faultOf(element)
        if (fault !== undefined) {
          addStray(this.strays, `an element of a bucket`, fault)
          continue
        }
        keyBytesLeft -= element.keyBytes
        if (keyBytesLeft < 0)
          throw new AppError(
            'DAMAGED',
            `${this.file.path} names more keys than it has bytes; \`gdbmtool\` may recover it.`,
          )
        const key = this.file.readWithin(element.at, element.keyBytes)
        if (hashFits(key, element.hash)) yield { key, sizeBytes: element.valueBytes }
        else addStray(this.strays, `a key at byte ${element.at}`, 'it is not the key that its hash tells')
      }
    }
  }

  find(key: Uint8Array): FoundValue | Problem | undefined {
    for (const characters of ['signed', 'unsigned'] as const) {
      const hash = gnuHash(key, characters)
      const address = this.bucketAddress(directorySlot(hash, this.header.directoryBits))
      const bucket = this.readBucket(address)
      if (!bucket)
        return {
          code: 'UNREADABLE',
          sentence: `The bucket of this key would be at byte ${address} of ${this.file.path}, where none is.`,
        }
      const slot = this.slotOf(bucket, key, hash)
      if (slot === undefined) continue
      const element = bucket.element(slot)!
      const { path } = this.file
      return {
        sizeBytes: element.valueBytes,
        pieces: [{ path, offset: element.at + element.keyBytes, length: element.valueBytes }],
      }
    }
    return undefined
  }

  read(value: FoundValue, start: number, end: number): Uint8Array {
    return readPieces(() => this.file, value.pieces, start, end)
  }

  /** The slot of a bucket that holds the key. */
  slotOf(bucket: GnuBucket, key: Uint8Array, hash: number): number | undefined {
    for (const slot of bucket.probe(hash)) {
      const element = bucket.element(slot)!
      if (element.hash !== hash || element.keyBytes !== key.length || this.#faultOf(element) !== undefined)
        continue
      const stored = this.file.readWithin(element.at, element.keyBytes)
      if (Buffer.compare(stored, key) === 0) return slot
    }
    return undefined
  }

  bucketAddress(slot: number): number {
    const { layout, directoryAt } = this.header
    const bytes = this.file.read(directoryAt + slot * layout.offsetBytes, layout.offsetBytes)
    return bytes.length < layout.offsetBytes ? -1 : new Fields(bytes, layout).offset(0)
  }

  /** `undefined` where no bucket can be. */
  readBucket(address: number): GnuBucket | undefined {
    const { bucketBytes, directoryBits } = this.header
    if (address < bucketBytes || !isWithin(address, bucketBytes, this.#fileBytes)) return undefined
    const bytes = this.file.readWithin(address, bucketBytes)
    if (bytes.length < bucketBytes) return undefined
    const bucket = new GnuBucket(bytes, this.header)
    return bucket.bits < 0 || bucket.bits > directoryBits ? undefined : bucket
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]()
  }

  /** Each bucket once: the slots of one bucket stand side by side. */
  *#buckets(): Generator<GnuBucket> {
    const { layout, directoryAt, directoryBits } = this.header
    const slots = 2 ** directoryBits
    const seen = new Set<number>()
    const slotsAtOnce = 8192
    for (let first = 0; first < slots; first += slotsAtOnce) {
      const count = Math.min(slotsAtOnce, slots - first)
      const bytes = this.file.read(directoryAt + first * layout.offsetBytes, count * layout.offsetBytes)
      const fields = new Fields(bytes, layout)
      for (let slot = 0; (slot + 1) * layout.offsetBytes <= bytes.length; slot++) {
        const address = fields.offset(slot * layout.offsetBytes)
        if (seen.has(address)) continue
        seen.add(address)
        const bucket = this.readBucket(address)
        if (bucket) yield bucket
        else addStray(this.strays, `a bucket at byte ${address}`, 'it cannot be there, or is not a bucket')
      }
    }
  }

  #faultOf(element: GnuElement): string | undefined {
    const { keyBytes, valueBytes, at } = element
    if (element.hash < 0 || keyBytes < 0 || valueBytes < 0) return 'its numbers are negative'
    if (!isWithin(at, keyBytes + valueBytes, this.#fileBytes))
      return `its bytes would be at ${at}, beyond the end`
    return undefined
  }
}

function hashFits(key: Uint8Array, hash: number): boolean {
  return gnuHash(key, 'signed') === hash || gnuHash(key, 'unsigned') === hash
}
