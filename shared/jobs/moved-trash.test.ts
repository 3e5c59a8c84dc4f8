import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveStore, openStore } from '../stores/registry.ts'
import type { Job } from './contract.ts'
import { planJob, runPlanned, type JobsOptions } from './jobs.ts'
import { onAnotherDisk } from './testing/caches.ts'
import { canMount } from './testing/small-disk.ts'
import { listTrash } from './trash.ts'

// Files are renamed into a trash on their disk. When it is undone that trash may lie on another one, or it is another mount
// of the same one (as in containers), between which nothing can be renamed.

const count = 6
const scratch = mkdtempSync(join(tmpdir(), 'hashcache-can-mount-'))
const mounts = canMount(join(scratch, 'disk'))
rmSync(scratch, { recursive: true, force: true })

let folder: string
let cache: string
let options: JobsOptions
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-moved-'))
  cache = join(folder, 'cache')
  options = { dataFolder: join(folder, 'data') }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pathsOf = {
  fs: (i: number) => [`${i}0/${`${i}0`.repeat(20)}`],
  joblib: (i: number) =>
    ['output.pkl', 'metadata.json'].map((name) => `mod/f/${String(i).repeat(32)}/${name}`),
}

/** Long enough ago for a stamp that holds. */
function fill(kind: keyof typeof pathsOf): void {
  for (let i = 0; i < count; i++)
    for (const path of pathsOf[kind](i)) {
      const place = join(cache, path)
      mkdirSync(join(place, '..'), { recursive: true })
      writeFileSync(place, path.endsWith('json') ? '{}' : `\u0080\u0004K${i}.`, 'latin1')
      utimesSync(place, 1_600_000_000.25, 1_650_000_000.5)
    }
}

function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .toSorted()
    .map((name) => `${name} ${statSync(join(path, name)).mtimeMs} ${readFileSync(join(path, name), 'hex')}`)
}

const evict = async (url: string): Promise<Job> => {
  await new Promise((resolve) => setTimeout(resolve, 30))
  return runPlanned(
    (await planJob({ kind: 'evict', store: await resolveStore(url), selection: {} }, options)).id,
    options,
  )
}

describe.each(['fs', 'joblib'] as const)('entries of %s', (kind) => {
  it('come back from a trash that lies on another disk now, unless they were written since', async () => {
    fill(kind)
    const before = filesOf(cache)
    const job = await evict(`${kind}:${cache}`)
    expect(job).toMatchObject({ state: 'done', outcomes: { done: count } })
    const isRenamed = readdirSync(join(options.dataFolder, 'trash', job.id, 'files')).length > 0
    expect([filesOf(cache), isRenamed]).toEqual([[], true])

    const place = join(cache, pathsOf[kind](2)[0]!)
    mkdirSync(join(place, '..'), { recursive: true })
    writeFileSync(place, 'new')
    const moved: JobsOptions = {
      ...options,
      open: async (location, how) => onAnotherDisk(await openStore(location, how)),
    }
    const undo = await planJob({ kind: 'undo', job: job.id }, options)
    expect(await runPlanned(undo.id, moved)).toMatchObject({ outcomes: { done: count - 1, skipped: 1 } })
    expect(readFileSync(place, 'utf8')).toBe('new')
    rmSync(place)
    const rest = await planJob({ kind: 'undo', job: job.id }, options)
    expect(await runPlanned(rest.id, moved)).toMatchObject({ outcomes: { done: 1, skipped: 0 } })
    expect(filesOf(cache)).toEqual(before)
    expect(listTrash(options.dataFolder)).toEqual([])
  })

  it.runIf(mounts)('are copied into a trash on another mount of their disk', async () => {
    fill(kind)
    const before = filesOf(cache)
    mkdirSync(join(folder, 'place'))
    mkdirSync(options.dataFolder)
    execFileSync('mount', ['--bind', join(folder, 'place'), options.dataFolder])
    try {
      const job = await evict(`${kind}:${cache}`)
      expect(job).toMatchObject({ state: 'done', outcomes: { done: count } })
      const undo = await planJob({ kind: 'undo', job: job.id }, options)
      expect(await runPlanned(undo.id, options)).toMatchObject({ outcomes: { done: count } })
      expect(filesOf(cache)).toEqual(before)
    } finally {
      execFileSync('umount', ['--lazy', options.dataFolder])
    }
  })
})
