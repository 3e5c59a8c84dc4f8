import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { showKey } from '../model/keys.ts'
import { openStore } from '../stores/registry.ts'
import { verifyStore, type Finding } from './verify.ts'

let folder: string
let cache: string
let dataFolder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-verify-'))
  cache = join(folder, 'cache')
  dataFolder = join(folder, 'data')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const keyOf = (name: string): string => createHash('sha1').update(name).digest('hex')

/** An entry of a cache of JSON files. */
function put(name: string, output: unknown, runAt: number): void {
  const key = keyOf(name)
  mkdirSync(join(cache, key.slice(0, 2)), { recursive: true })
  const call = { func: 'f', module: 'm', 'standardized-kwargs': { name }, 'run-at': runAt, elapsed_time: 2 }
  writeFileSync(join(cache, key.slice(0, 2), `${key}.json`), JSON.stringify({ ...call, output, hash: key }))
}

async function findings(options: { dataFolder?: string }): Promise<Finding[]> {
  await using store = await openStore(`json:${cache}`)
  const found: Finding[] = []
  for await (const finding of verifyStore(store, options)) found.push(finding)
  return found
}

describe('duplicates', () => {
  it('are told last, the newest of each output left out', async () => {
    put('old', { energy: 1 }, 10)
    put('new', { energy: 1 }, 30)
    put('mid', { energy: 1 }, 20)
    put('other', { energy: 2 }, 5)
    writeFileSync(join(cache, 'notes.txt'), 'mine')
    const found = await findings({ dataFolder })
    expect(found.map(({ finding }) => finding)).toEqual(['stray', 'duplicate', 'duplicate'])
    const keys = found.slice(1).map(({ key }) => showKey(key))
    expect(keys).toEqual([keyOf('old'), keyOf('mid')].toSorted())
    expect(found[1]!.bytes).toBeGreaterThan(0)
    expect((await findings({})).map(({ finding }) => finding)).toEqual(['stray'])
  })
})
