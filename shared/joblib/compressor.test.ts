import { describe, expect, test } from 'vitest'

import { sniffCompressor } from './compressor.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

describe('sniffCompressor', () => {
  test.each([
    ['x\u009c', 'zlib'],
    ['x\u0001', 'zlib'],
    ['x^\u00ab', 'zlib'],
    ['\u001f\u008b\u0008', 'gzip'],
    ['BZ', 'bz2'],
    ['BZh91AY&SY', 'bz2'],
    ['BZh1\u0017rE8P\u0090', 'bz2'],
    ['\u00fd7zXZ\u0000', 'xz'],
    [']\u0000\u0000\u0080\u0000', 'lzma'],
    ['\u0004"M\u0018@@', 'lz4'],
    ['ZF0x2ef              x^', 'zfile'],
    ['ZF0x2efL', 'zfile'],
  ])('%j is %s', (head, compressor) => {
    expect(sniffCompressor(bytes(head))).toBe(compressor)
  })

  test.each([
    ['', 'nothing'],
    ['x', 'one byte: the header of zlib has two'],
    ['xy', 'a text'],
    ['x\u00bb', 'zlib with a preset dictionary'],
    ['\u001f', 'half of gzip'],
    ['BZ\u0000\u0000\u0000', 'BINBYTES of 90 bytes (protocol 3 without its PROTO)'],
    ['BZh0', 'level 0'],
    ['BZh9x', 'no block behind the level'],
    [']q\u0000', 'EMPTY_LIST of a pickle'],
    ['ZFunk', 'a text'],
    ['\u0080\u0004\u0095', 'a pickle'],
    ['{"a": 1}', 'JSON'],
    ['(dp0\n', 'a pickle of protocol 0'],
  ])('%j is none: %s', (head) => {
    expect(sniffCompressor(bytes(head))).toBeUndefined()
  })
})
