import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import type { Store } from '../stores/contract.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import type { Job } from './contract.ts'
import { JobFile } from './job-file.ts'
import { planJob, runPlanned, type JobsOptions } from './jobs.ts'
import { listTrash } from './trash.ts'

let folder: string
let cache: string
let options: { dataFolder: string }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-strays-'))
  cache = join(folder, 'cache')
  options = { dataFolder: join(folder, 'data') }
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const keyOf = (name: string): string => createHash('sha1').update(name).digest('hex')
const hourMs = 3_600_000

/** A file of the cache; its age is that of a write long over, unless told. */
function put(path: string, text: string, ageMs = 2 * hourMs): string {
  const place = join(cache, path)
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, text)
  const seconds = (Date.now() - ageMs) / 1_000
  utimesSync(place, seconds, seconds)
  return place
}

/** Every file and link with its bytes and times. */
function contents(): Record<string, string> {
  const found = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return Object.fromEntries(
    found.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      const { mtimeNs, ino } = statSync(path, { bigint: true })
      return [path.slice(cache.length + 1), `${readFileSync(path, 'latin1')} ${mtimeNs} ${ino}`]
    }),
  )
}

const undo = async (job: Job): Promise<Job> =>
  runPlanned((await planJob({ kind: 'undo', job: job.id }, options)).id, options)

function itemsOf(job: Job): { path: string; state: string | undefined }[] {
  using file = JobFile.open(options.dataFolder, job.id)
  return file.items({ from: 0, to: 100 }).items.map(({ key, outcome }) => ({
    path: showKey(key),
    state: outcome?.state,
  }))
}

/** What is killed right after the renaming: nothing of it is in the journal. */
function killedAfter(method: 'setAside' | 'bringBack'): JobsOptions {
  return {
    ...options,
    open: async (location, how) => {
      const store = await openStore(location, how)
      const real = store[method]!.bind(store) as (...given: unknown[]) => Promise<unknown>
      const broken = async (...given: unknown[]): Promise<never> => {
        await real(...given)
        throw new AppError('REFUSED', 'killed')
      }
      return Object.assign(store, { [method]: broken }) as Store
    },
  }
}

describe.each([
  { kind: 'fs', suffix: '', value: '\u0080\u0004N.' },
  { kind: 'json', suffix: '.json', value: '{"a":1}' },
])('strays of a $kind cache', ({ kind, suffix, value }) => {
  const repair = async (): Promise<Job> =>
    planJob({ kind: 'repair', store: await resolveStore(`${kind}:${cache}`), findings: ['stray'] }, options)
  const name = (text: string): string => keyOf(text) + suffix
  const shardOf = (text: string): string => keyOf(text).slice(0, 2)
  const wrongShard = (text: string): string => (shardOf(text) === '00' ? '01' : '00')
  const good = (text: string): string => join(shardOf(text), name(text))
  let known: string[]
  let unknown: string[]

  beforeEach(() => {
    put(good('good'), value)
    known = [
      `.hashcache-0123456789abcdef-7.tmp`,
      `${shardOf('good')}/.hashcache-0123456789abcdef.tmp`,
      `${shardOf('good')}/${name('good')}.part`,
      name('top'),
      `${wrongShard('moved')}/${name('moved')}`,
      `résultats/${name('within')}`,
    ]
    for (const path of known) put(path, `of ${path}`)
    unknown = [
      'notes.txt',
      'run.lock',
      `${shardOf('good')}/draft.tmp`,
      'résultats/notes.txt',
      '.hashcache-mine.tmp',
    ]
    for (const path of unknown) put(path, 'mine')
    unknown.push('.hashcache-ffffffffffffffff.tmp')
    put('.hashcache-ffffffffffffffff.tmp', 'under way', hourMs / 2)
    mkdirSync(join(folder, 'outside'))
    writeFileSync(join(folder, 'outside', name('linked')), 'outside')
    symlinkSync(join(folder, 'outside'), join(cache, 'linked'))
    symlinkSync(join(folder, 'outside', name('linked')), join(cache, name('linked')))
  })

  it('go to the trash if they are of a known form, and come back as they were', async () => {
    const before = contents()
    const plan = await repair()
    const planned = itemsOf(plan).map(({ path }) => path.slice(2))
    expect(planned.toSorted()).toEqual(known.toSorted())
    expect(plan.plan!.warnings.join()).toContain('that are no entries stay')
    expect(contents()).toEqual(before)
    const done = await runPlanned(plan.id, options)
    const linked = `linked/${name('linked')}`
    expect(done).toMatchObject({ state: 'done', outcomes: { done: known.length } })
    expect(Object.keys(contents()).toSorted()).toEqual([good('good'), linked, ...unknown].toSorted())
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: known.length }])
    expect(await undo(done)).toMatchObject({ state: 'done', outcomes: { done: known.length } })
    expect(contents()).toEqual(before)
    expect(listTrash(options.dataFolder)).toEqual([])
  })

  it('are done once when a run, or its undo, is killed after the renaming', async () => {
    const before = contents()
    const { id } = await repair()
    expect(await runPlanned(id, killedAfter('setAside'))).toMatchObject({ state: 'stopped' })
    const done = await runPlanned(id, options)
    expect(done).toMatchObject({ state: 'done', outcomes: { done: known.length } })
    const back = await planJob({ kind: 'undo', job: id }, options)
    expect(await runPlanned(back.id, killedAfter('bringBack'))).toMatchObject({ state: 'stopped' })
    const undone = await runPlanned(back.id, options)
    expect(undone).toMatchObject({ state: 'done', outcomes: { done: known.length } })
    expect(contents()).toEqual(before)
  })

  it('stay if they were written since, and never come back over something else', async () => {
    const plan = await repair()
    const [rewritten, taken] = [known[1]!, known[2]!]
    put(rewritten, 'written again')
    const done = await runPlanned(plan.id, options)
    const { state } = itemsOf(done).find(({ path }) => path === `./${rewritten}`)!
    expect(state).toBe('changed')
    expect(readFileSync(join(cache, rewritten), 'utf8')).toBe('written again')
    put(taken, 'another')
    expect(await undo(done)).toMatchObject({ outcomes: { skipped: 1, done: known.length - 2 } })
    expect(readFileSync(join(cache, taken), 'utf8')).toBe('another')
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: 1 }])
  })

  it('go although their times were changed just now, unless somebody writes', async () => {
    const touch = (path: string): string => put(path, readFileSync(join(cache, path), 'utf8'))
    let isListed = false
    const open: JobsOptions['open'] = async (location, how) => {
      const store = await openStore(location, how)
      const list = store.strays!.bind(store)
      const lookUp = store.lookUp!.bind(store)
      return Object.assign(store, {
        strays: async (limit: number) => {
          known.map(touch)
          isListed = true
          return list(limit)
        },
        lookUp: async (...given: Parameters<typeof lookUp>) => {
          if (isListed) put(known[0]!, 'written again')
          isListed = false
          return lookUp(...given)
        },
      })
    }
    const store = await resolveStore(`${kind}:${cache}`)
    const plan = await planJob({ kind: 'repair', store, findings: ['stray'] }, { ...options, open })
    const planned = itemsOf(plan).map(({ path }) => path.slice(2))
    expect(planned.toSorted()).toEqual(known.slice(1).toSorted())
    expect(await runPlanned(plan.id, options)).toMatchObject({ outcomes: { done: known.length - 1 } })
  })

  it('are told to stay where the trash is on another disk', async () => {
    const open: JobsOptions['open'] = async (location, how) =>
      Object.assign(await openStore(location, how), { canSetAside: () => false })
    const store = await resolveStore(`${kind}:${cache}`)
    const plan = await planJob({ kind: 'repair', store, findings: ['stray'] }, { ...options, open })
    expect(itemsOf(plan)).toEqual([])
    expect(plan.plan!.warnings.join()).toContain('if the trash were on the disk of the cache')
    const before = contents()
    const job = await runPlanned((await repair()).id, { ...options, open })
    expect(job.outcomes.failed).toBe(known.length)
    expect(contents()).toEqual(before)
  })

  it('are no way to other files', async () => {
    await using store = await openStore(`${kind}:${cache}`, { write: true })
    mkdirSync(join(folder, 'aside'))
    put(`deep/er/${name('deep')}`, 'deep')
    writeFileSync(join(folder, name('above')), 'above')
    const before = contents()
    const paths = [
      `../${name('above')}`,
      `résultats/../${name('top')}`,
      `./${name('top')}`,
      `/${name('top')}`,
      `linked/${name('linked')}`,
      name('linked'),
      `deep/er/${name('deep')}`,
      `${shardOf('good')}/${name('good')}`,
      ...unknown.slice(0, -1),
      '',
    ]
    const keys = paths.map((path) => new TextEncoder().encode(`./${path}`))
    const outcomes = await store.setAside!(
      keys.map((key) => ({ key })),
      join(folder, 'aside'),
    )
    expect(outcomes.map((outcome) => outcome.done || outcome.reason)).toEqual(paths.map(() => 'ABSENT'))
    expect(await store.lookUp!(keys)).toEqual(paths.map(() => undefined))
    const back = await store.bringBack!(keys, join(folder, 'aside'))
    expect(back.map((outcome) => outcome.done || outcome.reason)).toEqual(paths.map(() => 'ABSENT'))
    expect(contents()).toEqual(before)
    expect(readdirSync(join(folder, 'aside'))).toEqual([])
  })
})
