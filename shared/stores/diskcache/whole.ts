import { toAppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { WholeEntries, WholeEntry, WholeOperation, WriteOperation, WriteOutcome } from '../contract.ts'
import { failure } from '../disk.ts'
import { changed } from '../lock-pace.ts'
import { storedKey } from './keys.ts'
import type { Shard } from './shard.ts'
import type { Shards } from './shards.ts'
import { keyOfRow, numberIn, packRow, textIn, unpackRow } from './stored-row.ts'
import type { WholeRow } from './stored-row.ts'
import { readValueFile, writeValueFile } from './value-file.ts'
import type { RowOperation, RowRead } from './writer-protocol.ts'
import type { DiskcacheWriter } from './writer.ts'

export const noPuts =
  'diskcache keeps values and counters its own way, which only diskcache should write: entries can be evicted and brought back here, not added.'

/** How many files are forced to the disk together. */
const filesAtOnce = 32

/** Rows of a cache with the files of their values, taken out and brought back by the process that writes. */
export class WholeRows implements WholeEntries {
  readonly #shards: Shards
  readonly #writer: DiskcacheWriter

  constructor(shards: Shards, writer: DiskcacheWriter) {
    this.#shards = shards
    this.#writer = writer
  }

  /** A row whose file is gone is told without one: that is all there is of it. */
  getMany(keys: readonly Uint8Array[]): Promise<(WholeEntry | Problem | undefined)[]> {
    return this.#shards.search(keys.map(storedKey), (shard, indexes) =>
      readWholeRows(
        this.#writer,
        shard,
        indexes.map((i) => keys[i]!),
      ),
    )
  }

  async apply(operations: readonly WholeOperation[]): Promise<WriteOutcome[]> {
    this.#shards.throwIfClosed()
    const outcomes = operations.map(({ key }) => refusalOf({ kind: 'delete', key }))
    const changes: WholeChange[] = []
    for (const [index, operation] of operations.entries()) {
      if (!storedKey(operation.key)) continue
      try {
        const whole = unpackRow(operation.kind === 'put' ? operation.value : operation.ifValue)
        changes.push({ index, operation, whole })
      } catch (thrown) {
        outcomes[index] = { done: false, reason: 'REFUSED', sentence: toAppError(thrown).message }
      }
    }
    await this.#shards.change(
      changes,
      (change) => this.#shardFor(change),
      async (shard, here) => {
        const told = await changeRows(this.#writer, shard.folder, here)
        for (const [order, { index }] of here.entries()) outcomes[index] = told[order]!
      },
    )
    return outcomes
  }

  /** Where the row was; if there is no such part any more, where Python looks for it. */
  #shardFor({ operation: { key }, whole: { shard: name } }: WholeChange): Shard {
    return (
      this.#shards.all.find((shard) => shard.name === name) ?? this.#shards.inOrderFor(storedKey(key)!)[0]!
    )
  }
}

/** @throws AppError REFUSED if the database as a whole cannot be read */
async function readWholeRows(
  writer: DiskcacheWriter,
  place: Shard,
  keys: readonly Uint8Array[],
): Promise<(WholeEntry | Problem | undefined)[]> {
  const found = await writer.read(place.folder, keys)
  const entries = found.map((read, i) => wholeOf(place, keys[i]!, read))
  // diskcache never writes into a file that is there: it was stored anew meanwhile, or its file is lost.
  const again = [...keys.keys()].filter((i) => entries[i] === 'file gone')
  const second = await writer.read(
    place.folder,
    again.map((i) => keys[i]!),
  )
  for (const [order, i] of again.entries()) entries[i] = wholeOf(place, keys[i]!, second[order], true)
  return entries.map((entry) => (entry === 'file gone' ? undefined : entry))
}

function wholeOf(
  { folder, name }: Shard,
  key: Uint8Array,
  read: RowRead | Problem | undefined,
  withoutFile = false,
): WholeEntry | Problem | 'file gone' | undefined {
  if (!read || 'code' in read) return read
  const { row } = unpackRow(read.row)
  const filename = textIn(row, 'filename')
  try {
    const file = filename === undefined ? undefined : readValueFile(folder, filename)
    if (filename !== undefined && !file && !withoutFile) return 'file gone'
    const storedAt = numberIn(row, 'store_time')
    const expiresAt = numberIn(row, 'expire_time')
    return {
      key,
      stamp: read.stamp,
      ...(storedAt !== undefined && { modifiedMs: storedAt * 1_000 }),
      ...(expiresAt !== undefined && { expiresAtMs: expiresAt * 1_000 }),
      whole: packRow({ row, ...(file && { file }), ...(name !== undefined && { shard: name }) }),
    }
  } catch (error) {
    return { code: 'UNREADABLE', sentence: toAppError(error).message }
  }
}

interface WholeChange {
  readonly index: number
  readonly operation: WholeOperation
  readonly whole: WholeRow
}

/** Deletes and brings back, in one database. Files of rows that come back are on the disk before their rows. */
async function changeRows(
  writer: DiskcacheWriter,
  folder: string,
  changes: readonly WholeChange[],
): Promise<WriteOutcome[]> {
  const outcomes: (WriteOutcome | undefined)[] = []
  const operations: RowOperation[] = []
  for (let start = 0; start < changes.length; start += filesAtOnce) {
    const prepared = await Promise.all(
      changes.slice(start, start + filesAtOnce).map((change) => prepare(folder, change)),
    )
    for (const each of prepared) {
      outcomes.push('done' in each ? each : undefined)
      if (!('done' in each)) operations.push(each)
    }
  }
  const answers = (await writer.apply(folder, operations)).values()
  return outcomes.map((outcome) => outcome ?? answers.next().value!)
}

async function prepare(
  folder: string,
  { operation, whole: { row, file } }: WholeChange,
): Promise<RowOperation | WriteOutcome> {
  const { key } = operation
  const value = packRow({ row })
  const own = keyOfRow(row)
  const isOther = !own || Buffer.compare(own, key) !== 0
  if (operation.kind === 'delete') return isOther ? changed : { kind: 'delete', key, ifValue: value }
  const { expiresAtMs } = operation
  if (isOther) return otherEntry(key)
  const back = { kind: 'put', key, value, ...(expiresAtMs !== undefined && { expiresAtMs }) } as const
  if (!file) return back
  try {
    return { ...back, filename: await writeValueFile(folder, textIn(row, 'filename') ?? '', file) }
  } catch (error) {
    return failure(folder, error)
  }
}

function otherEntry(key: Uint8Array): WriteOutcome {
  const sentence = `What the trash has is another entry than ${showKey(key)}; it was not brought back.`
  return { done: false, reason: 'REFUSED', sentence }
}

/** The outcome of what is not done: a put, a key that cannot be, an entry that is not there. */
export function refusalOf({ kind, key }: Pick<WriteOperation, 'kind' | 'key'>): WriteOutcome {
  if (!storedKey(key)) {
    const sentence = `The key ${showKey(key)} is none of diskcache's: one that is no text is written as int:…, float:…, bytes:… or pickle:….`
    return { done: false, reason: 'BAD_KEY', sentence }
  }
  if (kind === 'put') return { done: false, reason: 'REFUSED', sentence: noPuts }
  return { done: false, reason: 'ABSENT', sentence: `There is no entry ${showKey(key)}.` }
}
