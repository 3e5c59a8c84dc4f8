import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bothWrite } from '../../testing/both-write.ts'
import { openStore } from '../registry.ts'

const count = process.env.HASHCACHE_QUICK === '1' ? 1000 : 10_000

const writer = `
import io, sqlite3
connection = sqlite3.connect(sys.argv[1], timeout=60)

def write(place, key, value):
    stream = io.BytesIO()
    joblib.dump(value, stream)
    with connection:
        connection.execute('INSERT INTO cache VALUES (?, ?)', (key, stream.getvalue()))

def read(place, key):
    row = connection.execute('SELECT value FROM cache WHERE hash = ?', (key,)).fetchone()
    return joblib.load(io.BytesIO(row[0]))
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hashcache-writers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(`an SQLite file, written by Python and us at once, loses none of ${count} entries of each side`, async () => {
  const place = path.join(folder, 'cache')
  await using store = await openStore(`sqlite:${place}`, { write: true })
  expect(await bothWrite(store, place, writer, count)).toEqual({
    failures: [],
    pythonExitCode: 0,
    missingToPython: 0,
    found: 2 * count,
  })
})
