import { fault } from './faults.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Texts of at most `shortBytes` ASCII bytes that were read lately. Records repeat
 * their keys and many of their values, so most texts are found here and need
 * neither decoding nor memory of their own.
 */
const shortBytes = 40
const recentMask = 2047
const recent: (string | undefined)[] = Array.from({ length: recentMask + 1 }, () => undefined)
/** Their bytes, `shortBytes` for each: V8 compares bytes far faster than the characters of strings. */
const recentBytes = new Uint8Array((recentMask + 1) * shortBytes)

/**
 * UTF-8 of `bytes[from, to)` with lone surrogates passed through, as CPython's `surrogatepass`. Takes a
 * range because a view costs more than most texts, which are short.
 */
export function decodeText(bytes: Uint8Array, from = 0, to: number = bytes.length): string {
  if (to - from <= shortBytes) {
    const text = shortAscii(bytes, from, to)
    if (text !== undefined) return text
  }
  return decodeUtf8(bytes.subarray(from, to), true)
}

/** As `decodeText`; `surrogates` false refuses lone surrogates too. */
export function decodeUtf8(bytes: Uint8Array, surrogates: boolean): string {
  try {
    return utf8.decode(bytes)
  } catch {
    if (surrogates && hasSurrogate(bytes)) return decodeSurrogates(bytes)
    throw fault('BAD_ARGUMENT', 'A text is not valid UTF-8.')
  }
}

/** ASCII, or `undefined` if a byte is beyond it. */
export function decodeAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length <= shortBytes) return shortAscii(bytes, 0, bytes.length)
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return undefined
  return utf8.decode(bytes)
}

function shortAscii(bytes: Uint8Array, from: number, to: number): string | undefined {
  let hash = to - from
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    if (byte > 127) return undefined
    hash = (Math.imul(hash, 31) + byte) | 0
  }
  const slot = (hash ^ (hash >>> 11)) & recentMask
  const known = recent[slot]
  if (known !== undefined && known.length === to - from && isSame(slot, bytes, from, to)) return known
  const text = String.fromCharCode.apply(undefined, bytes.subarray(from, to) as unknown as number[])
  recent[slot] = text
  for (let i = from; i < to; i++) recentBytes[slot * shortBytes + i - from] = bytes[i]!
  return text
}

function isSame(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
  const start = slot * shortBytes - from
  for (let i = from; i < to; i++) if (recentBytes[start + i] !== bytes[i]) return false
  return true
}

function isSurrogateAt(bytes: Uint8Array, i: number): boolean {
  return bytes[i] === 0xed && (bytes[i + 1] ?? 0) >> 5 === 5 && (bytes[i + 2] ?? 0) >> 6 === 2
}

function hasSurrogate(bytes: Uint8Array): boolean {
  for (let i = bytes.indexOf(0xed); i >= 0; i = bytes.indexOf(0xed, i + 1)) {
    if (isSurrogateAt(bytes, i)) return true
  }
  return false
}

/** The stretches between encoded surrogates are plain UTF-8. */
function decodeSurrogates(bytes: Uint8Array): string {
  const parts: string[] = []
  let start = 0
  for (let i = bytes.indexOf(0xed); i >= 0; i = bytes.indexOf(0xed, i)) {
    if (!isSurrogateAt(bytes, i)) {
      i++
      continue
    }
    if (i > start) parts.push(decodeUtf8(bytes.subarray(start, i), false))
    parts.push(String.fromCharCode(0xd000 | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f)))
    i += 3
    start = i
  }
  if (start < bytes.length) parts.push(decodeUtf8(bytes.subarray(start), false))
  return parts.join('')
}

/** Latin-1, whatever the bytes. */
export function decodeLatin1(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let i = 0; i < bytes.length; i += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 4096)))
  }
  return parts.join('')
}

const escapeInText = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(u|U)|[^uU])/gs

/** `raw-unicode-escape`, as CPython `_PyUnicode_DecodeRawUnicodeEscapeStateful`. */
export function decodeRawUnicodeEscape(bytes: Uint8Array): string {
  const latin1 = decodeLatin1(bytes)
  if (!latin1.includes('\\')) return latin1
  return latin1.replaceAll(escapeInText, (whole: string, short?: string, long?: string, broken?: string) => {
    if (broken !== undefined) throw fault('BAD_ARGUMENT', 'A text has a broken \\u escape.')
    const hex = short ?? long
    if (hex === undefined) return whole
    const codePoint = Number.parseInt(hex, 16)
    if (codePoint > 0x10ffff) throw fault('BAD_ARGUMENT', 'A text has a \\U escape beyond Unicode.')
    return String.fromCodePoint(codePoint)
  })
}

/** Letters after a backslash and the bytes they mean, in a Python 2 `str` literal. */
const letterEscapes = new Map<number, number>([
  [0x5c, 0x5c],
  [0x27, 0x27],
  [0x22, 0x22],
  [0x62, 8],
  [0x66, 12],
  [0x74, 9],
  [0x6e, 10],
  [0x72, 13],
  [0x76, 11],
  [0x61, 7],
])

/** A quoted Python 2 `str` literal to its bytes, as CPython `load_string` and `PyBytes_DecodeEscape`. */
export function decodeQuoted(line: Uint8Array): Uint8Array {
  const quote = line[0]
  if (line.length < 2 || line.at(-1) !== quote || (quote !== 0x27 && quote !== 0x22)) {
    throw fault('BAD_ARGUMENT', 'A text of protocol 0 stands without quotes.')
  }
  const text = line.subarray(1, -1)
  return text.includes(0x5c) ? unescaped(text) : text.slice()
}

function unescaped(text: Uint8Array): Uint8Array {
  const out = new Uint8Array(text.length)
  let length = 0
  let i = 0
  while (i < text.length) {
    const byte = text[i++]!
    if (byte !== 0x5c) {
      out[length++] = byte
      continue
    }
    if (i >= text.length) throw fault('BAD_ARGUMENT', 'A text ends with a lone backslash.')
    const letter = text[i++]!
    const plain = letterEscapes.get(letter)
    if (plain !== undefined) {
      out[length++] = plain
    } else if (isOctal(letter)) {
      let value = letter - 0x30
      for (let n = 0; n < 2 && isOctal(text[i]); n++) value = value * 8 + text[i++]! - 0x30
      out[length++] = value
    } else if (letter === 0x78) {
      const value = hexDigit(text[i]) * 16 + hexDigit(text[i + 1])
      if (value < 0) throw fault('BAD_ARGUMENT', 'A text has a broken \\x escape.')
      out[length++] = value
      i += 2
    } else {
      out[length++] = 0x5c
      out[length++] = letter
    }
  }
  return out.slice(0, length)
}

function isOctal(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x37
}

/** Far below zero for what is no digit, so that a pair with one is below zero. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -9999
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -9999
}
