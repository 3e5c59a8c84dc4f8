import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError } from '../../model/errors.ts'
import { BdbHashReader } from './bdb-hash.ts'
import { BsdHashReader } from './bsd-hash.ts'
import { isProblem } from './dbm.ts'
import type { DbmReader } from './dbm.ts'
import { DumbReader } from './dumb.ts'
import { GnuReader } from './gnu.ts'
import { findDbm } from './places.ts'

const corpus = join(import.meta.dirname, '../../testing/corpus')

interface Row {
  readonly file: string
  readonly kind: string
  readonly good?: boolean
}

const rows = (
  JSON.parse(readFileSync(join(corpus, 'hostile/expected.json'), 'utf8')) as { files: Row[] }
).files.filter(({ file, kind }) => file.startsWith('dbm/') && kind !== 'sqlite')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shelf-'))
  cpSync(join(corpus, 'hostile/dbm'), folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Entries and how many of their values could be read, or the code of the error. */
function read(open: () => DbmReader): { entries: number; readable: number; strays: number } | string {
  try {
    using reader = open()
    let readable = 0
    let entries = 0
    for (const { key } of reader.entries()) {
      entries++
      const found = reader.find(key)
      if (!found || isProblem(found)) continue
      if (reader.read(found, 0, found.sizeBytes).length === found.sizeBytes) readable++
    }
    return { entries, readable, strays: reader.strays.length }
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

function openerOf(file: string): () => DbmReader {
  if (file.endsWith('.dir')) return () => new DumbReader(file.slice(0, -4))
  if (file.endsWith('.gdbm')) return () => new GnuReader(file)
  return () => (basename(file).startsWith('bsd') ? new BsdHashReader(file) : new BdbHashReader(file))
}

test.each(rows)('$file is refused, or read as far as it goes', ({ file, good }) => {
  const startMs = performance.now()
  const result = read(openerOf(join(folder, basename(file))))
  expect(performance.now() - startMs).toBeLessThan(5_000)
  const isWhole = typeof result === 'object' && result.entries === 20 && result.readable === 20
  expect(isWhole || good !== true).toBe(true)
  expect(typeof result === 'object' || ['DAMAGED', 'NOT_A_STORE', 'NOT_FOUND'].includes(result)).toBe(true)
  expect(existsSync('HASHCACHE_PWNED')).toBe(false)
})

test('what can be read of dumb files is', () => {
  const readable = (name: string): unknown => read(() => new DumbReader(join(folder, `dumb-${name}`)))
  expect(readable('escapes')).toEqual({ entries: 3, readable: 3, strays: 0 })
  expect(readable('latin1')).toEqual({ entries: 1, readable: 1, strays: 0 })
  expect(readable('crlf')).toEqual({ entries: 1, readable: 1, strays: 0 })
  expect(readable('twice')).toEqual({ entries: 1, readable: 1, strays: 0 })
  expect(readable('outside')).toEqual({ entries: 2, readable: 1, strays: 0 })
  expect(readable('negative')).toEqual({ entries: 2, readable: 0, strays: 0 })
  expect(readable('code')).toEqual({ entries: 0, readable: 0, strays: 2 })
  expect(readable('nodat')).toBe('DAMAGED')
})

test.each(['wrong-magic.gdbm', 'wrong-magic.db', 'btree-magic.db'])('%s is no shelf', (name) => {
  expect(findDbm(join(folder, name))).toBeUndefined()
})

const sound = [
  ['gdbm', join(corpus, 'hostile/dbm/control.gdbm'), (path: string) => new GnuReader(path)],
  ['Berkeley DB', join(corpus, 'hostile/dbm/control.db'), (path: string) => new BdbHashReader(path)],
  ['db 1.85', join(corpus, 'shelve-bsd185/cache.shlv.db'), (path: string) => new BsdHashReader(path)],
] as const

test.each(sound)(
  '%s with any bytes changed or its end cut off neither throws nor hangs',
  (_name, source, open) => {
    const whole = readFileSync(source)
    const path = join(folder, 'mutated')
    // Most of a file is values; what matters stands at the beginnings of pages.
    const place = fc
      .tuple(fc.nat(Math.ceil(whole.length / 512)), fc.nat(180))
      .map(([page, at]) => page * 512 + at)
    const number = fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xff)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(place, number, fc.integer({ min: 1, max: 8 })), { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(whole.length)),
        (changes, cut) => {
          const bytes = Uint8Array.from(whole)
          for (const [at, byte, length] of changes) bytes.fill(byte, at, at + length)
          writeFileSync(path, bytes.subarray(0, cut ?? bytes.length))
          const startMs = performance.now()
          const result = read(() => open(path))
          expect(performance.now() - startMs).toBeLessThan(3_000)
          expect(typeof result === 'string' || result.entries <= statSync(path).size).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  },
)
