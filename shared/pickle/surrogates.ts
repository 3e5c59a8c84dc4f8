/**
 * UTF-8 as Python's `surrogatepass` writes it: lone surrogates become three bytes,
 * where `TextEncoder` would write U+FFFD and lose them.
 */
export function encodeSurrogatePass(text: string): Uint8Array {
  if (text.isWellFormed()) return utf8.encode(text)
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 0xd800 && code <= 0xdfff) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    } else {
      bytes.push(...utf8.encode(character))
    }
  }
  return Uint8Array.from(bytes)
}

const utf8 = new TextEncoder()
