import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyText, parseKey } from '../../model/keys.ts'
import { python } from '../../testing/python.ts'
import type { WriteOperation } from '../contract.ts'
import { openStore } from '../registry.ts'

// We and a Python process write into the same cache at the same time, each entries of its own;
// then each side finds all of both, and nobody had an error.

const count = process.env.HASHCACHE_QUICK === '1' ? 1000 : 10_000
const batch = 100

const script = `
import hashlib, joblib, os, sys

def write(place, key, value):
    folder = os.path.join(place, key[:2])
    os.makedirs(folder, exist_ok=True)
    joblib.dump(value, os.path.join(folder, key))

def read(place, key):
    return joblib.load(os.path.join(place, key[:2], key))

place, count = sys.argv[1], int(sys.argv[2])
def key(who, i):
    return hashlib.sha1(('%s %d' % (who, i)).encode()).hexdigest()
print('ready', flush=True)
for i in range(count):
    write(place, key('python', i), i)
print('written', flush=True)
sys.stdin.read()
missing = [i for who in ('python', 'ours') for i in range(count) if read(place, key(who, i)) != i]
print('missing', len(missing), flush=True)
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hashcache-writers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const keyOf = (who: string, index: number): Uint8Array =>
  parseKey(createHash('sha1').update(`${who} ${index}`).digest('hex'))

/** An int as a pickle of protocol 2: PROTO 2, BININT, STOP. */
function pickledInteger(value: number): Uint8Array {
  const bytes = Uint8Array.of(0x80, 2, 0x4a, 0, 0, 0, 0, 0x2e)
  new DataView(bytes.buffer).setInt32(3, value, true)
  return bytes
}

describe('a folder written by Python and us at once', () => {
  it(`loses none of ${count} entries of each side`, async () => {
    const place = path.join(folder, 'cache')
    await using store = await openStore(`fs:${place}`, { write: true })
    const child = spawn(python, ['-c', script, place, String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    const exited = once(child, 'exit')
    while (!said.includes('ready')) await once(child.stdout, 'data')

    const failures: string[] = []
    for (let from = 0; from < count; from += batch) {
      const operations: WriteOperation[] = []
      for (let i = from; i < Math.min(from + batch, count); i++) {
        operations.push({ kind: 'put', key: keyOf('ours', i), value: pickledInteger(i), expect: 'absent' })
      }
      for (const outcome of await store.apply(operations)) if (!outcome.done) failures.push(outcome.sentence)
    }
    expect(failures).toEqual([])

    while (!said.includes('written') && child.exitCode === null) await once(child.stdout, 'data')
    child.stdin.end()
    expect((await exited)[0]).toBe(0)
    expect(said).toContain('missing 0')

    const found = new Set<string>()
    for await (const entries of store.entries()) for (const { key } of entries) found.add(keyText(key)!)
    expect(found.size).toBe(2 * count)
  })
})
