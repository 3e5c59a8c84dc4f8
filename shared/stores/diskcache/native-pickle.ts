import { concatBytes } from '../../model/bytes.ts'

/**
 * diskcache leaves texts, bytes and numbers unpickled: in a column, or as the whole content of a file. They are
 * handed out as the pickle (protocol 4) that Python would make of them, so that a value is one kind of thing
 * wherever it goes: what is read, compared, migrated and loaded by Python is a pickle.
 */
export interface PickleFrame {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

const start = [0x80, 4]
const stop = Uint8Array.of(0x2e)

/** What stands around the UTF-8 of a text (SHORT_BINUNICODE…) or around bytes (SHORT_BINBYTES…) of some length. */
export function frameFor(kind: 'str' | 'bytes', length: number): PickleFrame {
  const [byte, word, long] = kind === 'str' ? [0x8c, 0x58, 0x8d] : [0x43, 0x42, 0x8e]
  if (length < 0x1_00) return { before: Uint8Array.of(...start, byte, length), after: stop }
  const before = new Uint8Array(length <= 0xff_ff_ff_ff ? 7 : 11)
  const view = new DataView(before.buffer)
  before.set(start)
  if (length <= 0xff_ff_ff_ff) {
    before[2] = word
    view.setUint32(3, length, true)
  } else {
    before[2] = long
    view.setBigUint64(3, BigInt(length), true)
  }
  return { before, after: stop }
}

/** An int of 64 bits or a float as a pickle. */
export function numberPickle(number: bigint | number): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  if (typeof number === 'number') {
    view.setFloat64(0, number)
    return Uint8Array.of(...start, 0x47, ...bytes, ...stop)
  }
  if (number >= 0n && number < 0x1_00n) return Uint8Array.of(...start, 0x4b, Number(number), ...stop)
  view.setBigInt64(0, number, true)
  if (BigInt.asIntN(32, number) === number)
    return Uint8Array.of(...start, 0x4a, ...bytes.subarray(0, 4), ...stop)
  return Uint8Array.of(...start, 0x8a, 8, ...bytes, ...stop)
}

/** Bytes `[from, to)` of a framed content, of which only what is needed is read. */
export function readFramed(
  frame: PickleFrame,
  contentLength: number,
  readContent: (from: number, to: number) => Uint8Array,
  [from, to]: readonly [from: number, to: number],
): Uint8Array {
  const { before, after } = frame
  const contentEnd = before.length + contentLength
  const content = [Math.max(0, from - before.length), Math.min(contentLength, to - before.length)] as const
  return concatBytes([
    before.subarray(from, Math.max(from, to)),
    content[0] < content[1] ? readContent(...content) : new Uint8Array(0),
    after.subarray(Math.max(0, from - contentEnd), Math.max(0, to - contentEnd)),
  ])
}
