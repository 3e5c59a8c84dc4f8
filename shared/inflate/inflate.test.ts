import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib'

import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'

import { sniffCompressor } from '../joblib/compressor.ts'
import { concatBytes } from '../model/bytes.ts'
import { MemorySource } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import { python } from '../testing/python.ts'
import type { Compressor } from '../value/value.ts'
import { inflate, inflateSmall } from './inflate.ts'
import { loadLzma } from './lzma.ts'

const corpus = new URL('../testing/corpus/', import.meta.url)
const hostile = (name: string): Buffer => readFileSync(new URL(`hostile/${name}`, corpus))
const compressors = ['zlib', 'gzip', 'bz2', 'xz', 'lzma', 'lz4'] as const

/** Words of a small vocabulary: compresses some four times, with matches near and far. */
function text(length: number): Buffer {
  const words = ['relax', 'energy', 'slab', 'cutoff', '0.5', 'element', 'Cu', 'Pd', '\n']
  let state = 1
  const parts: string[] = []
  for (let size = 0; size < length; size += parts.at(-1)!.length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    parts.push(words[(state >> 8) % words.length]! + (state % 997))
  }
  return Buffer.from(parts.join(' ')).subarray(0, length)
}

/** Compresses by Python's own libraries, as joblib does. */
function compress(plain: Uint8Array, compressor: Compressor, extra = ''): Buffer {
  if (compressor === 'zlib') return deflateSync(plain)
  if (compressor === 'gzip') return gzipSync(plain)
  const code = {
    bz2: 'import bz2; c = bz2.compress(d)',
    xz: 'import lzma; c = lzma.compress(d, lzma.FORMAT_XZ)',
    lzma: 'import lzma; c = lzma.compress(d, lzma.FORMAT_ALONE)',
    lz4: `import lz4.frame; c = lz4.frame.compress(d${extra})`,
    zfile: 'import zlib; c = b"ZF" + hex(len(d)).encode().ljust(19) + zlib.compress(d)',
  }[compressor]
  return execFileSync(
    python,
    ['-c', `import sys; d = sys.stdin.buffer.read(); ${code}; sys.stdout.buffer.write(c)`],
    {
      input: plain,
      maxBuffer: 1 << 28,
    },
  )
}

function digest(source: ByteSource): string {
  const hash = createHash('sha256')
  for (let offset = 0; offset < source.byteLength; offset += 100_003)
    hash.update(source.read(offset, 100_003))
  return hash.digest('hex')
}

const temporaryFiles = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('hashcache-inflated-'))

beforeAll(loadLzma)

describe('a whole stream', () => {
  const small = text(3_000)
  const large = text(9_000_000)

  test.each([...compressors, 'zfile'] as const)('%s, small: at once', (compressor) => {
    const compressed = compress(small, compressor)
    expect(sniffCompressor(compressed)).toBe(compressor)
    using inflated = inflateSmall(new MemorySource(compressed), compressor)!
    expect(inflated.problem).toBeUndefined()
    expect(Buffer.from(inflated.read(0, 10_000)).equals(small)).toBe(true)
  })

  test.each([...compressors, 'zfile'] as const)('%s, 9 MB, most of it in a file', async (compressor) => {
    const source = new MemorySource(compress(large, compressor))
    expect(inflateSmall(source, compressor)).toBeUndefined()
    using inflated = await inflate(source, compressor, { limits: { memoryBytes: 2_500_000 } })
    expect(inflated.problem).toBeUndefined()
    expect(inflated.byteLength).toBe(large.length)
    expect(digest(inflated)).toBe(digest(new MemorySource(large)))
    // A range across the border of memory and file, and one across the end.
    expect(Buffer.from(inflated.read(2_400_000, 200_000)).equals(large.subarray(2_400_000, 2_600_000))).toBe(
      true,
    )
    expect(inflated.read(large.length - 5, 100)).toHaveLength(5)
    expect(inflated.read(large.length + 5, 100)).toHaveLength(0)
    expect(temporaryFiles()).toEqual([])
  })

  test('several gzip members and several bz2 streams are one value', async () => {
    const gzip = Buffer.concat([gzipSync(small), gzipSync(small)])
    const bz2 = Buffer.concat([compress(small, 'bz2'), compress(small, 'bz2')])
    const lz4 = Buffer.concat([compress(small, 'lz4'), compress(small, 'lz4')])
    for (const [bytes, compressor] of [
      [gzip, 'gzip'],
      [bz2, 'bz2'],
      [lz4, 'lz4'],
    ] as const) {
      using inflated = await inflate(new MemorySource(bytes), compressor)
      expect(Buffer.from(inflated.read(0, 10_000)).equals(Buffer.concat([small, small]))).toBe(true)
    }
  })

  test('a zfile of Python 2 has a blank more', () => {
    const zfile = compress(small, 'zfile')
    const older = Buffer.concat([zfile.subarray(0, 21), Buffer.from(' '), zfile.subarray(21)])
    using inflated = inflateSmall(new MemorySource(older), 'zfile')!
    expect(inflated.problem).toBeUndefined()
    expect(inflated.byteLength).toBe(small.length)
  })

  test.each([
    ', block_linked=False',
    ', block_linked=True, block_size=4',
    ', block_size=7, content_checksum=True',
    ', block_checksum=True, store_size=False',
    ', compression_level=9',
  ])('lz4.frame.compress(d%s)', async (extra) => {
    const plain = text(1_300_000)
    using inflated = await inflate(new MemorySource(compress(plain, 'lz4', extra)), 'lz4')
    expect(inflated.problem).toBeUndefined()
    expect(digest(inflated)).toBe(digest(new MemorySource(plain)))
  })

  test('incompressible bytes (stored blocks)', async () => {
    const noise = concatBytes(
      Array.from({ length: 3_000 }, (_, index) => createHash('sha512').update(String(index)).digest()),
    )
    for (const compressor of compressors) {
      using inflated = await inflate(new MemorySource(compress(noise, compressor)), compressor)
      expect(digest(inflated)).toBe(digest(new MemorySource(noise)))
    }
  })

  test('the corpus: every compressed file of fs-compressed', async () => {
    const { entries } = JSON.parse(readFileSync(new URL('fs-compressed/expected.json', corpus), 'utf8')) as {
      entries: { path: string; compress: Compressor | null; level: number | null }[]
    }
    for (const entry of entries) {
      const bytes = readFileSync(new URL(`fs-compressed/${entry.path}`, corpus))
      const compressor = sniffCompressor(bytes)
      using inflated = compressor ? await inflate(new MemorySource(bytes), compressor) : undefined
      const source: ByteSource = inflated ?? new MemorySource(bytes)
      expect({
        path: entry.path,
        compressor: compressor ?? null,
        problem: source.problem,
        first: source.read(0, 1)[0],
        last: source.read(source.byteLength - 1, 1)[0],
      }).toEqual({
        path: entry.path,
        // joblib does not compress at level 0, whatever compressor is named.
        compressor: entry.level === 0 ? null : entry.compress,
        problem: undefined,
        first: 0x80,
        last: 0x2e,
      })
    }
  })
})

describe('a broken stream', () => {
  const plain = text(5_000)

  test.each(compressors)('%s, cut anywhere: a prefix of the value and TRUNCATED', async (compressor) => {
    const whole = compress(plain, compressor)
    let longest = 0
    for (let length = 6; length < whole.length; length += 41) {
      using inflated = await inflate(new MemorySource(whole.subarray(0, length)), compressor)
      expect(inflated.problem?.code).toBe('TRUNCATED')
      expect(inflated.problem?.offset).toBe(inflated.byteLength)
      const got = inflated.read(0, plain.length)
      expect(plain.subarray(0, got.length).equals(got)).toBe(true)
      longest = Math.max(longest, got.length)
    }
    // A bz2 block is there as a whole or not at all.
    expect(longest).toBeGreaterThan(compressor === 'bz2' ? -1 : plain.length / 2)
  })

  test.each(['zlib', 'gzip'] as const)('%s, large, cut: what came before is there', async (compressor) => {
    const large = text(8_000_000)
    const whole = compress(large, compressor)
    using inflated = await inflate(new MemorySource(whole.subarray(0, whole.length / 2)), compressor)
    expect(inflated.problem?.code).toBe('TRUNCATED')
    expect(inflated.byteLength).toBeGreaterThan(large.length * 0.45)
    expect(large.subarray(0, inflated.byteLength).equals(inflated.read(0, large.length))).toBe(true)
  })

  test.each(['zlib', 'gzip'] as const)('%s, large, a damaged bit in the middle', async (compressor) => {
    const large = text(8_000_000)
    const whole = compress(large, compressor)
    whole.fill(0xff, whole.length / 2, whole.length / 2 + 200)
    using inflated = await inflate(new MemorySource(whole), compressor)
    expect(inflated.problem?.code).toBe('BAD_COMPRESSION')
    expect(inflated.byteLength).toBeGreaterThan(large.length * 0.45)
  })

  test.each(compressors)('%s with any damaged byte: no throw, and a problem or some value', (compressor) => {
    const whole = compress(plain, compressor)
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const broken = Uint8Array.from(whole)
        broken[at]! ^= change
        using inflated = inflateSmall(new MemorySource(broken), compressor)
        return inflated === undefined || inflated.problem !== undefined || inflated.byteLength <= 4 << 20
      }),
      { numRuns: 150 },
    )
  })

  test.each(compressors)('%s of noise behind a valid head: no throw', (compressor) => {
    const head = compress(plain, compressor).subarray(0, 16)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(16), (noise, kept) => {
        using inflated = inflateSmall(
          new MemorySource(concatBytes([head.subarray(0, kept), noise])),
          compressor,
        )
        return inflated === undefined || inflated.byteLength <= 4 << 20
      }),
      { numRuns: 200 },
    )
  })

  test.each(['bz2', 'xz', 'lzma', 'zlib', 'gzip'] as const)(
    'bitflip-%s of the corpus is seen',
    async (compressor) => {
      using inflated = await inflate(new MemorySource(hostile(`bitflip-${compressor}.joblib`)), compressor)
      expect(inflated.problem?.code).toBe('BAD_COMPRESSION')
    },
  )

  test('an lz4 block that claims more than its frame allows', async () => {
    const frame = compress(plain, 'lz4')
    frame.writeUInt32LE(0x7f_ff_ff_ff, frame.length > 15 ? 15 : 7)
    using inflated = await inflate(new MemorySource(frame), 'lz4')
    expect(inflated.problem).toBeDefined()
    expect(inflated.byteLength).toBe(0)
  })
})

describe('limits', () => {
  const bombs: [string, () => Uint8Array, Compressor][] = [
    ['zlib-bomb.joblib', () => gunzipSync(hostile('zlib-bomb.joblib.gz')), 'zlib'],
    ['bz2-bomb.joblib', () => hostile('bz2-bomb.joblib'), 'bz2'],
    ['xz-bomb.joblib', () => hostile('xz-bomb.joblib'), 'xz'],
  ]

  test.each(bombs)('%s stops at the limit, its head readable', async (_name, read, compressor) => {
    const source = new MemorySource(read())
    using inflated = await inflate(source, compressor)
    expect(inflated.problem?.code).toBe('LIMIT_INFLATED')
    expect(inflated.byteLength).toBe(Math.max(64 << 20, 100 * source.byteLength))
    expect(inflated.read(0, 2)).toHaveLength(2)
    expect(inflated.read(inflated.byteLength - 10, 20)).toHaveLength(10)
    expect(temporaryFiles()).toEqual([])
  })

  test.each(compressors)(
    '%s: a value of exactly the limit is whole, one byte more is not',
    async (compressor) => {
      const plain = text(200_000)
      const source = new MemorySource(compress(plain, compressor))
      using whole = await inflate(source, compressor, { limits: { inflatedBytes: plain.length } })
      expect(whole.problem).toBeUndefined()
      using cut = await inflate(source, compressor, { limits: { inflatedBytes: plain.length - 1 } })
      expect(cut.problem?.code).toBe('LIMIT_INFLATED')
      expect(plain.subarray(0, -1).equals(cut.read(0, plain.length))).toBe(true)
    },
  )

  test('an xz head that asks for a dictionary of 4 GiB is refused', async () => {
    const lzma = Buffer.from(compress(text(100), 'lzma'))
    lzma.writeUInt32LE(0xff_ff_ff_ff, 1)
    using inflated = await inflate(new MemorySource(lzma), 'lzma')
    expect(inflated.problem?.code).toBe('LIMIT_SIZE')
  })

  test('a signal stops it', async () => {
    for (const [, read, compressor] of bombs) {
      const controller = new AbortController()
      const options = { signal: controller.signal, limits: { inflatedBytes: 1 << 30 } }
      const running = inflate(new MemorySource(read()), compressor, options)
      setImmediate(() => controller.abort())
      await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    }
    expect(temporaryFiles()).toEqual([])
  })

  test('reading a closed value is an error of the program', async () => {
    const inflated = await inflate(new MemorySource(compress(text(100), 'lz4')), 'lz4')
    inflated[Symbol.dispose]()
    expect(() => inflated.read(0, 1)).toThrow(/closed/)
  })
})
