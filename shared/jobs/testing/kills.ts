import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Job, JobSpec } from '../contract.ts'
import { JobFile } from '../job-file.ts'
import { planJob, runPlanned } from '../jobs.ts'
import { sha256Of } from '../trash-bin.ts'

/** How many migrations and evictions are killed by the tests of one file. */
export const kills = Number(process.env.HASHCACHE_KILLS ?? 100)
const seed = Number(process.env.HASHCACHE_SEED ?? Date.now() % 1_000_000)
const runner = fileURLToPath(new URL('./run-job.ts', import.meta.url))

/** Kills that are still to come. Those of undo jobs come on top. */
export interface Budget {
  kills: number
  readonly random: () => number
}

/** Kills jobs, and other programs, at random moments that can be drawn again; knows what a failure is repeated with. */
export class KillStory {
  #round = 0
  /** The kills of one round: when, and whether its children died too. */
  #moments: string[] = []
  #counted = 0
  /** More words of `run-job.ts`. */
  readonly #how: readonly string[]

  constructor(...how: readonly string[]) {
    this.#how = how
  }

  /** Kills so far, but for those of undo jobs. */
  get counted(): number {
    return this.#counted
  }

  begin(round: number): void {
    this.#round = round
    this.#moments = []
  }

  /** What a failure is repeated with. */
  told(): string {
    return `seed ${seed}, round ${this.#round}, killed: ${this.#moments.join(', ')}`
  }

  /** One of so many `parts` of all kills. */
  budgetOf(name: string, parts = 8): Budget {
    return { kills: Math.ceil(kills / parts), random: this.randomOf(name) }
  }

  /** Numbers from 0 to 1, the same for one seed and name (mulberry32). */
  randomOf(name: string): () => number {
    let state = (seed ^ parseInt(sha256Of(Buffer.from(name)).slice(0, 8), 16)) >>> 0
    return () => {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    }
  }

  /**
   * Runs a program in a process that is killed so long after its first word, if it has not ended by itself; the process
   * alone, or all that it started too.
   */
  runAndKill(program: readonly string[], random: () => number): Promise<string> {
    const afterMs = random() ** 2 * 120
    const isWithChildren = random() < 0.5
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
      let output = ''
      let isKilled = false
      const kill = (): void => {
        isKilled = true
        if (child.exitCode !== null || child.pid === undefined) return
        this.#moments.push(`${afterMs.toFixed(1)} ms${isWithChildren ? ' with children' : ''}`)
        process.kill(isWithChildren ? -child.pid : child.pid, 'SIGKILL')
      }
      child.stdout.on('data', (piece: Buffer) => {
        if (output === '') setTimeout(kill, afterMs)
        output += piece.toString()
      })
      child.stderr.on('data', (piece: Buffer) => (output += piece.toString()))
      child.once('error', reject)
      child.once('close', (code) => {
        if (code !== 0 && !(code === null && isKilled))
          reject(new Error(`the run failed: ${output} (${this.told()})`))
        else resolve(output)
      })
    })
  }

  /** Plans a job, kills it as often as it takes to come to an end, and lets the last run see the end. */
  async killOften(spec: JobSpec, dataFolder: string, budget: Budget): Promise<Job> {
    const options = { dataFolder }
    const planned = await planJob(spec, options)
    const isCounted = spec.kind !== 'undo'
    for (let tries = isCounted ? 12 : 3; tries > 0; tries--) {
      await this.runAndKill([runner, dataFolder, planned.id, ...this.#how], budget.random)
      const job = jobOf(dataFolder, planned.id)
      if (job.state === 'done') return job
      if (job.state !== 'stopped') throw new Error(`The killed job is ${job.state} (${this.told()})`)
      if (!isCounted) continue
      budget.kills--
      this.#counted++
    }
    return runPlanned(planned.id, options)
  }
}

function jobOf(dataFolder: string, id: string): Job {
  using file = JobFile.open(dataFolder, id)
  return file.job()
}
