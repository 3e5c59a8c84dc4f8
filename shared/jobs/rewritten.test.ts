import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../model/errors.ts'
import { parseKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import type { Job } from './contract.ts'
import { planJob, runPlanned, type JobsOptions } from './jobs.ts'
import { contentOf } from './testing/caches.ts'
import { listTrash } from './trash.ts'
import { sha256Of } from './trash-bin.ts'

// An eviction is killed when it has taken its entries out of the cache and has not said so yet. Before it is resumed,
// another program computes some of them again. What was taken stays in the trash, is counted, and can be brought back.

const count = 24
const rewritten = 5
let folder: string
let options: { dataFolder: string }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-rewritten-'))
  options = { dataFolder: join(folder, 'data') }
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const key = (i: number): Uint8Array => parseKey(sha256Of(Buffer.from(String(i))).slice(0, 40))
const pickle = (text: string): Uint8Array =>
  Buffer.from(`\u0080\u0004\u008c${String.fromCharCode(text.length)}${text}.`, 'latin1')

async function write(url: string, text: string, entries: number): Promise<void> {
  await using store = await openStore(url, { write: true })
  const outcomes = await store.apply(
    Array.from({ length: entries }, (_, i) => ({ kind: 'put', key: key(i), value: pickle(`${text} ${i}`) })),
  )
  expect(outcomes.every(({ done }) => done)).toBe(true)
}

async function clear(url: string, entries: number): Promise<void> {
  await using store = await openStore(url, { write: true })
  await store.apply(Array.from({ length: entries }, (_, i) => ({ kind: 'delete', key: key(i) })))
}

/** Of files renaming takes them, of all others the deletion. */
const takingWith = { fs: 'setAside', json: 'setAside', sqlite: 'apply', lmdb: 'apply' } as const

function killedAfterTaking(kind: keyof typeof takingWith): JobsOptions {
  const method = takingWith[kind]
  return {
    ...options,
    open: async (location, how) => {
      const store = await openStore(location, how)
      const real = store[method]!.bind(store) as (...given: unknown[]) => Promise<unknown>
      const killed = async (...given: unknown[]): Promise<never> => {
        await real(...given)
        throw new AppError('INTERNAL', 'killed')
      }
      return Object.assign(store, { [method]: killed })
    },
  }
}

const undo = async (job: Job): Promise<Job> =>
  runPlanned((await planJob({ kind: 'undo', job: job.id }, options)).id, options)

describe.each(['fs', 'json', 'sqlite', 'lmdb'] as const)('an eviction of %s that is killed', (kind) => {
  it('keeps what it took, also where another program wrote the key again before it is resumed', async () => {
    const url = `${kind}:${join(folder, 'cache')}`
    await write(url, 'old', count)
    const old = await contentOf(url)
    // Files that were written just now have no stamp that holds, and are copied and not renamed.
    await new Promise((resolve) => setTimeout(resolve, 30))
    const planned = await planJob({ kind: 'evict', store: await resolveStore(url), selection: {} }, options)
    expect(await runPlanned(planned.id, killedAfterTaking(kind))).toMatchObject({ state: 'stopped' })
    expect(await contentOf(url)).toEqual({})
    await write(url, 'computed again', rewritten)
    const again = await contentOf(url)

    const job = await runPlanned(planned.id, options)
    expect(job).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0, changed: 0 } })
    expect(await contentOf(url)).toEqual(again)
    const [bin] = listTrash(options.dataFolder)
    expect(bin).toMatchObject({ entries: count, bytes: planned.planned.bytes })
    const renamed = takingWith[kind] === 'setAside' ? [count, bin!.bytes] : [0, 0]
    expect(sizesIn(bin!.job)).toEqual(renamed)

    expect(await undo(job)).toMatchObject({ outcomes: { done: count - rewritten, skipped: rewritten } })
    expect(await contentOf(url)).toEqual({ ...old, ...again })
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: rewritten }])
    await clear(url, rewritten)
    expect(await undo(job)).toMatchObject({ outcomes: { done: rewritten, skipped: 0 } })
    expect(await contentOf(url)).toEqual(old)
    expect(listTrash(options.dataFolder)).toEqual([])
  })
})

/** How many files the bin of a job has, and their bytes. */
function sizesIn(job: string): [number, number] {
  const files = join(options.dataFolder, 'trash', job, 'files')
  const names = existsSync(files) ? readdirSync(files) : []
  return [names.length, names.reduce((sum, name) => sum + statSync(join(files, name)).size, 0)]
}
