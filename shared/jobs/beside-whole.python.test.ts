import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, resolveStore } from '../stores/registry.ts'
import { python } from '../testing/python.ts'
import type { Job } from './contract.ts'
import { planJob, runPlanned } from './jobs.ts'
import { contentOf, onAnotherDisk } from './testing/caches.ts'

// Their own programs read entries and store them anew while these are evicted and taken back. What they stored last stands
// there in the end, everything else is as it was, and they find all in order.

const count = 200
const program = fileURLToPath(new URL('./testing/many.py', import.meta.url))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-beside-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Python at work while `action` runs; then which entries it stored anew. */
async function besidePython(kind: string, cache: string, action: () => Promise<void>): Promise<number[]> {
  const child = spawn(python, [program, 'beside', kind, cache, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const exited = once(child, 'exit')
  while (!said.includes('ready') && child.exitCode === null)
    await Promise.race([once(child.stdout, 'data'), exited])
  await action()
  child.stdin.end('stop\n')
  const [code] = (await exited) as [number]
  expect(code).toBe(0)
  return JSON.parse(said.slice(said.indexOf('['))) as number[]
}

it.each([
  ['joblib', 'same'],
  ['joblib', 'another'],
  ['diskcache', 'another'],
])('%s: beside Python, with the trash on %s disk', async (kind, disk) => {
  const cache = join(folder, 'cache')
  const dataFolder = join(folder, 'data')
  const url = `${kind}:${cache}`
  const many = (action: string): unknown =>
    JSON.parse(execFileSync(python, [program, action, kind, cache, String(count)]).toString())
  const run = (job: Job): Promise<Job> =>
    runPlanned(job.id, {
      dataFolder,
      limits: { items: 10, bytes: 1 << 20 },
      open: async (location, how) => {
        const store = await openStore(location, how)
        return disk === 'another' ? onAnotherDisk(store) : store
      },
    })
  many('make')
  const before = await contentOf(url)
  const planned = await planJob(
    { kind: 'evict', store: await resolveStore(url), selection: { query: 'size>9000' } },
    { dataFolder },
  )
  let done: Job | undefined
  const anew = await besidePython(kind, cache, async () => {
    done = await run(planned)
  })
  expect(done).toMatchObject({ state: 'done', outcomes: { failed: 0 } })
  expect(done!.outcomes.done).toBeGreaterThan(30)
  expect(anew.length).toBeGreaterThan(0)
  const undone: Job[] = []
  const anewAgain = await besidePython(kind, cache, async () => {
    undone.push(await run(await planJob({ kind: 'undo', job: done!.id }, { dataFolder })))
  })
  expect(undone).toMatchObject([{ state: 'done', outcomes: { failed: 0 } }])
  expect(many('check')).toEqual({ wrong: [], there: count })
  const after = await contentOf(url)
  expect(Object.keys(after)).toHaveLength(count)
  const changed = Object.keys(before).filter((key) => after[key] !== before[key])
  expect(changed.length).toBeLessThanOrEqual(new Set([...anew, ...anewAgain]).size)
  await using store = await openStore(url)
  expect(await store.strays!(10)).toEqual([])
})
