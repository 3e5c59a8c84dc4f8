import type { Compressor } from '../value/value.ts'

/** Bytes that `sniffCompressor` wants to see, if there are as many. */
export const sniffLength = 32

/** Length of the head of a `zfile`: `ZF` and the inflated length as text, padded (joblib `numpy_pickle_compat.py`). */
export const zfileHeadLength = 2 + '0x10000000000000000'.length

/**
 * The compressor of a value by its first bytes, as joblib tells it (`joblib/compressor.py`,
 * `_detect_compressor`); `undefined` if there is none.
 *
 * Stricter than joblib where its prefix is a byte that other texts begin with:
 * `x` counts as zlib only with a valid zlib header, `BZ` as bz2 only where the
 * bytes behind it agree with the format.
 */
export function sniffCompressor(head: Uint8Array): Compressor | undefined {
  // PROTO: what nearly all values of a cache begin with, and no compressor does.
  if (head[0] === 0x80) return undefined
  if (isZlib(head)) return 'zlib'
  if (startsWith(head, [0x1f, 0x8b])) return 'gzip'
  if (isBzip2(head)) return 'bz2'
  if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a])) return 'xz'
  if (startsWith(head, [0x5d, 0x00])) return 'lzma'
  if (startsWith(head, [0x04, 0x22, 0x4d, 0x18])) return 'lz4'
  if (isZfile(head)) return 'zfile'
  return undefined
}

function startsWith(head: Uint8Array, prefix: readonly number[]): boolean {
  return head.length >= prefix.length && prefix.every((byte, index) => head[index] === byte)
}

/** RFC 1950: deflate with a 32 KiB window, a header that is a multiple of 31, no preset dictionary. */
function isZlib(head: Uint8Array): boolean {
  const [method, flags] = head
  if (method !== 0x78 || flags === undefined) return false
  return ((method << 8) | flags) % 31 === 0 && (flags & 0x20) === 0
}

/** `BZh`, a level, then the mark of a block or of the end (the first digits of π or of its root). */
function isBzip2(head: Uint8Array): boolean {
  if (!startsWith(head, [0x42, 0x5a])) return false
  if (head.length > 2 && head[2] !== 0x68) return false
  const level = head[3]
  if (level !== undefined && (level < 0x31 || level > 0x39)) return false
  const mark = head[4]
  return mark === undefined || mark === 0x31 || mark === 0x17
}

function isZfile(head: Uint8Array): boolean {
  if (!startsWith(head, [0x5a, 0x46])) return false
  return head.subarray(2, zfileHeadLength).every((byte) => isHexTextByte(byte))
}

/** A byte of Python's `hex()` of a number, with the `L` of Python 2 and the padding. */
function isHexTextByte(byte: number): boolean {
  return /[0-9a-fx L]/i.test(String.fromCharCode(byte))
}
