import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Policy } from '../shared/jobs/contract.ts'
import { planJob, runPlanned } from '../shared/jobs/jobs.ts'
import { judge } from '../shared/jobs/policy.ts'
import type { Candidate } from '../shared/jobs/select.ts'
import { resolveStore } from '../shared/stores/registry.ts'
import { perSecond } from './figures.ts'
import type { BenchContext } from './run.ts'

const orders = ['value', 'least-recently-used', 'largest', 'oldest'] as const
const nowSeconds = 1_780_000_000
const freed = [0.1, 0.25, 0.5]

/**
 * What is lost to free the same bytes, by the order in which entries go; and how fast a hundred thousand files go into
 * the trash and come back.
 */
export async function benchEvict(context: BenchContext): Promise<void> {
  benchOrders(context)
  await benchTrash(context)
}

/**
 * The workload: 50,000 results of four kinds of functions. Sizes and times are log-normal and hardly depend on each
 * other, as in caches of real projects: relaxations (10 min, 20 kB), traces (1 min, 2 MB), plots (5 s, 500 kB), lookups
 * (0.1 s, 1 kB). Each was last read some days ago, exponentially distributed with a mean of 120 days.
 */
function workload(): { entries: Candidate[]; readMs: Map<string, number> } {
  const random = generator(7)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const kinds = [
    { func: 'relax', seconds: 600, bytes: 20e3, share: 0.3 },
    { func: 'trace', seconds: 60, bytes: 2e6, share: 0.2 },
    { func: 'plot', seconds: 5, bytes: 500e3, share: 0.2 },
    { func: 'lookup', seconds: 0.1, bytes: 1e3, share: 0.3 },
  ]
  const entries: Candidate[] = []
  const readMs = new Map<string, number>()
  for (let i = 0; i < 50_000; i++) {
    let rest = random()
    const kind = kinds.find(({ share }) => (rest -= share) < 0) ?? kinds[0]!
    const key = createHash('sha1').update(String(i)).digest('hex')
    const ageDays = -120 * Math.log(1 - random())
    readMs.set(key, (nowSeconds - ageDays * 86_400) * 1_000)
    entries.push({
      key: new Uint8Array(0),
      row: {
        key,
        kind: 'call',
        status: 'ok',
        func: kind.func,
        sizeBytes: Math.round(kind.bytes * Math.exp(normal())),
        elapsedSeconds: kind.seconds * Math.exp(1.5 * normal()),
        runAtSeconds: nowSeconds - ageDays * 86_400 - random() * 1e7,
      },
    })
  }
  return { entries, readMs }
}

function benchOrders(context: BenchContext): void {
  const { entries, readMs } = workload()
  const sum = (of: readonly Candidate[], value: (row: Candidate['row']) => number): number =>
    of.reduce((total, { row }) => total + value(row), 0)
  const bytes = sum(entries, ({ sizeBytes = 0 }) => sizeBytes)
  context.print(`compute hours lost, of ${sum(entries, hours).toFixed(0)} in ${(bytes / 1e9).toFixed(0)} GB`)
  for (const part of freed) {
    const lost = orders.map((order) => {
      const policy: Policy = { maxBytes: bytes * (1 - part), order }
      const gone = judge(entries, policy, {
        superseded: new Set(),
        duplicates: new Set(),
        isProtected: () => false,
        lastReadMs: (key) => readMs.get(key),
        nowSeconds,
      })
      return `${order} ${sum(gone, hours).toFixed(0)}`
    })
    context.print(`  ${(part * 100).toFixed(0).padStart(3)} % freed:  ${lost.join(', ')}`)
  }
}

function hours({ elapsedSeconds = 0 }: Candidate['row']): number {
  return elapsedSeconds / 3_600
}

async function benchTrash(context: BenchContext): Promise<void> {
  const entries = 100_000
  const cache = path.join(context.folder, 'evict', 'cache')
  for (let i = 0; i < 256; i++)
    mkdirSync(path.join(cache, i.toString(16).padStart(2, '0')), { recursive: true })
  const value = Buffer.concat([Buffer.from([0x80, 4, 0x8c, 200]), Buffer.alloc(200, 'x'), Buffer.from('.')])
  for (let i = 0; i < entries; i++) {
    const name = createHash('sha1').update(String(i)).digest('hex')
    writeFileSync(path.join(cache, name.slice(0, 2), name), value)
  }
  const options = { dataFolder: path.join(context.folder, 'evict', 'data') }
  const steps: [string, number][] = []
  const timed = async <Result>(name: string, action: () => Promise<Result>): Promise<Result> => {
    const started = performance.now()
    const result = await action()
    steps.push([name, (performance.now() - started) / 1_000])
    return result
  }
  const store = await resolveStore(`fs:${cache}`)
  const planned = await timed('index and plan', () =>
    planJob({ kind: 'evict', store, selection: {} }, options),
  )
  const done = await timed('into the trash', () => runPlanned(planned.id, options))
  if (done.outcomes.done !== entries) throw new Error(`${done.outcomes.done} entries were evicted`)
  const undo = await timed('plan of the undo', () => planJob({ kind: 'undo', job: planned.id }, options))
  const undone = await timed('back', () => runPlanned(undo.id, options))
  if (undone.outcomes.done !== entries) throw new Error(`${undone.outcomes.done} entries came back`)
  context.print(`${entries.toLocaleString('en')} files into the trash and back`)
  for (const [name, seconds] of steps) context.print(`  ${name.padEnd(18)}  ${perSecond(entries, seconds)}`)
}

/** Park and Miller's generator: the workload is the same in every run. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
