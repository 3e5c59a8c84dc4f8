import type { OpcodeRow } from '../../shared/api/bytes.ts'
import type { Document } from '../../shared/catalog/documents.ts'
import { streamOf } from '../engine/values/bytes.ts'
import type { Stretch } from './bytes.ts'
import { paint } from './output.ts'
import type { Output } from './output.ts'

const rowBytes = 16
const chunkBytes = 64 * 1024
/** As `pickletools.dis`: four places for each mark that is open; deeper ones stay at the edge. */
const indent = 4
const deepestIndent = 40

/** Bytes as `hexdump -C` shows them, with a mark where the value breaks. */
export async function writeHex(stretch: Stretch, output: Output): Promise<void> {
  const { document, of, from, to, node } = stretch
  const stream = streamOf(document, of)
  const which = `${streamWords(document, of)}, ${stream.byteLength} bytes`
  await output.write(paint(output, 'dim', `${which}${node === undefined ? '' : `; ${node}`}`) + '\n')
  const problem = of === 'decoded' ? document.decoded.problem : undefined
  for (let start = from - (from % rowBytes); start < to; start += chunkBytes) {
    const chunk = stream.read(start, Math.min(chunkBytes, to - start))
    for (let at = 0; at < chunk.length; at += rowBytes) {
      const row = chunk.subarray(at, at + rowBytes)
      await output.write(hexRow(start + at, row, Math.max(0, from - start - at)))
      const broken = (problem?.offset ?? -1) - start - at
      if (problem && broken >= 0 && broken < rowBytes)
        await output.write(paint(output, 'red', `${' '.repeat(column(broken))}^^ ${problem.sentence}`) + '\n')
    }
  }
  await output.write(to.toString(16).padStart(8, '0') + '\n')
  if (problem?.offset !== undefined && problem.offset >= to && to === stream.byteLength)
    await output.write(paint(output, 'red', `^^ ${problem.sentence}`) + '\n')
}

function streamWords({ decoded }: Document, of: Stretch['of']): string {
  if (of === 'stored') return decoded.compressor ? `stored bytes (${decoded.compressor})` : 'stored bytes'
  return decoded.compressor ? `decompressed from ${decoded.compressor}` : 'decoded bytes'
}

/** Where the digits of byte `index` of a row stand. */
function column(index: number): number {
  return 10 + 3 * index + (index >= 8 ? 1 : 0)
}

function hexRow(offset: number, bytes: Uint8Array, skipped: number): string {
  let digits = ''
  let text = ''
  for (let i = 0; i < rowBytes; i++) {
    const byte = i < skipped ? undefined : bytes[i]
    digits += `${i === 8 ? ' ' : ''}${byte === undefined ? '  ' : byte.toString(16).padStart(2, '0')} `
    if (i < bytes.length)
      text += byte === undefined ? ' ' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
  }
  return `${offset.toString(16).padStart(8, '0')}  ${digits} |${text}|\n`
}

/** Lines of a listing: offset, opcode, argument, then what `pickletools.dis` says of memo, stack and mark. */
export async function writeOpcodes(rows: readonly OpcodeRow[], output: Output): Promise<void> {
  for (const row of rows) {
    await output.write(
      `${String(row.offset).padStart(8)}: ${' '.repeat(indentOf(row))}${wordsOf(row, output)}\n`,
    )
    if (row.problem && row.kind !== 'fault')
      await output.write(`${' '.repeat(10)}${paint(output, 'red', `^^ ${row.problem.sentence}`)}\n`)
  }
}

function indentOf({ depth }: OpcodeRow): number {
  return indent * Math.min(depth, deepestIndent)
}

function wordsOf(row: OpcodeRow, output: Output): string {
  const { kind, offset, end, name = '', argument, memo, stack, mark, problem } = row
  const bytes = `${end - offset} bytes`
  if (kind === 'array') return paint(output, 'dim', `elements of an array, ${bytes}`)
  if (kind === 'rest') return paint(output, 'dim', `not read: ${bytes}`)
  if (kind === 'fault')
    return paint(output, 'red', `${problem?.opcode ?? 'no opcode'}: ${problem?.sentence ?? bytes}`)
  const notes = [
    memo === undefined ? undefined : `as ${memo}`,
    mark === undefined ? undefined : `MARK at ${mark}`,
    `stack ${stack}`,
  ].filter((note) => note !== undefined)
  const head = argument === undefined ? name : `${name.padEnd(16)} ${argument}`
  return `${head.padEnd(34)} ${paint(output, 'dim', notes.join(', '))}`
}
