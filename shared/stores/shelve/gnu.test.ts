import { closeSync, mkdtempSync, openSync, rmSync, copyFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { showKey } from '../../model/keys.ts'
import type { WriteOperation } from '../contract.ts'
import { isProblem } from './dbm.ts'
import { openLocked } from './file-lock.ts'
import { GnuBatch } from './gnu-batch.ts'
import { createGnu } from './gnu-create.ts'
import { takeStep, writeGnu } from './gnu-write.ts'
import { GnuReader } from './gnu.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gdbm-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function contentOf(path: string): Map<string, string> {
  using reader = new GnuReader(path)
  const content = new Map<string, string>()
  for (const { key } of reader.entries()) {
    const found = reader.find(key)
    if (!found || isProblem(found)) throw new Error(`${showKey(key)} is listed but not found`)
    expect(content.has(showKey(key))).toBe(false)
    content.set(showKey(key), Buffer.from(reader.read(found, 0, found.sizeBytes)).toString('latin1'))
  }
  expect(reader.strays).toEqual([])
  return content
}

const put = (key: string, value: string): WriteOperation => ({
  kind: 'put',
  key: Buffer.from(key),
  value: Buffer.from(value),
})

const operation: fc.Arbitrary<WriteOperation> = fc.oneof(
  fc
    .tuple(fc.nat(700), fc.constantFrom(0, 3, 50, 5_000))
    .map(([key, length]) => put(`key ${key}`, String(length % 7).repeat(length))),
  fc.nat(700).map((key): WriteOperation => ({ kind: 'delete', key: Buffer.from(`key ${key}`) })),
)

test('a crash after any write leaves every key with its old or its new value', async () => {
  const path = join(folder, 'crash')
  const copy = join(folder, 'crash-copy')
  createGnu(path)
  // Three buckets' worth, so that batches split buckets.
  await writeGnu(
    path,
    Array.from({ length: 400 }, (_, index) => put(`key ${index}`, `old ${index}`)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 300 }), async (operations) => {
      const before = contentOf(path)
      const after = new Map(before)
      for (const step of operations) {
        if (step.kind === 'delete') after.delete(showKey(step.key))
        else after.set(showKey(step.key), Buffer.from(step.value).toString('latin1'))
      }
      using reader = new GnuReader(path)
      const batch = new GnuBatch(reader)
      for (const step of operations) {
        if (step.kind === 'put') batch.put(step)
        else batch.delete(step.key)
      }
      const { steps } = batch.plan()
      copyFileSync(path, copy)
      const descriptor = openSync(copy, 'r+')
      for (const step of steps) {
        takeStep(descriptor, step)
        const now = contentOf(copy)
        for (const key of new Set([...before.keys(), ...after.keys()]))
          expect([before.get(key), after.get(key)]).toContain(now.get(key))
      }
      closeSync(descriptor)
      expect(contentOf(copy)).toEqual(after)
      await writeGnu(path, operations)
      expect(contentOf(path)).toEqual(after)
    }),
    { numRuns: 8 },
  )
})

test('space that was freed is used again', async () => {
  const path = join(folder, 'reuse')
  createGnu(path)
  const sizes: number[] = []
  for (let round = 0; round < 6; round++) {
    const keys = Array.from({ length: 500 }, (_, index) => `round ${round} key ${index}`)
    await writeGnu(
      path,
      keys.map((key) => put(key, 'x'.repeat(1_000))),
    )
    await writeGnu(
      path,
      keys.map((key) => ({ kind: 'delete', key: Buffer.from(key) })),
    )
    using reader = new GnuReader(path)
    sizes.push(reader.file.sizeBytes)
  }
  expect(sizes.at(-1)).toBeLessThan(sizes[0]! * 1.5)
})

test('while another process holds the lock, nothing is written', async () => {
  const path = join(folder, 'locked')
  createGnu(path)
  {
    using locked = await openLocked(path)
    expect(locked.descriptor).toBeGreaterThan(0)
    await expect(writeGnu(path, [put('a', 'b')])).rejects.toMatchObject({ code: 'REFUSED' })
  }
  expect(await writeGnu(path, [put('a', 'b')])).toEqual([{ done: true }])
})
