import { ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { Cursor } from './cursor.ts'
import { decodeAscii, decodeQuoted, decodeRawUnicodeEscape, decodeText, decodeUtf8 } from './decode-text.ts'
import { fault, located } from './faults.ts'
import { defaultLimits } from './limits.ts'
import type { Limits } from './limits.ts'
import { decodeInteger, parseFloatLine, parseInt0, parseLong } from './numbers.ts'
import { opcodeOf } from './opcodes.ts'
import type { ArgumentForm, Opcode } from './opcodes.ts'

/** One opcode in a stream. */
export interface Operation {
  readonly opcode: Opcode
  /** `[offset, end)` are its bytes, argument included. */
  readonly offset: number
  readonly end: number
  /** The argument; of bytes their number. Two lines of names are one text, with a space between. */
  readonly argument?: number | bigint | string | boolean
}

export interface Scan {
  readonly operations: readonly Operation[]
  /** Why it ends before STOP. */
  readonly problem?: Problem
  /** Offset after the last operation. */
  readonly end: number
}

/**
 * Lists the opcodes of a pickle up to STOP, as `pickletools.genops` does, with no
 * regard to what they would do. At most `maxOperations` are listed, without a
 * problem; go on from `end`.
 */
export function scanPickle(
  source: ByteSource,
  options: { readonly start?: number; readonly maxOperations?: number } = {},
): Scan {
  const { start = 0, maxOperations = 10_000 } = options
  const cursor = new Cursor(source, start)
  const operations: Operation[] = []
  while (operations.length < maxOperations) {
    const step = readOperation(cursor)
    if ('problem' in step) return { operations, problem: step.problem, end: step.offset }
    operations.push(step)
    if (step.opcode.name === 'STOP') break
  }
  return { operations, end: cursor.offset }
}

/**
 * The operation at the cursor, which is behind it then, or why there is none. Without `values`
 * texts are stepped over, for whoever wants to know only where the operations are.
 */
export function readOperation(
  cursor: Cursor,
  { values = true }: { readonly values?: boolean } = {},
): Operation | { readonly offset: number; readonly problem: Problem } {
  const { offset } = cursor
  let name: string | undefined
  try {
    const byte = cursor.u1()
    const opcode = opcodeOf(byte)
    if (!opcode)
      throw fault('UNKNOWN_OPCODE', `There is no pickle opcode 0x${byte.toString(16).padStart(2, '0')}.`)
    name = opcode.name
    const argument = readArgument(cursor, opcode, defaultLimits, values)
    return { opcode, offset, end: cursor.offset, argument }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { offset, problem: located(error, offset, name).problem }
  }
}

function readArgument(
  cursor: Cursor,
  { argument: form, name }: Opcode,
  limits: Limits,
  values: boolean,
): Operation['argument'] {
  switch (form) {
    case 'none':
      return undefined
    case 'u1':
      return cursor.u1()
    case 'u2':
      return cursor.u2()
    case 'u4':
      return cursor.u4()
    case 'u8':
      return cursor.u8()
    case 'i4':
      return cursor.i4()
    case 'f8':
      return cursor.f8()
    case 'integer1':
      return decodeInteger(cursor.bytes(cursor.u1()))
    case 'integer4':
      return longInteger(cursor, cursor.i4(), limits)
    case 'bytes1':
      return skipped(cursor, cursor.u1())
    case 'bytes4':
      return skipped(cursor, name === 'BINSTRING' ? cursor.i4() : cursor.u4())
    case 'bytes8':
      return skipped(cursor, cursor.u8())
    case 'text1':
      return text(cursor, cursor.u1(), limits, values)
    case 'text4':
      return text(cursor, cursor.u4(), limits, values)
    case 'text8':
      return text(cursor, cursor.u8(), limits, values)
    default:
      return readLine(cursor, form, name, limits)
  }
}

function readLine(
  cursor: Cursor,
  form: ArgumentForm,
  name: string,
  limits: Limits,
): number | bigint | string | boolean {
  const line = cursor.line(limits.textBytes)
  switch (form) {
    case 'integer-line':
      return name === 'LONG' ? parseLong(line, limits) : parseInt0(line, limits)
    case 'float-line':
      return parseFloatLine(line)
    case 'escaped-line':
      return decodeRawUnicodeEscape(line)
    case 'quoted-line':
      return decodeQuoted(line).length
    case 'line-pair':
      return `${nameOf(line)} ${nameOf(cursor.line(limits.textBytes))}`
    default:
      return nameOf(line)
  }
}

function nameOf(line: Uint8Array): string {
  return decodeAscii(line) ?? decodeUtf8(line, false)
}

function skipped(cursor: Cursor, length: number): number {
  if (length < 0) throw fault('BAD_ARGUMENT', 'A text has a negative length.')
  cursor.skip(length)
  return length
}

function text(cursor: Cursor, length: number, limits: Limits, values: boolean): string | undefined {
  cursor.expect(length)
  if (length > limits.textBytes) {
    throw fault('LIMIT_SIZE', `A text has more than ${limits.textBytes} bytes.`)
  }
  if (values) return decodeText(cursor.bytes(length))
  cursor.skip(length)
  return undefined
}

function longInteger(cursor: Cursor, length: number, limits: Limits): number | bigint {
  if (length < 0) throw fault('BAD_ARGUMENT', 'An integer has a negative length.')
  cursor.expect(length)
  if (length > limits.integerBytes) {
    throw fault('LIMIT_SIZE', `An integer has more than ${limits.integerBytes} bytes.`)
  }
  return decodeInteger(cursor.bytes(length))
}
