import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { compareBytes } from '../../model/bytes.ts'
import { python } from '../../testing/python.ts'
import { collect } from '../conformance/plain.ts'
import { openStore } from '../registry.ts'

/** `[key in hex, length of the value, or -1 to delete]`; the value repeats the key. */
type Step = [string, number]

const script = String.raw`
import json, lmdb, sys
path, steps = sys.argv[1], json.load(sys.stdin)
env = lmdb.open(path, map_size=1 << 28, max_dbs=2, sync=False)
db = env.open_db(b'named') if len(sys.argv) > 2 else None
for batch in steps:
    with env.begin(write=True, db=db) as txn:
        for key, length in batch:
            raw = bytes.fromhex(key)
            if length < 0: txn.delete(raw)
            else: txn.put(raw, (raw * (length // len(raw) + 1))[:length])
`

const key = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
  fc.uint8Array({ minLength: 1, maxLength: 511 }),
  fc.nat(300).map((number) => Uint8Array.from(Buffer.from(`key-${number}`))),
)
const length = fc.oneof(
  fc.constantFrom(-1, 0, 1),
  fc.nat(600),
  // Around the length from which values go to overflow pages, and where one more page is needed.
  fc.integer({ min: 1900, max: 2100 }),
  fc.integer({ min: 4060, max: 4100 }),
  fc.nat(50_000),
)
const step: fc.Arbitrary<Step> = fc.tuple(
  key.map((bytes) => Buffer.from(bytes).toString('hex')),
  length,
)

test.each([undefined, 'named'])(
  'whatever Python puts and deletes, we read the same as a Map (%s)',
  async (database) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 120 }), { maxLength: 6 }), async (batches) => {
        const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
        try {
          const input = JSON.stringify(batches)
          execFileSync(python, ['-c', script, folder, ...(database === undefined ? [] : [database])], {
            input,
          })
          const model = new Map<string, number>()
          for (const [name, size] of batches.flat()) {
            if (size < 0) model.delete(name)
            else model.set(name, size)
          }
          await expectSame(`lmdb:${folder}${database === undefined ? '' : `?db=${database}`}`, model)
        } finally {
          rmSync(folder, { recursive: true })
        }
      }),
      { numRuns: 25 },
    )
  },
)

async function expectSame(location: string, model: ReadonlyMap<string, number>): Promise<void> {
  await using store = await openStore(location)
  const entries = await collect(store.entries({ batchSize: 13 }))
  expect(entries.map(({ key: bytes }) => bytes)).toEqual(
    entries.map(({ key: bytes }) => bytes).toSorted(compareBytes),
  )
  const sizes = entries.map(({ key: bytes, sizeBytes }) => [Buffer.from(bytes).toString('hex'), sizeBytes])
  expect(Object.fromEntries(sizes)).toEqual(Object.fromEntries(model))
  const values = await store.getMany(entries.map(({ key: bytes }) => bytes))
  for (const [index, value] of values.entries()) {
    const raw = Buffer.from(entries[index]!.key)
    const wanted = Buffer.alloc(entries[index]!.sizeBytes!, raw)
    expect(Buffer.compare(Buffer.from(value as Uint8Array), wanted)).toBe(0)
  }
  expect(await store.getMany([Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)])).toEqual([undefined])
}
