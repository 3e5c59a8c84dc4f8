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

const hashSpace = 2 ** 31
/** Of the header, what says where the directory is and how far the file reaches. */
const fixedHeaderBytes = 40
/** A bucket that changes again and again while it is read is taken as it was last seen. */
const maximalAttempts = 5

/**
 * A gdbm file (`dbm.gnu`), of either integer order and offset width. Takes no
 * lock and writes nothing; each key costs one read of its bucket and one of its
 * own bytes, so what another process changed is seen at once.
 */
export class GnuReader implements DbmReader {
  readonly strays: Stray[] = []
  readonly file: QuietFile
  header: GnuHeader
  #fileBytes: number

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

  /**
   * Goes over the space of hashes, which buckets share out among them, so that
   * each key comes once although buckets are split meanwhile. What is read of a
   * bucket counts if the bucket is still the same afterwards.
   */
  *entries(): Generator<Entry> {
    const budget = { buckets: 0, keyBytes: 0 }
    for (let position = 0; position < hashSpace;) {
      const listed = this.#listBucketAt(position, budget)
      yield* listed.entries
      for (const { name, reason } of listed.strays) addStray(this.strays, name, reason)
      position = listed.end
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

  #listBucketAt(position: number, budget: { buckets: number; keyBytes: number }): Listed {
    for (let attempt = 1; ; attempt++) {
      this.#refresh()
      const { directoryBits, bucketBytes } = this.header
      const address = this.bucketAddress(directorySlot(position, directoryBits))
      const bucket = this.readBucket(address)
      // In a sound file buckets and keys lie beside each other; only a damaged one has more of them than bytes.
      if (
        ++budget.buckets > 1_000 + (4 * this.#fileBytes) / bucketBytes ||
        budget.keyBytes > 4 * this.#fileBytes
      )
        throw new AppError(
          'DAMAGED',
          `${this.file.path} names more keys than it has bytes; \`gdbmtool\` may recover it.`,
        )
      if (!bucket) {
        const stray = {
          name: `a bucket at byte ${address}`,
          reason: 'it cannot be there, or is not a bucket',
        }
        return { entries: [], strays: [stray], end: endOfSpan(position, directoryBits) }
      }
      const listed = this.#listBucket(bucket, position, budget)
      const after = attempt < maximalAttempts ? this.readBucket(this.#currentAddress(position)) : bucket
      if (after && Buffer.compare(after.bytes, bucket.bytes) === 0) return listed
    }
  }

  #listBucket(bucket: GnuBucket, position: number, budget: { keyBytes: number }): Listed {
    const end = endOfSpan(position, bucket.bits)
    const entries: Entry[] = []
    const strays: Stray[] = []
    for (let slot = 0; slot < bucket.slots; slot++) {
      const element = bucket.element(slot)
      if (!element) continue
      const name = `an element of the bucket of hash ${position}`
      const fault = this.#faultOf(element)
      if (fault !== undefined || element.hash < position || element.hash >= end) {
        strays.push({ name, reason: fault ?? 'its hash belongs to another bucket' })
        continue
      }
      budget.keyBytes += element.keyBytes
      const key = this.file.readWithin(element.at, element.keyBytes)
      if (hashFits(key, element.hash)) entries.push({ key, sizeBytes: element.valueBytes })
      else strays.push({ name, reason: 'its key is not the one that its hash tells' })
    }
    return { entries, strays, end }
  }

  #currentAddress(position: number): number {
    this.#refresh()
    return this.bucketAddress(directorySlot(position, this.header.directoryBits))
  }

  /** Sees a directory that has moved, and a file that has grown. */
  #refresh(): void {
    const fields = this.file.read(0, fixedHeaderBytes)
    if (Buffer.compare(fields, this.header.bytes.subarray(0, fixedHeaderBytes)) === 0) return
    this.header = readGnuHeader(this.file)
    this.#fileBytes = this.file.sizeBytes
  }

  #faultOf(element: GnuElement): string | undefined {
    const { keyBytes, valueBytes, at } = element
    if (element.hash < 0 || keyBytes < 0 || valueBytes < 0) return 'its numbers are negative'
    if (!isWithin(at, keyBytes + valueBytes, this.#fileBytes))
      return `its bytes would be at ${at}, beyond the end`
    return undefined
  }
}

interface Listed {
  readonly entries: Entry[]
  readonly strays: Stray[]
  /** Where the hashes of this bucket end. */
  readonly end: number
}

/** The end of the stretch of hashes that have their first bits in common. */
function endOfSpan(position: number, bits: number): number {
  const span = 2 ** (31 - bits)
  return (Math.floor(position / span) + 1) * span
}

function hashFits(key: Uint8Array, hash: number): boolean {
  return gnuHash(key, 'signed') === hash || gnuHash(key, 'unsigned') === hash
}
