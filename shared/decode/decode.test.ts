import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes } from '../model/bytes.ts'
import { AppError } from '../model/errors.ts'
import { CountingSource, MemorySource } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import { decodeFile, decodeSync, decodeValue } from './decode.ts'
import type { DecodedValue } from './decode.ts'

const pickles = new URL('../testing/corpus/pickles/', import.meta.url)
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
const sourceOf = (text: string): ByteSource => new MemorySource(bytesOf(text))

/** `pickle.dumps(['abcdefgh'] * count, 3)` without a memo. */
function pickleOfTexts(count: number): Uint8Array {
  return concatBytes([
    bytesOf('\u0080\u0003]('),
    ...Array.from({ length: count }, () => bytesOf('X\u0008\0\0\0abcdefgh')),
    bytesOf('e.'),
  ])
}

function itemCount(value: DecodedValue | undefined): number {
  const root = value?.root
  return root && 'items' in root ? (root.items?.length ?? 0) : -1
}

describe('what the bytes are', () => {
  test.each([
    ['{"a": 1}', 'json', 'dict'],
    ['  \n[1]', 'json', 'list'],
    ['\u00ef\u00bb\u00bf{}', 'json', 'dict'],
    ['"text"', 'json', 'str'],
    ['-1.5', 'json', 'float'],
    ['12', 'json', 'int'],
    ['true', 'json', 'bool'],
    ['null', 'json', 'none'],
    ['NaN', 'json', 'float'],
    ['-Infinity', 'json', 'float'],
    ['N.', 'pickle', 'none'],
    ['I12\n.', 'pickle', 'int'],
    ['I01\n.', 'pickle', 'bool'],
    ['(lp0\n.', 'pickle', 'list'],
    ['\u0080\u0004N.', 'pickle', 'none'],
    ['}.', 'pickle', 'dict'],
    ['F1.5\n.', 'pickle', 'float'],
    ["S'text'\n.", 'pickle', 'str'],
  ])('%j is %s, a %s', (text, format, kind) => {
    using value = decodeSync(sourceOf(text))
    expect(value).toMatchObject({ format, root: { kind } })
    expect(value?.problem).toBeUndefined()
  })

  test.each([
    ['', 'EMPTY'],
    ['?garbage', 'NOT_A_PICKLE'],
    ['{"a": ', 'TRUNCATED'],
    ['\u0080\u0004]', 'TRUNCATED'],
  ])('%j has the problem %s', (text, code) => {
    using value = decodeSync(sourceOf(text))
    expect(value?.problem?.code).toBe(code)
  })

  test('values of a store are what the store says', () => {
    using json = decodeSync(sourceOf('{"a": 1}'), { values: 'pickle' })
    expect(json?.problem).toBeDefined()
    using pickle = decodeSync(sourceOf('\u0080\u0004N.'), { values: 'json' })
    expect(pickle?.problem).toBeDefined()
  })

  test('a .npy file', async () => {
    const head = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n'
    using value = await decodeValue(
      sourceOf(`\u0093NUMPY\u0001\0${String.fromCharCode(head.length)}\0${head}${'\0'.repeat(16)}`),
    )
    expect(value.problem).toBeUndefined()
    expect(value.root).toMatchObject({ kind: 'ndarray', shape: [2] })
  })
})

describe('compressed values', () => {
  const small = pickleOfTexts(100)
  const large = pickleOfTexts(600_000)

  test('a small one is decoded at once, a large one needs time', async () => {
    using value = decodeSync(new MemorySource(deflateSync(small)))
    expect(value?.compressor).toBe('zlib')
    expect(value?.problem).toBeUndefined()
    expect(itemCount(value)).toBe(100)
    const source = new MemorySource(gzipSync(large))
    expect(decodeSync(source)).toBeUndefined()
    using later = await decodeValue(source, { limits: { treeBytes: 2 ** 28 } })
    expect(later.compressor).toBe('gzip')
    expect(later.problem).toBeUndefined()
    expect(itemCount(later)).toBe(600_000)
  })

  test('a stream that breaks off: the tree so far, and why', async () => {
    const whole = deflateSync(small)
    using value = decodeSync(new MemorySource(whole.subarray(0, -12)))
    expect(value?.problem).toMatchObject({ code: 'TRUNCATED', sentence: expect.stringContaining('zlib') })
    expect(itemCount(value)).toBeGreaterThan(10)
    const damaged = gzipSync(large)
    damaged.fill(0xff, damaged.length >> 1, (damaged.length >> 1) + 100)
    using cut = await decodeValue(new MemorySource(damaged), { limits: { treeBytes: 2 ** 28 } })
    expect(cut.problem?.code).toBe('BAD_COMPRESSION')
    expect(itemCount(cut)).toBeGreaterThan(100_000)
  })

  test('a limit is a problem only of a value that it cuts', async () => {
    const limits = { inflatedBytes: 5_000_000, treeBytes: 2 ** 28 }
    using cut = await decodeValue(new MemorySource(gzipSync(large)), { limits })
    expect(cut.problem?.code).toBe('LIMIT_INFLATED')
    expect(itemCount(cut)).toBeGreaterThan(100_000)
    const followed = concatBytes([small, new Uint8Array(9_000_000)])
    using whole = await decodeValue(new MemorySource(gzipSync(followed)), { limits })
    expect(whole.problem).toBeUndefined()
    expect(itemCount(whole)).toBe(100)
  })

  test('damage behind the value is told', () => {
    const whole = deflateSync(small)
    whole[whole.length - 1]! ^= 1
    using value = decodeSync(new MemorySource(whole))
    expect(value?.problem?.code).toBe('BAD_COMPRESSION')
    expect(itemCount(value)).toBe(100)
  })

  test('no bytes make it throw', () => {
    const heads = [
      [0x78, 0x9c],
      [0x1f, 0x8b],
      [0x42, 0x5a],
      [0x5d, 0],
      [4, 0x22, 0x4d, 0x18],
      [0x80, 4],
      [0x7b],
      [],
    ]
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, tail) => {
        using value = decodeSync(new MemorySource(Uint8Array.from([...head, ...tail])))
        expect(value === undefined || value.problem !== undefined || value.root !== undefined).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('sources that fail', () => {
  const failing = (error: Error): ByteSource => ({
    byteLength: 100,
    read() {
      throw error
    },
  })

  test('bytes that cannot be had are a problem', async () => {
    using value = await decodeValue(failing(new AppError('REFUSED', 'The disk is broken.')))
    expect(value.problem).toEqual({ code: 'UNREADABLE', sentence: 'The disk is broken.' })
  })

  test('faults of ours are thrown', async () => {
    await expect(decodeValue(failing(new TypeError('a bug')))).rejects.toThrow('a bug')
  })
})

describe('decodeFile', () => {
  test('a joblib file with its side files', async () => {
    using value = await decodeFile(new URL('jl0.8.4-arrays.joblib', pickles).pathname)
    expect(value.problem).toBeUndefined()
    const arrays = value.root && 'values' in value.root ? value.root.values : []
    expect(arrays.length).toBeGreaterThan(3)
    expect(arrays.filter((array) => 'problem' in array && array.problem)).toEqual([])
  })

  test('a missing file, a folder', async () => {
    using missing = await decodeFile(new URL('none.pkl', pickles).pathname)
    expect(missing.problem?.code).toBe('UNREADABLE')
    using folder = await decodeFile(pickles.pathname)
    expect(folder.problem?.code).toBe('UNREADABLE')
  })

  test('large arrays are stepped over', () => {
    const head = bytesOf('\u0080\u0005}\u008c\u0001a\u008e\0\0\0\u0001\0\0\0\0')
    const source = new CountingSource(
      new MemorySource(concatBytes([head, new Uint8Array(2 ** 24), bytesOf('s.')])),
    )
    using value = decodeSync(source)
    expect(value?.problem).toBeUndefined()
    expect(source.bytesRead).toBeLessThan(100_000)
  })

  test('holds its file until it is disposed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
    const path = join(folder, 'value.pkl')
    writeFileSync(path, pickleOfTexts(5_000))
    const value = await decodeFile(path)
    expect(value.source.read(60_000, 4)).toHaveLength(4)
    value[Symbol.dispose]()
    expect(() => value.source.read(60_000, 4)).toThrow(/closed/)
    rmSync(folder, { recursive: true })
  })
})
