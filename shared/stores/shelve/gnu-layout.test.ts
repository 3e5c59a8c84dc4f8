import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { showKey } from '../../model/keys.ts'
import { isProblem } from './dbm.ts'
import { GnuBucket, keyStart } from './gnu-bucket.ts'
import { Fields, gnuHash, gnuLayouts } from './gnu-layout.ts'
import type { GnuHeader } from './gnu-layout.ts'
import { writeGnu } from './gnu-write.ts'
import { GnuReader } from './gnu.ts'
import { findDbm } from './places.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gdbm-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const blockBytes = 1024
const directoryBits = 3
const pairs = { 'a key': 'a value', gruß: 'ß'.repeat(50), '': 'empty key', k: '' }

/** A file as a machine of another kind makes it: one bucket, to which the whole directory points. */
function buildFile(magic: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(4 * blockBytes)
  new DataView(bytes.buffer).setUint32(0, magic, littleEndian)
  const layout = gnuLayouts(bytes)!.at(-1)!
  const fields = new Fields(bytes, layout)
  const bucketElements = Math.floor((blockBytes - layout.elementsAt) / layout.elementBytes)
  const rest = 8 + layout.offsetBytes
  fields.setInt(4, blockBytes)
  fields.setOffset(8, blockBytes)
  fields.setInt(rest, layout.offsetBytes * 2 ** directoryBits)
  fields.setInt(rest + 4, directoryBits)
  fields.setInt(rest + 8, blockBytes)
  fields.setInt(rest + 12, bucketElements)
  fields.setOffset(rest + 16, bytes.length)
  for (let slot = 0; slot < 2 ** directoryBits; slot++)
    fields.setOffset(blockBytes + slot * layout.offsetBytes, 2 * blockBytes)
  const header = { layout, bucketBytes: blockBytes, bucketElements } as GnuHeader
  const bucket = GnuBucket.empty(header, 0)
  let at = 3 * blockBytes
  for (const [key, value] of Object.entries(pairs)) {
    const [keyBytes, valueBytes] = [Buffer.from(key), Buffer.from(value)]
    bucket.insert({
      hash: gnuHash(keyBytes, littleEndian ? 'signed' : 'unsigned'),
      keyStart: keyStart(keyBytes, header),
      at,
      keyBytes: keyBytes.length,
      valueBytes: valueBytes.length,
    })
    bytes.set(keyBytes, at)
    bytes.set(valueBytes, at + keyBytes.length)
    at += keyBytes.length + valueBytes.length
  }
  bytes.set(bucket.bytes, 2 * blockBytes)
  return bytes
}

test.each([
  ['64-bit', 0x13579acf],
  ['32-bit', 0x13579acd],
  ['old, 32-bit', 0x13579ace],
  ['numsync, 64-bit', 0x13579ad1],
  ['numsync, 32-bit', 0x13579ad0],
])('%s gdbm files are read, of machines of either byte order', (_name, magic) => {
  for (const littleEndian of [true, false]) {
    const path = join(folder, 'other')
    writeFileSync(path, buildFile(magic, littleEndian))
    using reader = new GnuReader(path)
    const found = [...reader.entries()].map(({ key }) => {
      const value = reader.find(key)
      const isThere = value !== undefined && !isProblem(value)
      return [showKey(key), isThere && Buffer.from(reader.read(value, 0, value.sizeBytes)).toString()]
    })
    expect(Object.fromEntries(found)).toEqual(pairs)
    expect(reader.strays).toEqual([])
  }
})

test('a file of another kind of machine is not written', async () => {
  const path = join(folder, 'foreign')
  writeFileSync(path, buildFile(0x13579acf, false))
  const put = { kind: 'put', key: Buffer.from('a'), value: Buffer.from('b') } as const
  await expect(writeGnu(path, [put])).rejects.toMatchObject({ code: 'READ_ONLY' })
})

test("gdbm's own ndbm (PATH.pag) is read as ndbm", () => {
  copyFileSync(
    join(import.meta.dirname, '../../testing/corpus/hostile/dbm/control.gdbm'),
    join(folder, 'compat.pag'),
  )
  writeFileSync(join(folder, 'compat.dir'), '')
  const base = join(folder, 'compat')
  for (const path of [base, `${base}.pag`, `${base}.dir`])
    expect(findDbm(path)).toMatchObject({ library: 'gnu', format: 'ndbm', base })
})
