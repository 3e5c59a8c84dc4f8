import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bothWrite } from '../../testing/both-write.ts'
import { openStore } from '../registry.ts'

const count = process.env.HASHCACHE_QUICK === '1' ? 1000 : 10_000

const writer = `
def write(place, key, value):
    folder = os.path.join(place, key[:2])
    os.makedirs(folder, exist_ok=True)
    joblib.dump(value, os.path.join(folder, key))

def read(place, key):
    return joblib.load(os.path.join(place, key[:2], key))
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hashcache-writers-'))
})
// Twenty thousand files are not gone at once on every disk.
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000)

it(`a folder, written by Python and us at once, loses none of ${count} entries of each side`, async () => {
  const place = path.join(folder, 'cache')
  await using store = await openStore(`fs:${place}`, { write: true })
  expect(await bothWrite(store, place, writer, count)).toEqual({
    failures: [],
    pythonExitCode: 0,
    missingToPython: 0,
    found: 2 * count,
  })
})
