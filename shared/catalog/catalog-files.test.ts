import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Catalog } from './catalog.ts'
import { isDamageOf } from './open.ts'
import { keysOf, relax } from './testing/entries.ts'

describe('Catalog files', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'))
    file = join(folder, 'deep', 'index.sqlite')
    using catalog = Catalog.open(file)
    catalog.write({ put: [relax('1', 'Cu', 1)], token: { whole: 't1' }, parts: new Map([['ab', 'p1']]) })
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('keep entries and tokens', () => {
    using catalog = Catalog.open(file)
    expect(catalog.count()).toBe(1)
    expect(catalog.revision).toBe(1)
    expect(catalog.known.token()).toBe('t1')
    expect(catalog.known.partTokens()).toEqual(new Map([['ab', 'p1']]))
    catalog.write({ token: { whole: undefined }, parts: new Map([['ab', undefined]]) })
    expect(catalog.known.token()).toBeUndefined()
    expect(catalog.known.partTokens()).toEqual(new Map([['ab', null]]))
    expect(catalog.revision).toBe(1)
  })

  it.each([
    ['of text', () => 'no database at all'.repeat(1000)],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 5000)],
    [
      'with a broken root',
      (bytes: Buffer) =>
        Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(8000, 0xab), bytes.subarray(8100)]),
    ],
    ['empty', () => ''],
  ])('%s are begun anew', (_, damage) => {
    writeFileSync(file, damage(readFileSync(file)))
    using catalog = Catalog.open(file)
    expect(catalog.count()).toBe(0)
    catalog.write({ put: [relax('1', 'Cu', 1)] })
    expect(keysOf(catalog, 'element:Cu')).toEqual(['1'])
  })

  it('that turn out to be broken in use are removed, and say so', () => {
    const many = Array.from({ length: 3000 }, (_, i) => relax(String(i).padStart(40, '0'), 'Cu', i))
    const writer = Catalog.open(file)
    writer.write({ put: many })
    writer.close()
    const catalog = Catalog.open(file)
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0xab, 100_000), { flag: 'r+' })
    expect(() => catalog.search('', [{ column: 'call', descending: false }])).toThrow(
      expect.objectContaining({ code: 'DAMAGED', data: { path: file, reason: expect.any(String) } }),
    )
    expect(existsSync(file)).toBe(false)
    using again = Catalog.open(file)
    expect(again.count()).toBe(0)
  })

  it('are not damaged because the machine is short of memory', () => {
    Catalog.open(file).close()
    using stack = new DisposableStack()
    const database = stack.adopt(new Database(file), (each) => each.close())
    const short = new Database.SqliteError('out of memory', 'SQLITE_NOMEM')
    expect(isDamageOf(database, short)).toBe(false)
    expect(isDamageOf(database, new Database.SqliteError('malformed', 'SQLITE_CORRUPT'))).toBe(true)
  })

  it.skipIf(process.platform === 'win32')('stand in a folder for this user only', () => {
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700)
  })

  it('of a newer schema or another program are begun anew', () => {
    const newer = new Database(file)
    newer.pragma('user_version = 1000')
    newer.close()
    using catalog = Catalog.open(file)
    expect(catalog.count()).toBe(0)
    const other = new Database(join(folder, 'other.sqlite'))
    other.exec('CREATE TABLE entries (x)')
    other.close()
    using another = Catalog.open(join(folder, 'other.sqlite'))
    expect(another.count()).toBe(0)
  })

  it('that cannot be opened are refused with the file and the next step', () => {
    expect(() => Catalog.open(join(file, 'below-a-file.sqlite'))).toThrow(
      expect.objectContaining({ code: 'REFUSED', message: expect.stringContaining('HASHCACHE_DATA') }),
    )
  })

  it('may be open twice: what one writes the other finds', () => {
    using reader = Catalog.open(file)
    using writer = Catalog.open(file)
    expect(keysOf(reader, 'user:wei', [{ column: 'cwd', descending: false }])).toEqual([])
    writer.write({ put: [relax('2', 'Ag', 2, { user: 'wei' })] })
    expect(reader.revision).toBe(2)
    expect(keysOf(reader, 'user:wei', [{ column: 'cwd', descending: false }])).toEqual(['2'])
    reader.write({ put: [relax('2', 'Ag', 2, { user: 'kim' })] })
    expect(keysOf(writer, 'user:wei')).toEqual([])
    expect(writer.summary().users).toEqual([
      { name: 'ana', entries: 1 },
      { name: 'kim', entries: 1 },
    ])
  })
})
