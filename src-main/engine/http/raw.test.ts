import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentDisposition, parseRange, rawResponse } from './raw.ts'

describe('one range of bytes', () => {
  it.each([
    ['bytes=0-0', [0, 1]],
    ['bytes=2-', [2, 10]],
    ['bytes=-3', [7, 10]],
    ['bytes=-30', [0, 10]],
    ['bytes=3-99', [3, 10]],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=0-1,4-5', undefined],
    ['lines=0-1', undefined],
    ['bytes=-', undefined],
    ['bytes=1e3-', undefined],
  ] as const)('%s of ten', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range)
  })

  it('of an empty value is none', () => {
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable')
    expect(parseRange('bytes=-5', 0)).toBe('unsatisfiable')
  })
})

describe('the name of a download', () => {
  it('is one line of ASCII whatever the key is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
        expect(contentDisposition(name)).toMatch(
          /^attachment; filename="[\w.-]*"; filename\*=UTF-8''[\u0021-\u007e]*$/,
        )
        expect(() => new Headers({ 'content-disposition': contentDisposition(name) })).not.toThrow()
      }),
    )
  })

  it('keeps what a person would want to keep', () => {
    expect(contentDisposition('a b/ü.pkl')).toBe(
      `attachment; filename="a_b__.pkl"; filename*=UTF-8''a%20b%2F%C3%BC.pkl`,
    )
  })
})

describe('bytes from a file or a store', () => {
  it('are the same for every range', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hashcache-raw-'))
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251)
    const path = join(folder, 'file')
    writeFileSync(path, Buffer.concat([Buffer.from('before'), bytes, Buffer.from('behind')]))
    const file = { path, offset: 6, length: bytes.length }
    const read = async (from: number, to: number): Promise<Uint8Array> => bytes.slice(from, to)
    for (const range of [undefined, 'bytes=0-', 'bytes=1048570-2097160', 'bytes=-1']) {
      const fromFile = await rawResponse({
        name: 'x',
        range,
        place: { sizeBytes: bytes.length, file },
        read,
      }).arrayBuffer()
      const fromStore = await rawResponse({
        name: 'x',
        range,
        place: { sizeBytes: bytes.length },
        read,
      }).arrayBuffer()
      const [from, to] = (range === undefined ? undefined : parseRange(range, bytes.length)) ?? [
        0,
        bytes.length,
      ]
      expect(Buffer.from(fromFile).equals(bytes.subarray(Number(from), Number(to)))).toBe(true)
      expect(Buffer.from(fromStore).equals(Buffer.from(fromFile))).toBe(true)
    }
    rmSync(folder, { recursive: true })
  })
})
