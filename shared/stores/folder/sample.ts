import { join } from 'node:path'

import { decodeSync } from '../../decode/decode.ts'
import { openFileSource } from '../../decode/file-source.ts'
import { sniffCompressor, sniffLength } from '../../joblib/compressor.ts'
import { AppError } from '../../model/errors.ts'
import type { Value } from '../../value/value.ts'
import type { FolderLayout } from './layout.ts'
import { listShard, listShards } from './scan.ts'

const sampledShards = 8
const sampledPerShard = 3
/** A larger value is told by its first bytes alone. */
const decodedBytes = 256 * 1024

/** What a few entries of a folder turned out to be. */
export interface Sample {
  readonly files: number
  /** Of the layout's format: pickles or JSON objects. */
  readonly readable: number
  /** Of these, dicts with the fields of pycse's records. */
  readonly records: number
  readonly refused: number
}

type Look = 'record' | 'readable' | 'other' | 'refused'

/** Looks into some files that have the names and places of entries, spread over the shards. */
export function sampleFolder(root: string, layout: FolderLayout): Sample {
  const looks: Look[] = []
  for (const shard of spread(listShards(root), sampledShards)) {
    for (const name of spread(listShard(root, shard, layout), sampledPerShard)) {
      looks.push(look(join(root, shard, name), layout))
    }
  }
  const count = (kind: Look): number => looks.filter((item) => item === kind).length
  const records = count('record')
  return { files: looks.length, readable: records + count('readable'), records, refused: count('refused') }
}

function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]!)
}

function look(path: string, layout: FolderLayout): Look {
  try {
    using file = openFileSource(path, { follow: false })
    const head = file.read(0, sniffLength)
    if (file.byteLength > decodedBytes) return looksReadable(head, layout) ? 'readable' : 'other'
    using value = decodeSync(file, { values: layout.values, skim: true })
    // Not decoded at once: an xz stream, or a large compressed one.
    if (value === undefined) return looksReadable(head, layout) ? 'readable' : 'other'
    if (value.root && isRecord(value.root)) return 'record'
    return value.root?.kind !== 'dict' && layout.values === 'json'
      ? 'other'
      : value.problem
        ? 'other'
        : 'readable'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return 'refused'
  }
}

function looksReadable(head: Uint8Array, layout: FolderLayout): boolean {
  if (layout.values === 'json') return head[0] === 0x7b
  return head[0] === 0x80 || sniffCompressor(head) !== undefined
}

/** Fields that each record of pycse has: of a call, or of `dump`. */
const recordFields = new Set(['func', 'hash', 'run-at', 'saved-at', 'elapsed_time', 'standardized-kwargs'])

function isRecord(value: Value): boolean {
  if (value.kind !== 'dict') return false
  const known = value.keys.filter((key) => key.kind === 'str' && recordFields.has(key.value))
  return known.length >= 2
}
