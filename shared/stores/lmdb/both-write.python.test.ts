import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bothWrite } from '../../testing/both-write.ts'
import { openStore } from '../registry.ts'

const count = process.env.HASHCACHE_QUICK === '1' ? 1000 : 10_000

const writer = `
import io, lmdb
env = lmdb.open(sys.argv[1], map_size=1 << 30)

def write(place, key, value):
    stream = io.BytesIO()
    joblib.dump(value, stream)
    with env.begin(write=True) as txn:
        txn.put(key.encode(), stream.getvalue())

def read(place, key):
    with env.begin() as txn:
        return joblib.load(io.BytesIO(txn.get(key.encode())))
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hashcache-writers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(`an LMDB folder, written by Python and us at once, loses none of ${count} entries of each side`, async () => {
  const place = path.join(folder, 'cache.lmdb')
  await using store = await openStore(`lmdb:${place}`, { write: true })
  expect(await bothWrite(store, place, writer, count)).toEqual({
    failures: [],
    pythonExitCode: 0,
    missingToPython: 0,
    found: 2 * count,
  })
})
