import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { python } from '../testing/python.ts'
import { startRedis, type TestServer } from '../testing/redis.ts'
import { backendAt } from './backends.ts'
import { hashcache } from './hashcache.ts'

// What the memoizer stores, the loaders of the original articles find: each is what a Python
// program does with a hash, `loader(hash) -> (success, output)`, here printed as JSON.

const loaders: Record<string, string> = {
  fs: `
import joblib
def loader(place, hsh):
    path = os.path.join(place, hsh[:2], hsh)
    return (True, joblib.load(path)) if os.path.exists(path) else (False, None)
`,
  json: `
def loader(place, hsh):
    path = os.path.join(place, hsh[:2], hsh + '.json')
    return (True, json.load(open(path))) if os.path.exists(path) else (False, None)
`,
  lmdb: `
import lmdb, joblib
def loader(place, hsh):
    with lmdb.open(place) as db:
        with db.begin() as txn:
            value = txn.get(hsh.encode('utf-8'))
            return (False, None) if value is None else (True, joblib.load(io.BytesIO(value)))
`,
  sqlite: `
import sqlite3, joblib
def loader(place, hsh):
    row = sqlite3.connect(place).execute('SELECT value FROM cache WHERE hash = ?', (hsh,)).fetchone()
    return (False, None) if row is None else (True, joblib.load(io.BytesIO(row[0])))
`,
  redis: `
import redis, joblib
def loader(place, hsh):
    value = redis.Redis(port=int(place)).get(hsh)
    return (False, None) if value is None else (True, joblib.load(io.BytesIO(value)))
`,
  'shelve dumb': `
import dbm.dumb, shelve, joblib
def loader(place, hsh):
    with shelve.Shelf(dbm.dumb.open(place)) as db:
        return (True, joblib.load(io.BytesIO(db[hsh]))) if hsh in db else (False, None)
`,
  'shelve gnu': `
import dbm.gnu, shelve, joblib
def loader(place, hsh):
    with shelve.Shelf(dbm.gnu.open(place)) as db:
        return (True, joblib.load(io.BytesIO(db[hsh]))) if hsh in db else (False, None)
`,
}

const script = (loader: string): string => `
import io, json, os, sys
${loader}
success, record = loader(sys.argv[1], sys.argv[2])
output = record and record['output']
print(json.dumps({
    'success': success,
    'energy': output and output['energy'],
    'forces': output and list(output['forces']),
    'steps': output and list(output['steps']),
    'func': record and record['func'],
    'arguments': record and record['standardized-kwargs'],
    'args': record and list(record['args']),
}))
`

const places: Record<string, (folder: string) => { url: string; place: string }> = {
  fs: (folder) => ({ url: `fs:${folder}/cache`, place: `${folder}/cache` }),
  json: (folder) => ({ url: `json:${folder}/reports`, place: `${folder}/reports` }),
  lmdb: (folder) => ({ url: `lmdb:${folder}/cache.lmdb`, place: `${folder}/cache.lmdb` }),
  sqlite: (folder) => ({ url: `sqlite:${folder}/cache.sql`, place: `${folder}/cache.sql` }),
  redis: () => ({ url: `redis://127.0.0.1:${server.port}/0`, place: String(server.port) }),
  'shelve dumb': (folder) => ({
    url: `shelve:${folder}/cache.shlv?format=dumb`,
    place: `${folder}/cache.shlv`,
  }),
  'shelve gnu': (folder) => ({ url: `shelve:${folder}/gnu.shlv?format=gnu`, place: `${folder}/gnu.shlv` }),
}

let folder: string
let server: TestServer
beforeAll(async () => {
  server = await startRedis()
  folder = mkdtempSync(path.join(tmpdir(), 'hashcache-backends-'))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(Object.keys(places))('memoized into %s', (name) => {
  it('is found by the Python loader of that backend, with equal values', async () => {
    const { url, place } = places[name]!(folder)
    const backend = backendAt(url)
    let runs = 0
    const relax = hashcache(
      async function relax(element: string, cutoff: number = 400) {
        runs++
        return {
          energy: -3.72 * cutoff,
          forces: new Float64Array([0.1, -0.2, element.length]),
          steps: new Set([14]),
        }
      },
      { backend },
    )
    const first = await relax('Cu', 500)
    const again = await relax('Cu', 500)
    expect(again.energy).toBe(first.energy)
    expect([...again.forces]).toEqual([...first.forces])
    expect([...again.steps]).toEqual([14])
    expect(runs).toBe(1)
    await backend.close()
    const run = (key: string): unknown =>
      JSON.parse(execFileSync(python, ['-c', script(loaders[name]!), place, key], { encoding: 'utf8' }))
    expect(run(relax.keyOf('Cu', 500))).toEqual({
      success: true,
      energy: -1860,
      forces: [0.1, -0.2, 2],
      steps: [14],
      func: 'relax',
      arguments: { element: 'Cu', cutoff: 500 },
      args: ['Cu', 500],
    })
    expect(run('0'.repeat(40))).toMatchObject({ success: false })
  })
})
