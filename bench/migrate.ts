import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import path from 'node:path'
import { planJob, runPlanned } from '../shared/jobs/jobs.ts'
import { resolveStore } from '../shared/stores/registry.ts'
import { python } from '../shared/testing/python.ts'
import { startRedis, type TestServer } from '../shared/testing/redis.ts'
import { median } from './figures.ts'
import type { BenchContext } from './run.ts'

interface Workload {
  readonly entries: number
  /** Of the array beside the arguments; a record has some 650 bytes more. */
  readonly arrayBytes: number
}
const workloads: readonly Workload[] = [
  { entries: 20_000, arrayBytes: 2_048 },
  { entries: 1_000, arrayBytes: 65_536 },
]
/** Of Linux's process accounting (`sysconf(_SC_CLK_TCK)`). */
const ticksPerSecond = 100

type Kind = 'fs' | 'lmdb' | 'sqlite' | 'redis'
const directions: readonly (readonly [Kind, Kind])[] = [
  ['fs', 'lmdb'],
  ['lmdb', 'sqlite'],
  ['sqlite', 'redis'],
  ['redis', 'fs'],
]
/**
 * Python's ways, and in how many rounds each is measured. A loop that forces every entry to the disk takes minutes: it is
 * stopped after a while, and what it did is scaled up to all entries.
 */
const ways = { loop: 1, copy: 1, batched: 3 } as const
const loopSeconds = 20
const ourRounds = 3

interface Took {
  readonly seconds: number
  readonly processorSeconds: number
  /** How many entries were really moved, where the times are scaled up from them. */
  readonly scaledFrom?: number
}

/**
 * A migration beside Python: the loop of the articles, the same loop that keeps its connections and copies bytes,
 * and reading everything and putting it in large transactions. Ours plans, keeps a journal, and reads back and compares
 * every value; the others do not. What a Redis server takes itself is in the clock only.
 */
export async function benchMigrate(context: BenchContext): Promise<void> {
  const { folder } = context
  await using source = await startRedis()
  await using target = await startRedis()
  const places = new Places(folder, source, target)
  for (const workload of workloads) {
    execFileSync(python, [
      path.join(import.meta.dirname, 'make-cache.py'),
      places.fresh('fs', 'from'),
      String(workload.entries),
      String(workload.arrayBytes),
    ])
    for (const direction of directions)
      await compare({ places, workload, direction, print: (line) => context.print(line) })
  }
}

async function compare({
  places,
  workload,
  direction: [from, to],
  print,
}: {
  places: Places
  workload: Workload
  direction: readonly [Kind, Kind]
  print: BenchContext['print']
}): Promise<void> {
  const { entries, arrayBytes } = workload
  const ours: Took[] = []
  const theirs = new Map<string, Took[]>()
  const before = loadText()
  for (let round = 0; round < ourRounds; round++) {
    for (const [way, rounds] of Object.entries(ways)) {
      if (round >= rounds) continue
      theirs.set(way, [...(theirs.get(way) ?? []), pythonMigrates(places, workload, { way, from, to })])
    }
    ours.push(await weMigrate(places, workload, from, to))
  }
  const size = `${((arrayBytes + 650) / 1_000).toFixed(1)} kB`
  print(
    `${from} → ${to}, ${entries.toLocaleString('en')} entries of ${size}, load ${before} to ${loadText()}:`,
  )
  print(`  ours               ${told(ours)}`)
  for (const [way, took] of theirs)
    print(`  Python, ${way.padEnd(8)}   ${told(took)}; ours takes ${ratio(ours, took)} of it`)
  // What was written last is read next.
  places.next(to)
}

const clock = ({ seconds }: Took): number => seconds
const processor = (took: Took): number => took.processorSeconds

function told(took: readonly Took[]): string {
  const of = took.length === 1 ? `one round${scaled(took[0]!)}` : `median of ${took.length}`
  return `${median(took.map(clock)).toFixed(2)} s, processor ${median(took.map(processor)).toFixed(2)} s (${of})`
}

function scaled({ scaledFrom }: Took): string {
  return scaledFrom === undefined ? '' : `, scaled up from ${scaledFrom.toLocaleString('en')} entries`
}

/** How many programs wanted the processors in the last minute. */
function loadText(): string {
  return loadavg()[0]!.toFixed(1)
}

function ratio(ours: readonly Took[], theirs: readonly Took[]): string {
  const of = (figure: (took: Took) => number): string =>
    (median(ours.map(figure)) / median(theirs.map(figure))).toFixed(2)
  return `${of(clock)} (processor ${of(processor)})`
}

function pythonMigrates(
  places: Places,
  { entries }: Workload,
  { way, from, to }: { way: string; from: Kind; to: Kind },
): Took {
  const script = path.join(import.meta.dirname, 'migrate-python.py')
  const fromTo = [places.place(from, 'from'), places.fresh(to, 'to')]
  const words = [script, way, `${from}-${to}`, ...fromTo, String(loopSeconds)]
  const [seconds = 0, processorSeconds = 0, moved = 0] = execFileSync(python, words, { encoding: 'utf8' })
    .split(' ')
    .map(Number)
  const scale = entries / moved
  const took = { seconds: seconds * scale, processorSeconds: processorSeconds * scale }
  return moved < entries ? { ...took, scaledFrom: moved } : took
}

async function weMigrate(places: Places, { entries }: Workload, from: Kind, to: Kind): Promise<Took> {
  const dataFolder = places.dataFolder()
  places.fresh(to, 'to')
  const startMs = performance.now()
  const startProcessor = ownProcessorSeconds()
  const job = await planJob(
    {
      kind: 'migrate',
      from: await resolveStore(places.url(from, 'from')),
      to: await resolveStore(places.url(to, 'to')),
      selection: {},
      onConflict: 'fail',
    },
    { dataFolder },
  )
  const plannedMs = performance.now()
  const ran = await runPlanned(job.id, { dataFolder })
  if (process.env.BENCH_STEPS)
    console.error(`plan ${Math.round(plannedMs - startMs)} run ${Math.round(performance.now() - plannedMs)}`)
  if (ran.outcomes.done !== entries) throw new Error(`The migration ${from} to ${to} is ${ran.state}`)
  return {
    seconds: (performance.now() - startMs) / 1_000,
    processorSeconds: ownProcessorSeconds() - startProcessor,
  }
}

/** Of this process and of those that it started and that have ended (LMDB is written in one of its own). */
function ownProcessorSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const ticks = [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place]), 0)
  return ticks / ticksPerSecond
}

/**
 * Where the caches are. Each run has a target of its own, and nothing is deleted before the end: ext4 goes round the
 * inodes of files that were deleted in the last minutes, so that making files after deleting as many takes ten times as
 * long, whoever makes them.
 */
class Places {
  readonly #folder: string
  readonly #servers: Record<'from' | 'to', TestServer>
  #runs = 0
  readonly #newest = { from: 0, to: 0 }

  constructor(folder: string, source: TestServer, target: TestServer) {
    this.#folder = folder
    this.#servers = { from: source, to: target }
    mkdirSync(path.join(folder, 'from'))
    mkdirSync(path.join(folder, 'to'))
  }

  /** As Python is told. */
  place(kind: Kind, side: 'from' | 'to'): string {
    return kind === 'redis'
      ? String(this.#servers[side].port)
      : path.join(this.#folder, side, `${kind}-${this.#newest[side]}`)
  }

  url(kind: Kind, side: 'from' | 'to'): string {
    const place = this.place(kind, side)
    return kind === 'redis' ? `redis://127.0.0.1:${place}/0` : `${kind}:${place}`
  }

  /** The place, with nothing there. */
  fresh(kind: Kind, side: 'from' | 'to'): string {
    this.#newest[side]++
    const place = this.place(kind, side)
    if (kind === 'redis') execFileSync('redis-cli', ['-p', place, 'flushall'], { stdio: 'ignore' })
    return place
  }

  next(kind: Kind): void {
    if (kind === 'redis') {
      const { from, to } = this.#servers
      this.#servers.from = to
      this.#servers.to = from
    } else {
      const written = this.place(kind, 'to')
      cpSync(written, this.fresh(kind, 'from'), { recursive: true })
    }
  }

  /** Each run is a first one: no index of the source is there. */
  dataFolder(): string {
    const place = path.join(this.#folder, `data-${this.#runs++}`)
    mkdirSync(place)
    return place
  }
}
