import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { ByteSource } from '../model/source.ts'
import { OpcodeListing } from '../pickle/listing.ts'
import type { ListedRow } from '../pickle/listing.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { python } from '../testing/python.ts'
import { decodeFile } from './decode.ts'
import type { DecodedValue } from './decode.ts'

const script = fileURLToPath(new URL('opcodes.py', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'hashcache-opcodes-'))
afterAll(() => rmSync(scratch, { recursive: true }))

type Told = readonly [offset: number, name: string, argument: unknown, stack: number, mark: number | null]

/** A stretch of opcodes, and whether a pickle within the pickle begins or ends with it. */
type Segment = readonly [from: number, to: number, begins: boolean, ends: boolean]

interface Job {
  readonly file: string
  /** Stretches of opcodes between the arrays. */
  readonly segments: readonly Segment[]
}

/** One JSON text for each job. */
function pythonOpcodes(jobs: readonly Job[]): Told[][] {
  const options = { input: JSON.stringify(jobs), encoding: 'utf8', maxBuffer: 1 << 30 } as const
  const lines = execFileSync(python, [script], options).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Told[])
}

/** Every file of a folder of the corpus that is listed there. */
function filesOf(name: string): string[] {
  const folder = corpusFolder(name)!
  const { files, entries } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    files?: { file: string }[]
    entries?: { path: string }[]
  }
  return [...(files ?? []).map(({ file }) => file), ...(entries ?? []).map(({ path }) => path)].map((file) =>
    join(folder, file),
  )
}

function plain({ operation, end }: Extract<ListedRow, { kind: 'operation' }>, source: ByteSource) {
  const { argument, opcode } = operation
  if (argument === undefined || typeof argument === 'boolean') return argument ?? null
  if (opcode.argument === 'f8' || opcode.argument === 'float-line') return { float: argument }
  if (opcode.argument.startsWith('bytes') || opcode.argument === 'quoted-line') {
    if (opcode.name.includes('STRING')) return { bytes: argument }
    const bytes = source.read(end - Number(argument), Number(argument))
    return { bytes: argument, sha1: createHash('sha1').update(bytes).digest('hex') }
  }
  if (typeof argument === 'string') return { text: argument }
  const isLong = BigInt.asIntN(4000, BigInt(argument)) !== BigInt(argument)
  return { int: isLong ? hex(BigInt(argument)) : String(argument) }
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`
}

/** Python writes floats as hexadecimal, so that every bit counts. */
function floatOfHex(text: string): number {
  const match = /^(-?)0x([01])\.([0-9a-f]+)p([+-]\d+)$/.exec(text)
  if (!match) return Number(text.replace('inf', 'Infinity'))
  const [, sign, whole, digits = '', exponent] = match
  return (
    (sign === '-' ? -1 : 1) *
    (Number(whole) + parseInt(digits, 16) / 16 ** digits.length) *
    2 ** Number(exponent)
  )
}

function comparable([offset, name, argument, stack, mark]: Told): Told {
  const float = (argument as { float?: string } | null)?.float
  return [offset, name, float === undefined ? argument : { float: floatOfHex(float) }, stack, mark]
}

/** The stretches around what is stepped over; a pickle within ends with a STOP of its own, as pickletools does. */
function segmentsOf({ inserts = [], end }: Pick<DecodedValue, 'inserts' | 'end'>): Segment[] {
  const segments: Segment[] = []
  let at = 0
  for (const insert of inserts) {
    segments.push([at, insert.start, false, false])
    if (insert.isPickle) segments.push([insert.start, insert.end, true, true])
    at = insert.end
  }
  segments.push([at, end, false, false])
  return segments.filter(([from, to]) => to > from)
}

test('the opcodes of every pickle of the corpus are those of pickletools', async () => {
  const names = ['pickles', 'fs-class', 'fs-v002', 'fs-compressed', 'fs-py38']
  const jobs: Job[] = []
  const ours: Told[][] = []
  for (const [number, file] of names.flatMap(filesOf).entries()) {
    using decoded = await decodeFile(file, { trace: true })
    if (decoded.format !== 'pickle' || decoded.problem) continue
    const { source } = decoded
    const listing = new OpcodeListing(decoded)
    listing.extend(Infinity)
    const rows = listing.window(0, listing.rows)
    const inflated = join(scratch, String(number))
    writeFileSync(inflated, source.read(0, source.byteLength))
    jobs.push({ file: inflated, segments: segmentsOf(decoded) })
    ours.push(
      rows.flatMap((row): Told[] =>
        row.kind === 'operation'
          ? [[row.offset, row.operation.opcode.name, plain(row, source), row.stack, row.mark ?? null]]
          : [],
      ),
    )
  }
  expect(jobs.length).toBeGreaterThan(700)
  expect(ours.flat().length).toBeGreaterThan(50_000)
  for (const [i, told] of pythonOpcodes(jobs).entries()) expect(ours[i]).toEqual(told.map(comparable))
}, 120_000)
