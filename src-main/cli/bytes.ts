import { openEntryDocument, openFileDocument } from '../../shared/catalog/documents.ts'
import type { Document } from '../../shared/catalog/documents.ts'
import { AppError } from '../../shared/model/errors.ts'
import { openStore } from '../../shared/stores/registry.ts'
import { innermostAt } from '../../shared/value/locate.ts'
import { listingOf, opcodeRow, streamOf } from '../engine/values/bytes.ts'
import { rootOf } from '../engine/values/root.ts'
import { nodeAt } from '../engine/values/tree.ts'
import { writeHex, writeOpcodes } from './bytes-text.ts'
import { standardOutput } from './output.ts'
import type { Output } from './output.ts'
import type { ExitCode } from './program.ts'
import { isStore } from './show.ts'
import { namesOfPath, pathOfNames } from './value-path.ts'

export interface BytesOptions {
  /** Decimal, or hexadecimal behind `0x`. */
  readonly at?: string
  readonly length?: number
  readonly opcodes?: boolean
  readonly node?: string
  readonly stored?: boolean
  readonly json?: boolean
}

/** Bytes `[from, to)` of one of the two streams of an entry or file. */
export interface Stretch {
  readonly document: Document
  readonly of: 'decoded' | 'stored'
  readonly from: number
  readonly to: number
  /** Names of the node that the stretch was asked for by, or that has its first byte. */
  readonly node: string | undefined
}

/** Bytes that are shown where nobody says how many. */
const usualBytes = 256
const rowsAtOnce = 2_048
const hexBytesAtOnce = 64 * 1024

/** Bytes or opcodes of an entry or of a loose file. 1 if it is damaged or cut. */
export async function runBytes(targets: readonly string[], options: BytesOptions): Promise<ExitCode> {
  const [target = '', key] = targets
  if (options.stored && (options.opcodes || options.node !== undefined))
    throw new AppError(
      'USAGE',
      '--stored shows the bytes as stored; opcodes and nodes are of the decoded ones.',
    )
  if (!(await isStore(target))) {
    if (key !== undefined)
      throw new AppError('USAGE', `${target} is a file, which has no entries; leave the key out.`)
    using document = await openFileDocument(target, { trace: true })
    return await write(document, target, options)
  }
  if (key === undefined)
    throw new AppError('USAGE', `Name the entry: bytes ${target} KEY; "hashcache ls" lists the keys.`)
  await using store = await openStore(target)
  using document = await openEntryDocument(store, key, { trace: true })
  return await write(document, key, options)
}

async function write(document: Document, name: string, options: BytesOptions): Promise<ExitCode> {
  const output = standardOutput()
  const stretch = stretchOf(document, name, options)
  if (options.opcodes) await writeRows(stretch, name, output, options.json === true)
  else if (options.json) await writeJson(stretch, output)
  else await writeHex(stretch, output)
  return document.decoded.problem ? 1 : 0
}

function stretchOf(document: Document, name: string, options: BytesOptions): Stretch {
  const of = options.stored ? 'stored' : 'decoded'
  const { byteLength } = streamOf(document, of)
  const { root, source } = document.decoded
  const node =
    options.node === undefined
      ? undefined
      : nodeAt(rootOf(document, name), pathOfNames(rootOf(document, name), options.node, source)).value
  const from = options.at === undefined ? (node?.start ?? 0) : offsetOf(options.at)
  if (from > byteLength)
    throw new AppError('USAGE', `The ${of} bytes of ${name} end at ${byteLength}; --at ${from} is beyond.`)
  const usual = node ? node.end - from : options.opcodes ? byteLength - from : usualBytes
  const to = Math.min(byteLength, from + Math.max(0, options.length ?? usual))
  const path = root && of === 'decoded' && options.node === undefined ? innermostAt(root, from) : undefined
  return { document, of, from, to, node: options.node ?? (root && path && namesOfPath(root, path, source)) }
}

function offsetOf(text: string): number {
  const offset = /^(?:\d{1,15}|0x[0-9a-f]{1,12})$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(offset))
    throw new AppError('USAGE', `--at takes an offset such as 4096 or 0x1000, not ${text}.`)
  return offset
}

/** The lines whose first byte is in the stretch, or that have its first byte. */
async function writeRows(
  { document, from, to }: Stretch,
  name: string,
  output: Output,
  asJson: boolean,
): Promise<void> {
  const listing = listingOf(document, name)
  while (!listing.isComplete && listing.indexedBytes < to) listing.extend(rowsAtOnce)
  if (to >= document.decoded.source.byteLength) while (!listing.isComplete) listing.extend(rowsAtOnce)
  const first = from === 0 ? 0 : (listing.rowAt(from) ?? listing.rows)
  for (let at = first; at < listing.rows; at += rowsAtOnce) {
    const listed = listing.window(at, at + rowsAtOnce)
    const rows = listed
      .map((row, i) => opcodeRow(row, at + i))
      // At the end of the bytes a line without bytes says that they end too early.
      .filter(({ offset }) => offset < to || to >= document.decoded.source.byteLength)
    if (asJson) for (const row of rows) await output.write(JSON.stringify(row) + '\n')
    else await writeOpcodes(rows, output)
    if (rows.length < listed.length) return
  }
}

/** One line of JSON, written piece by piece. */
async function writeJson({ document, of, from, to, node }: Stretch, output: Output): Promise<void> {
  const stream = streamOf(document, of)
  const { compressor, problem } = document.decoded
  const head = { stream: of, compressor, byteLength: stream.byteLength, from, to, node }
  await output.write(JSON.stringify(head).slice(0, -1) + ',"hex":"')
  for (let at = from; at < to; at += hexBytesAtOnce) {
    const bytes = stream.read(at, Math.min(hexBytesAtOnce, to - at))
    await output.write(Buffer.from(bytes).toString('hex'))
  }
  await output.write(`"${problem === undefined ? '' : `,"problem":${JSON.stringify(problem)}`}}\n`)
}
