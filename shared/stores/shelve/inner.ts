import { concatBytes } from '../../model/bytes.ts'
import type { ByteSource } from '../../model/source.ts'
import type { BytesRef } from '../../value/value.ts'

/** Opcodes that a pickle of one bytes object is made of (CPython Lib/pickle.py). */
const opcode = {
  mark: 0x28,
  stop: 0x2e,
  binBytes: 0x42,
  shortBinBytes: 0x43,
  reduce: 0x52,
  binString: 0x54,
  shortBinString: 0x55,
  unicode: 0x56,
  binUnicode: 0x58,
  global: 0x63,
  put: 0x70,
  binPut: 0x71,
  longBinPut: 0x72,
  tuple: 0x74,
  proto: 0x80,
  tuple2: 0x86,
  binBytes8: 0x8e,
  memoize: 0x94,
  frame: 0x95,
  byteArray8: 0x96,
} as const

const textEncode = '_codecs\nencode\n'
const lineBytes = 1024

/**
 * The bytes in a pickle that is nothing but one `bytes` object, which is what
 * `shelve` stores for hashcache: by place where they stand in the pickle as
 * they are (protocols 3 to 5, and `str` of Python 2), decoded where protocols
 * 0 to 2 wrote `codecs.encode(text, 'latin1')`. Reads the frame around them
 * only. `undefined`: the pickle holds something else, or is not whole.
 */
export function innerPickle(source: ByteSource): BytesRef | undefined {
  const cursor = new Cursor(source)
  skipFraming(cursor)
  const code = cursor.byte()
  const bytes =
    code === opcode.global
      ? readEncodedText(cursor)
      : code === undefined
        ? undefined
        : readBytes(cursor, code)
  if (!bytes) return undefined
  skipFraming(cursor)
  return cursor.byte() === opcode.stop && cursor.isAtEnd ? bytes : undefined
}

/** `pickle.dumps(inner)` as Python 3.8 and later write it (protocol 4). */
export function wrapPickle(inner: Uint8Array): Uint8Array {
  const head = bytesHead(inner.length)
  // Python puts bytes of a frame's size and above outside of frames.
  const isFramed = inner.length < 65536
  const frame = new Uint8Array(9)
  frame[0] = opcode.frame
  new DataView(frame.buffer).setBigUint64(1, BigInt(head.length + inner.length + 2), true)
  return concatBytes([
    Uint8Array.of(opcode.proto, 4),
    ...(isFramed ? [frame] : []),
    head,
    inner,
    Uint8Array.of(opcode.memoize, opcode.stop),
  ])
}

function bytesHead(length: number): Uint8Array {
  if (length < 256) return Uint8Array.of(opcode.shortBinBytes, length)
  const isWide = length > 0xffffffff
  const head = new Uint8Array(isWide ? 9 : 5)
  const view = new DataView(head.buffer)
  head[0] = isWide ? opcode.binBytes8 : opcode.binBytes
  if (isWide) view.setBigUint64(1, BigInt(length), true)
  else view.setUint32(1, length, true)
  return head
}

/** What may stand before and behind the object: protocol, frames, memo entries. */
function skipFraming(cursor: Cursor): void {
  for (;;) {
    const code = cursor.peek()
    if (code === opcode.proto || code === opcode.binPut) cursor.skip(2)
    else if (code === opcode.frame) cursor.skip(9)
    else if (code === opcode.longBinPut) cursor.skip(5)
    else if (code === opcode.memoize) cursor.skip(1)
    else if (code === opcode.put) cursor.line()
    else return
  }
}

function readBytes(cursor: Cursor, code: number): BytesRef | undefined {
  const length = readLength(cursor, code)
  if (length === undefined) return undefined
  const at = cursor.at
  return cursor.skip(length) ? { at, length } : undefined
}

function readLength(cursor: Cursor, code: number): number | undefined {
  if (code === opcode.shortBinBytes || code === opcode.shortBinString) return cursor.byte()
  if (code === opcode.binBytes || code === opcode.binString) return cursor.unsigned(4)
  if (code === opcode.binBytes8 || code === opcode.byteArray8) return cursor.unsigned(8)
  return undefined
}

/** `codecs.encode(text, 'latin1')`, behind the opcode of its GLOBAL. */
function readEncodedText(cursor: Cursor): BytesRef | undefined {
  if (cursor.text(textEncode.length) !== textEncode) return undefined
  skipFraming(cursor)
  if (cursor.peek() === opcode.mark) cursor.skip(1)
  const code = cursor.byte()
  const inline =
    code === opcode.unicode ? readRawText(cursor) : code === opcode.binUnicode ? readUtf8(cursor) : undefined
  if (!inline) return undefined
  skipFraming(cursor)
  const encoding = cursor.byte()
  const isLatin1 =
    encoding === opcode.unicode
      ? cursor.line() === 'latin1'
      : encoding === opcode.binUnicode && cursor.unsigned(4) === 6 && cursor.text(6) === 'latin1'
  if (!isLatin1) return undefined
  skipFraming(cursor)
  const tuple = cursor.byte()
  if (tuple !== opcode.tuple && tuple !== opcode.tuple2) return undefined
  skipFraming(cursor)
  return cursor.byte() === opcode.reduce ? { inline, length: inline.length } : undefined
}

/** The text of protocol 0: Latin-1 with `\uXXXX` for what would end the line. */
function readRawText(cursor: Cursor): Uint8Array | undefined {
  const line = cursor.line(Number.POSITIVE_INFINITY)
  if (line === undefined) return undefined
  const bytes = new Uint8Array(line.length)
  let length = 0
  for (let at = 0; at < line.length; at++) {
    const escape = line.charCodeAt(at) === 0x5c ? /^\\u00([0-9a-f]{2})/.exec(line.slice(at, at + 6)) : null
    if (escape) at += 5
    bytes[length++] = escape ? Number.parseInt(escape[1]!, 16) : line.charCodeAt(at)
  }
  return bytes.subarray(0, length)
}

function readUtf8(cursor: Cursor): Uint8Array | undefined {
  const length = cursor.unsigned(4)
  const encoded = length === undefined ? undefined : cursor.bytes(length)
  if (!encoded) return undefined
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoded)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0xff) return undefined
    bytes[index] = code
  }
  return bytes
}

class Cursor {
  at = 0
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    this.#source = source
  }

  get isAtEnd(): boolean {
    return this.at === this.#source.byteLength
  }

  peek(): number | undefined {
    return this.#source.read(this.at, 1)[0]
  }

  byte(): number | undefined {
    const byte = this.peek()
    if (byte !== undefined) this.at++
    return byte
  }

  /** False where so many bytes are not there. */
  skip(length: number): boolean {
    if (length > this.#source.byteLength - this.at) return false
    this.at += length
    return true
  }

  bytes(length: number): Uint8Array | undefined {
    const start = this.at
    return this.skip(length) ? this.#source.read(start, length) : undefined
  }

  unsigned(width: 4 | 8): number | undefined {
    const bytes = this.bytes(width)
    if (!bytes) return undefined
    const view = new DataView(bytes.buffer, bytes.byteOffset, width)
    return width === 4 ? view.getUint32(0, true) : Number(view.getBigUint64(0, true))
  }

  text(length: number): string | undefined {
    const bytes = this.bytes(length)
    return bytes && latin1(bytes)
  }

  /** Up to a line feed, which is skipped; `undefined` where none comes. */
  line(limit = lineBytes): string | undefined {
    let line = ''
    while (line.length <= limit) {
      const bytes = this.#source.read(this.at, lineBytes)
      const end = bytes.indexOf(0x0a)
      line += latin1(end === -1 ? bytes : bytes.subarray(0, end))
      this.at += end === -1 ? bytes.length : end + 1
      if (end !== -1) return line
      if (bytes.length === 0) return undefined
    }
    return undefined
  }
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
