import { concatBytes } from '../../model/bytes.ts'
import { AppError } from '../../model/errors.ts'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import { GnuBucket, keyStart } from './gnu-bucket.ts'
import { directorySlot, Fields, gnuHash } from './gnu-layout.ts'
import type { GnuHeader } from './gnu-layout.ts'
import { GnuSpace, writeAvailRows } from './gnu-space.ts'
import type { FreeList } from './gnu-space.ts'
import type { GnuReader } from './gnu.ts'

/** One write to the file, or its new length. */
export type WriteStep = { readonly at: number; readonly bytes: Uint8Array } | { readonly truncateTo: number }

/** More would be a directory of 128 MB; gdbm itself goes further, no cache does. */
const maximalDirectoryBits = 24
const maximalPairBytes = 0x7fffffff
/** gdbm's hash depends on C's `char`; see `gnuHash`. */
const machineCharacters =
  process.arch.startsWith('arm') && process.platform === 'linux' ? 'unsigned' : 'signed'

interface LiveBucket {
  readonly bucket: GnuBucket
  readonly address: number
  /** Made in this batch: no earlier state of the file names it. */
  readonly isNew: boolean
  isChanged: boolean
}

/** Puts and deletes on a gdbm file, planned in memory. */
export class GnuBatch {
  readonly #reader: GnuReader
  readonly #header: GnuHeader
  readonly #space: GnuSpace
  readonly #buckets = new Map<number, LiveBucket>()
  /** Pairs of this batch by their place. */
  readonly #pairs = new Map<number, { key: Uint8Array; value: Uint8Array }>()
  #directory: Float64Array
  #directoryBits: number
  #firstChangedSlot = Number.POSITIVE_INFINITY
  #lastChangedSlot = -1

  constructor(reader: GnuReader) {
    this.#reader = reader
    this.#header = reader.header
    this.#space = new GnuSpace(reader.header, reader.file)
    this.#directoryBits = reader.header.directoryBits
    const slots = 2 ** this.#directoryBits
    const fields = new Fields(reader.file.read(reader.header.directoryAt, slots * 8), reader.header.layout)
    this.#directory = Float64Array.from({ length: slots }, (_, slot) => fields.offset(slot * 8))
  }

  put(operation: Extract<WriteOperation, { kind: 'put' }>): WriteOutcome {
    const { key, value } = operation
    if (key.length + value.length > maximalPairBytes)
      return { done: false, reason: 'REFUSED', sentence: 'gdbm holds no value of 2 GB or more.' }
    const found = this.#locate(key)
    if (found && operation.expect === 'absent')
      return { done: false, reason: 'EXISTS', sentence: 'The key is there already.' }
    const hash = found?.hash ?? gnuHash(key, machineCharacters)
    const live = found?.live ?? this.#bucketWithRoom(hash)
    if (!live) return { done: false, reason: 'REFUSED', sentence: 'The directory of the gdbm file is full.' }
    const at = this.#space.take(key.length + value.length)
    const element = {
      hash,
      keyStart: keyStart(key, this.#header),
      at,
      keyBytes: key.length,
      valueBytes: value.length,
    }
    if (found) {
      this.#giveUp(found)
      live.bucket.setElement(found.slot, element)
    } else live.bucket.insert(element)
    live.isChanged = true
    this.#pairs.set(at, { key, value })
    return { done: true }
  }

  delete(key: Uint8Array): WriteOutcome {
    const found = this.#locate(key)
    if (!found) return { done: false, reason: 'ABSENT', sentence: 'There is no such key.' }
    this.#giveUp(found)
    found.live.bucket.remove(found.slot)
    found.live.isChanged = true
    return { done: true }
  }

  /** What is to be written, in order. Up to `pointersAt` nothing of the old state is touched but the header's free list. */
  plan(): { steps: WriteStep[]; pointersAt: number } {
    const hasMoved = this.#directoryBits > this.#header.directoryBits
    const directoryAt = hasMoved ? this.#space.take(this.#directory.length * 8) : this.#header.directoryAt
    if (hasMoved) this.#space.give(this.#header.directoryAt, 8 * 2 ** this.#header.directoryBits)
    const { early, late } = this.#space.settle()
    const steps: WriteStep[] = [
      { at: 0, bytes: headerBytes(this.#header, early) },
      { truncateTo: early.nextBlock },
      ...this.#pairSteps(),
      ...this.#bucketSteps((live) => live.isNew),
    ]
    if (hasMoved) steps.push({ at: directoryAt, bytes: this.#slotBytes(0, this.#directory.length - 1) })
    const pointersAt = steps.length
    steps.push(...this.#bucketSteps((live) => !live.isNew && live.isChanged))
    if (!hasMoved && this.#lastChangedSlot >= 0)
      steps.push({
        at: directoryAt + this.#firstChangedSlot * 8,
        bytes: this.#slotBytes(this.#firstChangedSlot, this.#lastChangedSlot),
      })
    steps.push(...this.#space.pushed)
    steps.push({
      at: 0,
      bytes: headerBytes(this.#header, late, { at: directoryAt, bits: this.#directoryBits }),
    })
    return { steps, pointersAt }
  }

  /** Keys with their values, those that lie side by side in one write. */
  #pairSteps(): WriteStep[] {
    const steps: { at: number; parts: Uint8Array[]; end: number }[] = []
    for (const [at, { key, value }] of [...this.#pairs].toSorted(([a], [b]) => a - b)) {
      const last = steps.at(-1)
      const end = at + key.length + value.length
      if (last && last.end === at && end - last.at <= 1 << 20) {
        last.parts.push(key, value)
        last.end = end
      } else steps.push({ at, parts: [key, value], end })
    }
    return steps.map(({ at, parts }) => ({ at, bytes: concatBytes(parts) }))
  }

  #bucketSteps(which: (live: LiveBucket) => boolean): WriteStep[] {
    return [...this.#buckets.values()]
      .filter(which)
      .map((live) => ({ at: live.address, bytes: live.bucket.bytes }))
  }

  #locate(key: Uint8Array): { live: LiveBucket; slot: number; hash: number } | undefined {
    for (const characters of ['signed', 'unsigned'] as const) {
      const hash = gnuHash(key, characters)
      const live = this.#bucketOf(hash)
      const slot = this.#slotOf(live.bucket, key, hash)
      if (slot !== undefined) return { live, slot, hash }
    }
    return undefined
  }

  /** Like the reader's search, and among the values of this batch too, which the file has not yet. */
  #slotOf(bucket: GnuBucket, key: Uint8Array, hash: number): number | undefined {
    for (const slot of bucket.probe(hash)) {
      const element = bucket.element(slot)!
      if (element.hash !== hash || element.keyBytes !== key.length) continue
      const stored = this.#pairs.get(element.at)?.key ?? this.#reader.file.read(element.at, element.keyBytes)
      if (Buffer.compare(stored, key) === 0) return slot
    }
    return undefined
  }

  #giveUp(found: { live: LiveBucket; slot: number }): void {
    const old = found.live.bucket.element(found.slot)!
    this.#space.give(old.at, old.keyBytes + old.valueBytes)
  }

  #bucketOf(hash: number): LiveBucket {
    const address = this.#directory[directorySlot(hash, this.#directoryBits)]!
    const known = this.#buckets.get(address)
    if (known) return known
    const bucket = this.#reader.readBucket(address)
    if (!bucket || !isCountTrue(bucket))
      throw new AppError(
        'DAMAGED',
        `${this.#reader.file.path} has no sound bucket at byte ${address} where its directory says; run \`gdbmtool\` to recover it.`,
      )
    const live = { bucket, address, isNew: false, isChanged: false }
    this.#buckets.set(address, live)
    return live
  }

  #bucketWithRoom(hash: number): LiveBucket | undefined {
    for (;;) {
      const live = this.#bucketOf(hash)
      if (live.bucket.count < live.bucket.slots) return live
      if (live.bucket.bits === this.#directoryBits && !this.#doubleDirectory()) return undefined
      this.#split(live)
    }
  }

  #doubleDirectory(): boolean {
    if (this.#directoryBits >= maximalDirectoryBits) return false
    const old = this.#directory
    this.#directory = Float64Array.from({ length: old.length * 2 }, (_, slot) => old[slot >> 1]!)
    this.#directoryBits++
    return true
  }

  /** One bucket becomes two, told apart by one more bit of the hash. */
  #split(live: LiveBucket): void {
    const bits = live.bucket.bits + 1
    const halves = [GnuBucket.empty(this.#header, bits), GnuBucket.empty(this.#header, bits)] as const
    let anyHash = 0
    for (let slot = 0; slot < live.bucket.slots; slot++) {
      const element = live.bucket.element(slot)
      if (!element) continue
      anyHash = element.hash
      halves[(element.hash >>> (31 - bits)) & 1]!.insert(element)
    }
    halves[0].setAvail(live.bucket.avail())
    const { bucketBytes } = this.#header
    this.#buckets.delete(live.address)
    const addresses = [
      live.isNew ? live.address : this.#space.take(bucketBytes),
      this.#space.take(bucketBytes),
    ]
    if (!live.isNew) this.#space.give(live.address, bucketBytes)
    const slotsEach = 2 ** (this.#directoryBits - bits)
    const first = directorySlot(anyHash, bits - 1) * 2 * slotsEach
    halves.forEach((bucket, half) => {
      const address = addresses[half]!
      this.#buckets.set(address, { bucket, address, isNew: true, isChanged: true })
      this.#directory.fill(address, first + half * slotsEach, first + (half + 1) * slotsEach)
    })
    this.#firstChangedSlot = Math.min(this.#firstChangedSlot, first)
    this.#lastChangedSlot = Math.max(this.#lastChangedSlot, first + 2 * slotsEach - 1)
  }

  #slotBytes(first: number, last: number): Uint8Array {
    const bytes = new Uint8Array((last - first + 1) * 8)
    const fields = new Fields(bytes, this.#header.layout)
    for (let slot = first; slot <= last; slot++) fields.setOffset((slot - first) * 8, this.#directory[slot]!)
    return bytes
  }
}

/** A bucket that counts wrongly could be split or filled for ever. */
function isCountTrue(bucket: GnuBucket): boolean {
  let count = 0
  for (let slot = 0; slot < bucket.slots; slot++) if (bucket.element(slot)) count++
  return count === bucket.count
}

function headerBytes(
  header: GnuHeader,
  free: FreeList,
  directory?: { at: number; bits: number },
): Uint8Array {
  const bytes = Uint8Array.from(header.bytes)
  const { layout } = header
  const fields = new Fields(bytes, layout)
  if (directory) {
    fields.setOffset(8, directory.at)
    fields.setInt(16, 8 * 2 ** directory.bits)
    fields.setInt(20, directory.bits)
  }
  fields.setOffset(32, free.nextBlock)
  fields.setInt(layout.availAt + 4, free.rows.length)
  fields.setOffset(layout.availAt + 8, free.next)
  const tableAt = layout.availAt + layout.availHeadBytes
  bytes.fill(0, tableAt)
  writeAvailRows(fields, tableAt, free.rows)
  return bytes
}
