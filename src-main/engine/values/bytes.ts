import type { ByteStream, OpcodePage, OpcodeRow } from '../../../shared/api/bytes.ts'
import { mostOpcodes } from '../../../shared/api/bytes.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { AppError } from '../../../shared/model/errors.ts'
import { MemorySource } from '../../../shared/model/source.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { OpcodeListing } from '../../../shared/pickle/listing.ts'
import type { ListedRow } from '../../../shared/pickle/listing.ts'
import { clip, pythonLiteral } from '../../../shared/render/python.ts'
import { floatText, integerText, visibleText } from '../../../shared/value/python-text.ts'

/** A request lists for so long; the next one goes on where it stopped. */
const listingMs = 200
const rowsPerLook = 2_048
const argumentCharacters = 120
const noBytes = new MemorySource(new Uint8Array(0))

/** Kept as long as the document is. */
const listings = new WeakMap<Document, OpcodeListing>()

export function streamOf({ stored, decoded }: Document, of: ByteStream): ByteSource {
  return of === 'stored' ? stored : decoded.source
}

/** Bytes `[from, to)` of one of the streams, as a copy. */
export function bytesOf(document: Document, of: ByteStream, from: number, to: number): Uint8Array {
  return new Uint8Array(streamOf(document, of).read(from, Math.max(0, to - from)))
}

/** The opcodes of a document that was decoded with `trace`. Throws `USAGE` if it is no pickle. */
export function listingOf(document: Document, key: string): OpcodeListing {
  if (document.decoded.format !== 'pickle') {
    const what = document.decoded.format === 'json' ? 'a JSON text' : 'no pickle'
    throw new AppError('USAGE', `${key} is ${what}, which has no opcodes; look at its bytes.`)
  }
  let listing = listings.get(document)
  if (!listing) {
    listing = new OpcodeListing(document.decoded)
    listings.set(document, listing)
  }
  return listing
}

export interface OpcodeQuestion {
  readonly from: number
  readonly to: number
  /** Also tell the line of this byte. */
  readonly at?: number | undefined
}

/** Lines `[from, to)`, at most `mostOpcodes`. Goes on listing for a while, up to what is asked for; an empty page asks for all. */
export function opcodePage(document: Document, key: string, { from, to, at }: OpcodeQuestion): OpcodePage {
  const listing = listingOf(document, key)
  const last = Math.min(to, from + mostOpcodes)
  const isEnough = (): boolean =>
    at === undefined ? to > from && listing.rows >= last : listing.indexedBytes > at && listing.rows >= last
  const until = performance.now() + listingMs
  while (!listing.isComplete && !isEnough() && performance.now() < until) listing.extend(rowsPerLook)
  return {
    from,
    rows: listing.window(from, last).map((row, i) => opcodeRow(row, from + i)),
    known: listing.rows,
    knownBytes: listing.indexedBytes,
    isComplete: listing.isComplete,
    at: at === undefined ? undefined : listing.rowAt(at),
  }
}

/** A line for people. */
export function opcodeRow(listed: ListedRow, row: number): OpcodeRow {
  const { kind, offset, end, depth, problem } = listed
  if (kind !== 'operation') return { row, kind, offset, end, depth, problem }
  const { operation, memo, stack, mark } = listed
  const { name, effect } = operation.opcode
  return {
    row,
    kind,
    offset,
    end,
    depth,
    name,
    argument: argumentText(operation),
    effect,
    memo,
    stack,
    mark,
    problem,
  }
}

function argumentText({
  opcode,
  argument,
}: Extract<ListedRow, { kind: 'operation' }>['operation']): string | undefined {
  if (argument === undefined) return undefined
  const form = opcode.argument
  if (form.startsWith('bytes') || form === 'quoted-line')
    return argument === 1 ? '1 byte' : `${Number(argument).toLocaleString('en-US')} bytes`
  if (form === 'f8' || form === 'float-line') return floatText(Number(argument))
  if (typeof argument === 'boolean') return argument ? 'True' : 'False'
  if (typeof argument !== 'string') return clip(integerText(argument), argumentCharacters)
  if (form === 'line' || form === 'line-pair') return clip(visibleText(argument), argumentCharacters)
  const node = { kind: 'str', value: argument, start: 0, end: 0 } as const
  return pythonLiteral(node, { source: noBytes, maxCharacters: argumentCharacters })
}
