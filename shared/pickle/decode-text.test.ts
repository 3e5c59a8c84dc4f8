import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAscii, decodeQuoted, decodeRawUnicodeEscape, decodeText, decodeUtf8 } from './decode-text.ts'
import { encodeSurrogatePass } from './surrogates.ts'

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

describe('decodeText', () => {
  it('gives back any text, lone surrogates too', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 80 }), (units) => {
        const text = String.fromCharCode(...units)
        expect(decodeText(encodeSurrogatePass(text))).toBe(text)
      }),
    )
  })

  it('gives back short ASCII texts, whatever was read before', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 45 })), (texts) => {
        for (const text of texts) expect(decodeText(bytesOf(text))).toBe(text)
      }),
    )
  })

  it.each([[[0xff]], [[0xc0, 0x80]], [[0xe2, 0x82]], [[0xed, 0xa0, 0x80, 0xff]], [[0xf4, 0x90, 0x80, 0x80]]])(
    'refuses %j',
    (bytes) => {
      expect(() => decodeText(Uint8Array.from(bytes))).toThrow('not valid UTF-8')
    },
  )

  it('refuses surrogates where they are not allowed', () => {
    expect(() => decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80), false)).toThrow('not valid UTF-8')
  })
})

describe('decodeAscii', () => {
  it('answers nothing for other bytes, however long the text is', () => {
    expect(decodeAscii(bytesOf('abc'))).toBe('abc')
    expect(decodeAscii(bytesOf('a'.repeat(50)))).toBe('a'.repeat(50))
    expect(decodeAscii(bytesOf('ab\xff'))).toBeUndefined()
    expect(decodeAscii(bytesOf(`${'a'.repeat(50)}\xff`))).toBeUndefined()
  })
})

describe('decodeRawUnicodeEscape', () => {
  it('takes escapes by pairs of backslashes, as Python does', () => {
    expect(decodeRawUnicodeEscape(bytesOf(String.raw`\u0041\\u0041\x41\n`))).toBe(String.raw`A\\u0041\x41\n`)
    expect(decodeRawUnicodeEscape(bytesOf('\\ud800\xe9\\'))).toBe('\ud800é\\')
  })
})

describe('decodeQuoted', () => {
  it('reads every byte as Python 2 wrote it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const literal = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
        expect(decodeQuoted(bytesOf(`'${literal}'`))).toEqual(bytes)
        const octal = Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
        expect(decodeQuoted(bytesOf(`"${octal}"`))).toEqual(bytes)
      }),
    )
  })

  it('keeps the backslash of what is no escape', () => {
    expect(decodeQuoted(bytesOf(String.raw`'\q\a\08'`))).toEqual(bytesOf('\\q\x07\x008'))
  })
})
