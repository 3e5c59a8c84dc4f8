import { bucketAvailRows, Fields, readAvailRows } from './gnu-layout.ts'
import type { FreeSpace, GnuHeader } from './gnu-layout.ts'

export interface GnuElement {
  readonly hash: number
  /** The first four bytes of the key, as an integer that is only compared. */
  readonly keyStart: number
  readonly at: number
  readonly keyBytes: number
  readonly valueBytes: number
}

const emptyHash = -1

/** One bucket in memory: a hash table with linear probing, `bucket_bits` of whose hashes are the same. */
export class GnuBucket {
  readonly bytes: Uint8Array
  readonly #fields: Fields
  readonly #elements: number

  constructor(bytes: Uint8Array, header: GnuHeader) {
    this.bytes = bytes
    this.#fields = new Fields(bytes, header.layout)
    this.#elements = header.bucketElements
  }

  /** An empty bucket: every element says `-1`. */
  static empty(header: GnuHeader, bits: number): GnuBucket {
    const bucket = new GnuBucket(new Uint8Array(header.bucketBytes), header)
    bucket.#fields.setInt(header.layout.bucketBitsAt, bits)
    for (let slot = 0; slot < header.bucketElements; slot++) bucket.clear(slot)
    return bucket
  }

  get bits(): number {
    return this.#fields.int(this.#fields.layout.bucketBitsAt)
  }

  get count(): number {
    return this.#fields.int(this.#fields.layout.bucketBitsAt + 4)
  }

  set count(value: number) {
    this.#fields.setInt(this.#fields.layout.bucketBitsAt + 4, value)
  }

  get slots(): number {
    return this.#elements
  }

  element(slot: number): GnuElement | undefined {
    const at = this.#elementAt(slot)
    const hash = this.#fields.int(at)
    if (hash === emptyHash) return undefined
    const { offsetBytes } = this.#fields.layout
    return {
      hash,
      keyStart: this.#fields.int(at + 4),
      at: this.#fields.offset(at + 8),
      keyBytes: this.#fields.int(at + 8 + offsetBytes),
      valueBytes: this.#fields.int(at + 12 + offsetBytes),
    }
  }

  setElement(slot: number, element: GnuElement): void {
    const at = this.#elementAt(slot)
    const { offsetBytes } = this.#fields.layout
    this.#fields.setInt(at, element.hash)
    this.#fields.setInt(at + 4, element.keyStart)
    this.#fields.setOffset(at + 8, element.at)
    this.#fields.setInt(at + 8 + offsetBytes, element.keyBytes)
    this.#fields.setInt(at + 12 + offsetBytes, element.valueBytes)
  }

  clear(slot: number): void {
    this.#fields.setInt(this.#elementAt(slot), emptyHash)
  }

  /** Slots from the hash's home on, as far as a search goes: to the first empty one. */
  *probe(hash: number): Generator<number> {
    const home = hash % this.#elements
    for (let step = 0; step < this.#elements; step++) {
      const slot = (home + step) % this.#elements
      if (this.#fields.int(this.#elementAt(slot)) === emptyHash) return
      yield slot
    }
  }

  /** Puts an element where a search will find it; the caller knows there is room. */
  insert(element: GnuElement): void {
    let slot = element.hash % this.#elements
    while (this.element(slot) !== undefined) slot = (slot + 1) % this.#elements
    this.setElement(slot, element)
    this.count += 1
  }

  /** Takes an element out and closes the gap, so that the ones behind it are still found. */
  remove(slot: number): void {
    this.clear(slot)
    this.count -= 1
    let gap = slot
    for (let step = 1; step < this.#elements; step++) {
      const next = (slot + step) % this.#elements
      const element = this.element(next)
      if (!element) return
      const home = element.hash % this.#elements
      const distanceToGap = (gap - home + this.#elements) % this.#elements
      const distanceToNext = (next - home + this.#elements) % this.#elements
      if (distanceToGap > distanceToNext) continue
      this.setElement(gap, element)
      this.clear(next)
      gap = next
    }
  }

  /** Free space that the bucket knows. */
  avail(): FreeSpace[] {
    const count = this.#fields.int(0)
    return readAvailRows(
      this.#fields,
      this.#fields.layout.offsetBytes,
      Math.max(0, Math.min(count, bucketAvailRows)),
    )
  }

  setAvail(rows: readonly FreeSpace[]): void {
    const { offsetBytes, availRowBytes } = this.#fields.layout
    this.#fields.setInt(0, rows.length)
    rows.forEach((row, index) => {
      this.#fields.setInt(offsetBytes + index * availRowBytes, row.bytes)
      this.#fields.setOffset(offsetBytes + index * availRowBytes + offsetBytes, row.at)
    })
  }

  #elementAt(slot: number): number {
    return this.#fields.layout.elementsAt + slot * this.#fields.layout.elementBytes
  }
}

/** `key_start` of an element: the key's first four bytes, zeros behind a short key. */
export function keyStart(key: Uint8Array, header: GnuHeader): number {
  const start = new Uint8Array(4)
  start.set(key.subarray(0, 4))
  return new Fields(start, header.layout).int(0)
}
