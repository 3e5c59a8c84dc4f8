import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openFileSource } from './file-source.ts'
import { sideFileOpener } from './side-files.ts'

let folder: string
const path = (name: string): string => join(folder, name)
const numbers = Uint8Array.from({ length: 50_000 }, (_, index) => index % 251)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  writeFileSync(path('numbers'), numbers)
  writeFileSync(path('empty'), '')
  symlinkSync('numbers', path('link'))
  mkdirSync(path('folder'))
  writeFileSync(path('folder/inside'), 'x')
  execFileSync('mkfifo', [path('fifo')])
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('openFileSource', () => {
  test.each([
    [0, 10],
    [16_380, 10],
    [20_000, 30_000],
    [49_999, 10],
    [0, 50_000],
    [60_000, 1],
  ])('reads [%i, +%i)', (offset, length) => {
    using source = openFileSource(path('numbers'))
    expect(source.byteLength).toBe(numbers.length)
    expect(Buffer.from(source.read(offset, length)).equals(numbers.slice(offset, offset + length))).toBe(true)
  })

  test('reads a range of a file as a source', () => {
    using source = openFileSource(path('numbers'), { offset: 1_000, length: 20_000 })
    expect(source.byteLength).toBe(20_000)
    for (const [offset, length] of [
      [0, 5],
      [19_990, 100],
      [17_000, 2_000],
    ] as const) {
      const expected = numbers.slice(1_000 + offset, Math.min(1_000 + offset + length, 21_000))
      expect(Buffer.from(source.read(offset, length)).equals(expected)).toBe(true)
    }
    using beyond = openFileSource(path('numbers'), { offset: 49_000, length: 20_000 })
    expect(beyond.byteLength).toBe(1_000)
  })

  test('an empty file', () => {
    using source = openFileSource(path('empty'))
    expect(source.byteLength).toBe(0)
    expect(source.read(0, 10)).toHaveLength(0)
  })

  test('a file that became shorter gives what is there', () => {
    writeFileSync(path('shrinking'), numbers)
    using source = openFileSource(path('shrinking'))
    truncateSync(path('shrinking'), 30_000)
    expect(source.read(20_000, 20_000)).toHaveLength(10_000)
    expect(source.read(40_000, 10)).toHaveLength(0)
  })

  test.each([
    ['missing', 'NOT_FOUND'],
    ['numbers/inside', 'NOT_FOUND'],
    ['folder', 'REFUSED'],
    ['fifo', 'REFUSED'],
  ])('%s is %s', (name, code) => {
    expect(() => openFileSource(path(name))).toThrow(expect.objectContaining({ code }))
  })

  test('a link is followed, or refused if asked', () => {
    using source = openFileSource(path('link'))
    expect(source.byteLength).toBe(numbers.length)
    expect(() => openFileSource(path('link'), { follow: false })).toThrow(/link/)
  })

  test('reading after closing is an error of the program', () => {
    const source = openFileSource(path('numbers'))
    source[Symbol.dispose]()
    source[Symbol.dispose]()
    expect(() => source.read(0, 1)).toThrow(/closed/)
  })

  test.runIf(process.platform === 'linux')('moves no access time, where a plain read does', () => {
    // Older than the modification: so that relatime mounts count a read.
    const stamp = (name: string): [bigint, bigint] => {
      const { atimeNs, mtimeNs } = statSync(path(name), { bigint: true })
      return [atimeNs, mtimeNs]
    }
    writeFileSync(path('looked-at'), numbers)
    utimesSync(path('looked-at'), 1_000_000_000, 1_200_000_000)
    const before = stamp('looked-at')
    using source = openFileSource(path('looked-at'))
    source.read(0, 50_000)
    expect(stamp('looked-at')).toEqual(before)
    readFileSync(path('looked-at'))
    expect(stamp('looked-at')[0]).not.toBe(before[0])
  })
})

describe('sideFileOpener', () => {
  test('opens plain names in its folder, and nothing else', () => {
    using open = sideFileOpener(folder)
    expect(open('numbers')?.byteLength).toBe(numbers.length)
    expect(open('numbers')).toBe(open('numbers'))
    const refused = [
      'folder/inside',
      '../passwd',
      '/etc/passwd',
      '..',
      '.',
      '',
      'link',
      'folder',
      'fifo',
      'missing',
      'a\0b',
    ]
    for (const name of [...refused, 'folder\\inside', 'c:x'])
      expect([name, open(name)]).toEqual([name, undefined])
  })

  test('inflates the Z-files of old joblib', () => {
    const pickles = new URL('../testing/corpus/pickles/', import.meta.url)
    using open = sideFileOpener(pickles.pathname)
    const file = open('jl0.8.4-arrays-z.joblib_01.npy.z')
    expect(file?.byteLength).toBeGreaterThan(84)
    expect(file?.problem).toBeUndefined()
  })
})
