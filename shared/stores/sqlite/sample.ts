import type { Database } from 'better-sqlite3'

import { sniffCompressor } from '../../joblib/compressor.ts'
import { quote } from './sql.ts'

export interface Sample {
  readonly values: 'pickle' | 'json' | 'any'
  /** `undefined`: there are no rows to tell. */
  readonly keysAreBlobs: boolean | undefined
  readonly valuesAreText: boolean
  /** Hashes as keys, or pickles or JSON as values. */
  readonly looksLikeRecords: boolean
}

interface SampleRow {
  readonly key: unknown
  readonly keyType: string
  readonly valueType: string
  readonly head: Uint8Array | null
}

const sampleRows = 8
/** Values above this are not looked into: SQLite would read all of one to give its head. */
const largestSampled = 1_000_000

/** What the first rows of a table are like. An unreadable table is like nothing. */
export function sampleValues(database: Database, table: string, key: string, value: string): Sample {
  const rows = firstRows(database, table, quote(key), quote(value))
  const heads = rows.map(({ head }) => head).filter((head) => head !== null)
  const all = (test: (head: Uint8Array) => boolean): boolean => heads.length > 0 && heads.every(test)
  const values = all(isPickle) ? 'pickle' : all(isJson) ? 'json' : 'any'
  const hashes = rows.filter(
    ({ key: shown }) => typeof shown === 'string' && /^[0-9a-f]{32,128}$/i.test(shown),
  )
  return {
    values,
    keysAreBlobs: rows.length === 0 ? undefined : rows.every(({ keyType }) => keyType === 'blob'),
    valuesAreText: rows.length > 0 && rows.every(({ valueType }) => valueType === 'text'),
    looksLikeRecords: values !== 'any' || (rows.length > 0 && hashes.length === rows.length),
  }
}

function firstRows(database: Database, table: string, key: string, value: string): SampleRow[] {
  const sql = `
    SELECT CASE WHEN octet_length(${key}) <= 1000 THEN CAST(${key} AS TEXT) END AS key,
      typeof(${key}) AS keyType, typeof(${value}) AS valueType,
      CASE WHEN octet_length(${value}) <= ${largestSampled} THEN substr(CAST(${value} AS BLOB), 1, 16) END AS head
    FROM main.${quote(table)} NOT INDEXED LIMIT ${sampleRows}`
  try {
    return database.prepare(sql).all() as SampleRow[]
  } catch {
    return []
  }
}

function isPickle(head: Uint8Array): boolean {
  return (head[0] === 0x80 && head[1]! <= 5) || sniffCompressor(head) !== undefined
}

function isJson(head: Uint8Array): boolean {
  return /^[\s\0]*[[{"]/.test(Buffer.from(head).toString('latin1'))
}
