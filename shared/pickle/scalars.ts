import type { ByteSource } from '../model/source.ts'
import type { BytesValue } from '../value/value.ts'
import { Cursor } from './cursor.ts'
import { decodeAscii, decodeRawUnicodeEscape } from './decode-text.ts'
import { fault, withArticle } from './faults.ts'
import { costs } from './limits.ts'
import type { Limits } from './limits.ts'
import { decodeInteger, parseInt0 } from './numbers.ts'
import type { MachineOptions } from './options.ts'
import { PickleStack } from './stack.ts'

/** The opcodes that push one value without parts: numbers, texts, bytes. */
export class ScalarMachine extends PickleStack {
  readonly source: ByteSource
  readonly cursor: Cursor
  readonly limits: Limits
  readonly #inlineBytes: boolean

  constructor(options: MachineOptions) {
    super(options.budget, options.start)
    this.source = options.source
    this.cursor = new Cursor(options.source, options.start)
    this.limits = options.limits
    this.#inlineBytes = options.inlineBytes ?? false
  }

  // Numbers

  protected bool(value: boolean): void {
    this.push({ kind: 'bool', start: this.at, end: this.cursor.offset, value }, costs.leaf)
  }

  protected int(value: number | bigint): void {
    this.push({ kind: 'int', start: this.at, end: this.cursor.offset, value }, costs.leaf)
  }

  protected float(value: number): void {
    this.push({ kind: 'float', start: this.at, end: this.cursor.offset, value }, costs.float)
  }

  protected intLine(): void {
    const value = parseInt0(this.line(this.limits.numberLineBytes), this.limits)
    if (typeof value === 'boolean') this.bool(value)
    else this.int(value)
  }

  protected binaryInteger(length: number): void {
    if (length < 0) throw fault('BAD_ARGUMENT', 'An integer has a negative length.')
    const { limits, cursor } = this
    cursor.expect(length)
    if (length > limits.integerBytes) {
      throw fault('LIMIT_SIZE', `An integer has more than ${limits.integerBytes} bytes.`)
    }
    this.charge(length)
    this.int(decodeInteger(cursor.bytes(length)))
  }

  // Texts and bytes

  /** A line that may not be empty. */
  protected line(limitBytes: number): Uint8Array {
    const line = this.cursor.line(limitBytes)
    if (line.length === 0) throw fault('BAD_ARGUMENT', 'An argument is empty.')
    return line
  }

  /** Checks that so many bytes are there and may be made a text. */
  protected expectText(length: number): void {
    this.cursor.expect(length)
    if (length > this.limits.textBytes) {
      throw fault('LIMIT_SIZE', `A text has more than ${this.limits.textBytes} bytes.`)
    }
    this.charge(length * costs.textByte)
  }

  protected text(length: number): void {
    this.expectText(length)
    this.pushText(this.cursor.text(length))
  }

  protected pushText(value: string): void {
    this.push({ kind: 'str', start: this.at, end: this.cursor.offset, value }, costs.text)
  }

  protected unicodeLine(): void {
    const line = this.cursor.line(this.limits.textBytes)
    this.charge(line.length * costs.textByte)
    this.pushText(decodeRawUnicodeEscape(line))
  }

  protected countedString(length: number): void {
    if (length < 0) throw fault('BAD_ARGUMENT', 'A text has a negative length.')
    this.expectText(length)
    const at = this.cursor.offset
    this.oldString(this.cursor.bytes(length), at)
  }

  /** A Python 2 `str`: text if it is ASCII, bytes if not; `at` < 0 if they do not stand in the stream. */
  protected oldString(bytes: Uint8Array, at: number): void {
    const { length } = bytes
    const text = decodeAscii(bytes)
    if (text !== undefined) return this.pushText(text)
    this.push(
      {
        kind: 'bytes',
        start: this.at,
        end: this.cursor.offset,
        bytes: at < 0 ? { inline: bytes, length } : { at, length },
      },
      costs.container + (at < 0 ? length : 0),
    )
  }

  protected bytes(kind: BytesValue['kind'], length: number): void {
    if (this.#inlineBytes) return this.inlinedBytes(kind, length)
    const at = this.cursor.offset
    this.cursor.skip(length)
    this.push({ kind, start: this.at, end: this.cursor.offset, bytes: { at, length } }, costs.container)
  }

  protected inlinedBytes(kind: BytesValue['kind'], length: number): void {
    this.cursor.expect(length)
    this.charge(length)
    const inline = this.cursor.bytes(length).slice()
    const { offset } = this.cursor
    this.push({ kind, start: this.at, end: offset, bytes: { inline, length } }, costs.container)
  }

  protected readonlyBuffer(): void {
    this.needAbove(1)
    const top = this.stack[this.size - 1]!
    switch (top.kind) {
      case 'buffer':
        return this.replace(
          this.size - 1,
          { kind: 'buffer', start: top.start, end: this.cursor.offset, readonly: true },
          costs.leaf,
        )
      case 'bytes':
      case 'bytearray':
      case 'object':
      case 'ndarray':
      case 'persistent':
      case 'extension':
      case 'global':
        return
      default:
        throw fault(
          'BAD_OPERATION',
          `The pickle makes ${withArticle(top.kind)} read-only, which is no buffer.`,
        )
    }
  }
}
