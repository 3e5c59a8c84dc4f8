import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canMount, SmallDisk } from '../../shared/jobs/testing/small-disk.ts'
import { hashcacheIn, jsonLines } from './testing/run.ts'

// What the command line says where its data folder is none that it can write to: what only looks goes on without it,
// everything else names the cause and what to do, and nothing hangs.

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
let work: string
let cache: string
let rules: string

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'hashcache-data-folder-'))
  cache = join(work, 'cache')
  cpSync(join(corpus, 'fs-class', 'cache'), cache, { recursive: true, preserveTimestamps: true })
  rules = join(work, 'rules.json')
  writeFileSync(rules, '{"maxAgeSeconds": 1000000000}')
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

const mounts = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-can-mount-'))
  try {
    return canMount(join(folder, 'disk'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})()

/** Commands that keep something in the data folder, or read there what must not be taken for nothing. */
const needing = (): string[][] => [
  ['evict', cache, '--query', 'func:energy', '--yes'],
  ['migrate', cache, `sqlite:${join(work, 'to.sqlite')}`],
  ['retention', cache, 'set', rules],
  ['jobs'],
  ['trash'],
]

async function expectTold(dataFolder: string, why: RegExp): Promise<void> {
  const listed = await hashcacheIn(dataFolder, 'ls', cache)
  expect(listed).toMatchObject({ code: 0, stderr: '' })
  for (const command of needing()) {
    const { code, stdout, stderr } = await hashcacheIn(dataFolder, ...command)
    expect({ command, code, stdout }).toEqual({ command, code: 2, stdout: '' })
    expect(stderr).toMatch(why)
    expect(stderr).toMatch(/choose another (?:data folder )?with HASHCACHE_DATA|then try again/)
  }
}

describe('a data folder', () => {
  it('that is a file', async () => {
    const file = join(work, 'a-file')
    writeFileSync(file, 'mine')
    await expectTold(file, /a-file is a file, and no folder/)
  })

  // Node goes round for ever where it is to make folders there.
  it.runIf(process.platform === 'linux')('in which the system makes no folders', async () => {
    await expectTold('/proc/self', /you have no permission to read and write \/proc\/self/)
  })

  it.runIf(mounts)('on a disk that may only be read', async () => {
    using disk = new SmallDisk(join(work, 'disk'), '16m')
    const { folder } = await withJob(disk)
    disk.setReadOnly(true)
    await expectTold(folder, /the disk of .*data.* is mounted for reading only/)
  })

  it.runIf(mounts)('on a disk that is full, until there is room again', async () => {
    using disk = new SmallDisk(join(work, 'disk'), '16m')
    const { folder, job } = await withJob(disk)
    disk.fill()
    await expectTold(folder, /the disk of .*data.* is full/)
    disk.free()
    expect(await hashcacheIn(folder, 'undo', job)).toMatchObject({ code: 0 })
  })
})

/** A data folder there, with a job that was run. */
async function withJob(disk: SmallDisk): Promise<{ folder: string; job: string }> {
  const folder = join(disk.path, 'data')
  const evicted = await hashcacheIn(folder, 'evict', cache, '--query', 'func:energy', '--yes', '--json')
  const [job] = jsonLines<{ id: string; outcomes: { done: number } }>(evicted.stdout)
  expect(job!.outcomes.done).toBeGreaterThan(0)
  return { folder, job: job!.id }
}
