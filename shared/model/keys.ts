import { fromHex, toHex } from './bytes.ts'

/**
 * Keys are bytes. Their shown form is the text itself where the bytes are UTF-8
 * and no control characters, else `hex:` and the hex digits. A text that happens
 * to begin with `hex:` is shown as hex too, so that the form stays reversible, and so are `.` and `..`, which
 * an address would lose, however they are written in it.
 */
export type ShownKey = string

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const utf8Encoder = new TextEncoder()
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unsafe = /^\.\.?$|[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

export function showKey(key: Uint8Array): ShownKey {
  const text = keyText(key)
  return text === undefined || text.startsWith('hex:') || unsafe.test(text) ? 'hex:' + toHex(key) : text
}

/** The key as text, or `undefined` if its bytes are not UTF-8. */
export function keyText(key: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(key)
  } catch {
    return undefined
  }
}

/** Reads a shown key back; `hex:` with something else than hex digits is taken as text. */
export function parseKey(shown: ShownKey): Uint8Array {
  if (shown.startsWith('hex:')) {
    const bytes = fromHex(shown.slice(4))
    if (bytes) return bytes
  }
  return utf8Encoder.encode(shown)
}

/** The key as `--json` output has it: text, or `{"$hex": …}` where it is not UTF-8. */
export function jsonKey(key: Uint8Array): string | { $hex: string } {
  return keyText(key) ?? { $hex: toHex(key) }
}
