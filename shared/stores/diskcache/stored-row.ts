import { AppError } from '../../model/errors.ts'
import { packWhole, unpackWhole } from '../whole-form.ts'
import { entryKey } from './keys.ts'
import { keyOfCells } from './rows.ts'

/** A cell exactly as SQLite has it: a text by its bytes, as it need not be UTF-8. */
export type StoredCell =
  | { readonly type: 'null' }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'real'; readonly value: number }
  | { readonly type: 'text' | 'blob'; readonly value: Uint8Array }

/** A row of `Cache`, whatever columns it has, by their names. */
export type StoredRow = ReadonlyMap<string, StoredCell>

/** The file beside the database that holds the value of a row. */
export interface KeptFile {
  readonly content: Uint8Array
  readonly modifiedMs: number
  readonly mode: number
}

export interface WholeRow {
  readonly row: StoredRow
  /** Of a row whose value lies in a file that is there. */
  readonly file?: KeptFile
  /** Of a part of a FanoutCache: the name of its folder. */
  readonly shard?: string
}

/** Columns that change when somebody reads. */
export const readColumns: ReadonlySet<string> = new Set(['access_time', 'access_count'])
/** And those that need not be the same when a row has come back: its place in the table, its file, when it expires. */
export const placeColumns: ReadonlySet<string> = new Set([...readColumns, 'rowid', 'filename', 'expire_time'])

interface Facts {
  /** Numbers as texts, which hold 64 bits. Those without one are parts, in this order. */
  readonly cells: readonly (readonly [name: string, type: StoredCell['type'], value?: string])[]
  readonly file?: Omit<KeptFile, 'content'>
  readonly shard?: string
}

/** A row, with its file or without, as bytes: what the trash keeps, and what goes between the two processes. */
export function packRow({ row, file, shard }: WholeRow): Uint8Array {
  const parts: Uint8Array[] = []
  const cells = [...row].map(([name, cell]): Facts['cells'][number] => {
    if (cell.type === 'null') return [name, cell.type]
    if (cell.type === 'integer' || cell.type === 'real') return [name, cell.type, numberText(cell.value)]
    parts.push(cell.value)
    return [name, cell.type]
  })
  const facts: Facts = {
    cells,
    ...(file && { file: { modifiedMs: file.modifiedMs, mode: file.mode } }),
    ...(shard !== undefined && { shard }),
  }
  return packWhole('diskcache', facts, file ? [...parts, file.content] : parts)
}

function numberText(number: bigint | number): string {
  return Object.is(number, -0) ? '-0' : String(number)
}

/** @throws AppError DAMAGED */
export function unpackRow(whole: Uint8Array): WholeRow {
  const { facts, parts } = unpackWhole('diskcache', whole)
  const { cells, file, shard } = facts as Facts
  const contents = parts.values()
  const next = (): Uint8Array => contents.next().value ?? damaged()
  const row = new Map<string, StoredCell>()
  for (const [name, type, text] of cells) {
    if (type === 'null') row.set(name, { type })
    else if (type === 'integer') row.set(name, { type, value: BigInt(text ?? damaged()) })
    else if (type === 'real') row.set(name, { type, value: Number(text ?? damaged()) })
    else row.set(name, { type, value: next() })
  }
  return { row, ...(file && { file: { ...file, content: next() } }), ...(shard !== undefined && { shard }) }
}

function damaged(): never {
  throw new AppError('DAMAGED', 'What the trash has of this row is damaged; it was not brought back.')
}

export function isSameRow(one: StoredRow, other: StoredRow, except: ReadonlySet<string>): boolean {
  const names = new Set([...one.keys(), ...other.keys()])
  return [...names].every((name) => except.has(name) || isSameCell(one.get(name), other.get(name)))
}

function isSameCell(one: StoredCell | undefined, other: StoredCell | undefined): boolean {
  if (!one || !other || one.type === 'null' || other.type === 'null') return one?.type === other?.type
  if (one.value instanceof Uint8Array && other.value instanceof Uint8Array)
    return one.type === other.type && Buffer.compare(one.value, other.value) === 0
  return one.type === other.type && Object.is(one.value, other.value)
}

/** The key of a row as the store tells it; `undefined` if diskcache could not have made it. */
export function keyOfRow(row: StoredRow): Uint8Array | undefined {
  const key = row.get('key')
  const raw = row.get('raw')
  if (!key || key.type === 'null' || raw?.type !== 'integer') return undefined
  const cell = key.value instanceof Uint8Array ? Buffer.from(key.value) : key.value
  const stored = keyOfCells({ keyType: key.type, key: cell, raw: raw.value })
  return stored && entryKey(stored)
}

const decoder = new TextDecoder()

export function textIn(row: StoredRow, name: string): string | undefined {
  const cell = row.get(name)
  return cell?.type === 'text' ? decoder.decode(cell.value) : undefined
}

export function numberIn(row: StoredRow, name: string): number | undefined {
  const cell = row.get(name)
  return cell?.type === 'integer' || cell?.type === 'real' ? Number(cell.value) : undefined
}
