import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseKey, showKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import type { Job } from './contract.ts'
import { JobFile } from './job-file.ts'
import { planJob, runPlanned } from './jobs.ts'
import { contentOf } from './testing/caches.ts'
import { noModes, withModes } from './testing/withheld.ts'
import { listTrash } from './trash.ts'
import { sha256Of } from './trash-bin.ts'

// Files and folders lose their permissions in the middle of jobs, under a process that these bind. A job stops where
// nothing more can be written or read, or tells of single entries; it names the file, and goes on when it is mended.

const count = 120
const runner = fileURLToPath(new URL('testing/run-held.ts', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'hashcache-modes-'))
const why = noModes(join(scratch, 'file'))
rmSync(scratch, { recursive: true, force: true })

let folder: string
let options: { dataFolder: string }

beforeEach(({ skip }) => {
  if (why !== undefined) skip(why)
  folder = mkdtempSync(join(tmpdir(), 'hashcache-permissions-'))
  options = { dataFolder: join(folder, 'data') }
})
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwX', folder])
  rmSync(folder, { recursive: true, force: true })
})

const keys = Array.from({ length: count }, (_, i) => sha256Of(Buffer.from(String(i))).slice(0, 40)).toSorted()

async function fill(url: string): Promise<Record<string, string>> {
  await using store = await openStore(url, { write: true })
  const outcomes = await store.apply(
    keys.map((key, i) => {
      const body = Buffer.alloc(2_000 + (i % 7) * 500, `${key} `)
      const header = Buffer.from([0x80, 4, 0x42, body.length & 255, body.length >> 8, 0, 0])
      const value = Buffer.concat([header, body, Buffer.from('.')])
      return { kind: 'put', key: parseKey(key), value }
    }),
  )
  expect(outcomes.every(({ done }) => done)).toBe(true)
  return contentOf(url)
}

type Ran = Pick<Job, 'state' | 'outcomes'> & {
  readonly problem?: { readonly code: string; readonly sentence?: string; readonly message?: string }
}

/** Runs what is left of a job; after its first batch that changes something, `between` does. */
async function run({ id }: Job, between?: (runner: number) => void): Promise<Ran> {
  const [file, parameters] = withModes(process.execPath, runner, options.dataFolder, id)
  const child = spawn(file, parameters, { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (text.startsWith('held')) {
      between?.(child.pid!)
      child.stdin.write('go on\n')
    }
  })
  await new Promise((resolve) => child.once('close', resolve))
  return JSON.parse(said.replace('held\n', '')) as Ran
}

/** It stopped, or could not begin, for want of a permission of that path or one in it. */
function expectClosed(ran: Ran, path: string): void {
  expect(ran.problem).toMatchObject({ code: 'REFUSED' })
  const told = ran.problem!.sentence ?? ran.problem!.message
  expect(told).toContain(path)
  expect(told).toContain('permission')
  if (ran.state === undefined) return
  expect(ran).toMatchObject({ state: 'stopped', outcomes: { failed: 0, changed: 0, skipped: 0 } })
  expect(told).toContain('resume')
}

const chmod = (path: string, mode: string): void => void execFileSync('chmod', ['-R', mode, path])

/** Closed, it stops at every try; opened again it comes to its end. */
async function expectStopped(
  job: Job,
  path: string,
  close: () => void,
  open = (): void => chmod(path, 'u+rwX'),
): Promise<Job> {
  expectClosed(await run(job, close), path)
  expectClosed(await run(job), path)
  open()
  const done = await runPlanned(job.id, options)
  expect(done).toMatchObject({ state: 'done', outcomes: { failed: 0, changed: 0, skipped: 0 } })
  return done
}

async function migrate(from: string, to: string): Promise<Job> {
  return planJob(
    {
      kind: 'migrate',
      from: await resolveStore(from),
      to: await resolveStore(to),
      selection: {},
      onConflict: 'fail',
    },
    options,
  )
}

const evict = async (url: string): Promise<Job> =>
  planJob({ kind: 'evict', store: await resolveStore(url), selection: {} }, options)

async function expectUndone({ id }: Job): Promise<void> {
  const undo = await planJob({ kind: 'undo', job: id }, options)
  expect(await runPlanned(undo.id, options)).toMatchObject({ state: 'done', outcomes: { done: count } })
}

const fsUrl = (): string => `fs:${join(folder, 'from')}`

describe.each([
  ['fs', 'fs:', 'cache'],
  ['sqlite', 'sqlite:', 'cache.sqlite'],
  ['archive', 'archive:', 'cache.hashcache'],
  ['shelve gnu', 'shelve:', 'cache?format=gnu'],
  ['shelve dumb', 'shelve:', 'cache?format=dumb'],
  ['shelve sqlite3', 'shelve:', 'cache?format=sqlite3'],
])('a target of kind %s that is closed in the middle', (_kind, scheme, name) => {
  it('stops a migration', async () => {
    const before = await fill(fsUrl())
    const at = join(folder, 'to')
    mkdirSync(at)
    const done = await expectStopped(await migrate(fsUrl(), `${scheme}${at}/${name}`), at, () =>
      chmod(at, 'a-w'),
    )
    expect(done.outcomes.done).toBe(count)
    expect(await contentOf(fsUrl())).toEqual(before)
    await expectUndone(done)
  })
})

describe('an LMDB that is closed in the middle', () => {
  it('is written by the process that has it open, and stops when another is to open it', async () => {
    const before = await fill(fsUrl())
    const at = join(folder, 'to')
    mkdirSync(at)
    const job = await migrate(fsUrl(), `lmdb:${at}/cache.lmdb`)
    const stopped = await run(job, (pid) => {
      chmod(at, 'a-w')
      const writers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').match(/\d+/g)!
      for (const writer of writers) process.kill(Number(writer), 'SIGKILL')
    })
    expect(stopped).toMatchObject({ state: 'stopped', outcomes: { failed: 0 } })
    expectClosed(await run(job), at)
    chmod(at, 'u+w')
    expect(await runPlanned(job.id, options)).toMatchObject({ state: 'done', outcomes: { done: count } })
    expect(await contentOf(`lmdb:${at}/cache.lmdb`)).toEqual(before)
  })
})

describe.each([
  ['fs', 'fs:', 'cache', 'd'],
  ['sqlite', 'sqlite:', 'cache.sqlite', 'f'],
])('an eviction from %s', (_kind, scheme, name, closed) => {
  it('stops where its cache is closed in the middle, and loses nothing', async () => {
    const at = join(folder, 'place')
    mkdirSync(at)
    const url = `${scheme}${at}/${name}`
    const before = await fill(url)
    // Files that are changed themselves, be it their mode, stay: they are not those of the plan any more.
    const change = (mode: string): void =>
      void execFileSync('find', [at, '-type', closed, '-exec', 'chmod', mode, '{}', '+'])
    const done = await expectStopped(
      await evict(url),
      at,
      () => change('a-w'),
      () => change('u+w'),
    )
    expect(await contentOf(url)).toEqual({})
    await expectUndone(done)
    expect(await contentOf(url)).toEqual(before)
  })
})

describe('a trash that is closed', () => {
  const trash = (): string => join(options.dataFolder, 'trash')

  it('in the middle stops an eviction that renames files into it', async () => {
    const before = await fill(fsUrl())
    const done = await expectStopped(await evict(fsUrl()), trash(), () => chmod(trash(), 'a-w'))
    expect(await contentOf(fsUrl())).toEqual({})
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: count }])
    await expectUndone(done)
    expect(await contentOf(fsUrl())).toEqual(before)
  })

  it('stops an eviction that copies values into it, before anything is deleted', async () => {
    const url = `sqlite:${join(folder, 'cache.sqlite')}`
    const before = await fill(url)
    const job = await evict(url)
    mkdirSync(trash(), { mode: 0o500 })
    expectClosed(await run(job), trash())
    expect(await contentOf(url)).toEqual(before)
    chmod(trash(), 'u+w')
    expect(await runPlanned(job.id, options)).toMatchObject({ state: 'done', outcomes: { done: count } })
    await expectUndone(job)
    expect(await contentOf(url)).toEqual(before)
  })
})

describe('what may not be looked at is not gone', () => {
  /** What a program says that modes bind. */
  const said = (program: string): string => {
    const [file, parameters] = withModes(process.execPath, '--input-type=module', '-e', program)
    return execFileSync(file, parameters).toString()
  }
  const listed = (name: 'listTrash' | 'listJobs', from: string): string =>
    said(`const { ${name} } = await import(${JSON.stringify(new URL(from, import.meta.url))})
      try { console.log(${name}(${JSON.stringify(options.dataFolder)}).length) } catch (e) { console.log(e.code, e.message) }`)

  it.each(['fs', 'sqlite'])(
    'in the trash: an undo of %s stops, and brings all back when it may',
    async (kind) => {
      const url = `${kind}:${join(folder, 'cache')}`
      const before = await fill(url)
      const job = await runPlanned((await evict(url)).id, options)
      const undo = await planJob({ kind: 'undo', job: job.id }, options)
      const bin = join(options.dataFolder, 'trash', job.id)
      const closed = kind === 'fs' ? join(bin, 'files') : bin
      chmodSync(closed, 0)
      expectClosed(await run(undo), closed)
      chmodSync(closed, 0o700)
      expect(await runPlanned(undo.id, options)).toMatchObject({ state: 'done', outcomes: { done: count } })
      expect(await contentOf(url)).toEqual(before)
      expect(listTrash(options.dataFolder)).toEqual([])
    },
  )

  it('in the data folder: neither the trash nor the history is said to be empty', async () => {
    const url = `sqlite:${join(folder, 'cache')}`
    await fill(url)
    await runPlanned((await evict(url)).id, options)
    expect(listed('listTrash', './trash.ts').trim()).toBe('1')
    expect(listed('listJobs', './job-file.ts').trim()).toBe('1')
    for (const [name, from, part] of [
      ['listTrash', './trash.ts', 'trash'],
      ['listJobs', './job-file.ts', 'jobs'],
    ] as const) {
      const at = join(options.dataFolder, part)
      chmodSync(at, 0)
      expect(listed(name, from)).toMatch(/^REFUSED .*no permission/)
      chmodSync(at, 0o700)
    }
  })
})

describe('the source of a migration', () => {
  it('has files that may not be read: they are told, and the others go on', async () => {
    const before = await fill(fsUrl())
    const to = `sqlite:${join(folder, 'to.sqlite')}`
    const closed = keys.slice(-3)
    const paths = closed.map((key) => join(folder, 'from', key.slice(0, 2), key))
    const job = await migrate(fsUrl(), to)
    const ran = await run(job, () => {
      for (const path of paths) chmodSync(path, 0)
    })
    expect(ran).toMatchObject({ state: 'done', outcomes: { done: count - 3, failed: 3 } })
    {
      using file = JobFile.open(options.dataFolder, job.id)
      const failed = [...file.outcomes('failed')]
      expect(failed.map(({ key }) => showKey(key)).toSorted()).toEqual(closed)
      for (const { key, outcome } of failed) {
        expect(outcome!.reason).toContain(join(folder, 'from', showKey(key).slice(0, 2), showKey(key)))
        expect(outcome!.reason).toContain('permission')
      }
    }
    for (const path of paths) chmodSync(path, 0o600)
    // Asked for again, the rest is written.
    const rest = await migrate(fsUrl(), to)
    expect(rest.planned.entries).toBe(3)
    expect(await runPlanned(rest.id, options)).toMatchObject({ state: 'done', outcomes: { done: 3 } })
    expect(await contentOf(to)).toEqual(before)
  })

  it.each([
    ['fs', 'fs:', 'cache'],
    ['sqlite', 'sqlite:', 'cache.sqlite'],
  ])('that may not be read as a whole (%s) stops it', async (_kind, scheme, name) => {
    const at = join(folder, 'place')
    mkdirSync(at)
    const url = `${scheme}${at}/${name}`
    const before = await fill(url)
    const to = `sqlite:${join(folder, 'to.sqlite')}`
    const done = await expectStopped(await migrate(url, to), at, () => chmod(at, '0'))
    expect(done.outcomes.done).toBe(count)
    expect(await contentOf(to)).toEqual(before)
  })
})
