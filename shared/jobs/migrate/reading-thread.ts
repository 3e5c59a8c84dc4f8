import { Worker } from 'node:worker_threads'
import type { Problem } from '../../model/errors.ts'
import { programPath } from '../../stores/asked-process.ts'
import type { Entry, StoreKind, StoreLocation } from '../../stores/contract.ts'
import { pack, unpack } from '../../stores/pack.ts'
import type { ReadingReply, ReadingRequest } from './reading-protocol.ts'

/** A batch as the source has it: values, and what goes along with them, in the order of the items. */
export interface FromSource {
  readonly values: readonly (Uint8Array | Problem | undefined)[]
  readonly entries: readonly (Entry | undefined)[]
  /** SHA-256 in hex of each value, where whoever read them has made them. */
  readonly digests?: readonly string[]
}

/** For the next job: to start a thread takes longer than most of what it reads. */
const keptMs = 20_000

let idle: Thread | undefined

/** Has a thread ready by the time that a source of this kind is to be read. */
export function prepareReading(kind: StoreKind): void {
  const thread = (idle ??= new Thread())
  void thread.ask({ kind: 'prepare', of: kind })
  thread.rest()
}

/**
 * The source of a migration, read by another thread, with the digests made there. It is for speed only: what cannot be
 * read so is `undefined`, and the caller reads it.
 */
export class SourceThread implements AsyncDisposable {
  readonly #thread: Thread
  #isOpen = false
  readonly #opening: Promise<void>

  constructor(location: StoreLocation) {
    this.#thread = idle ?? new Thread()
    idle = undefined
    this.#opening = this.#open(location)
  }

  async #open(location: StoreLocation): Promise<void> {
    const { kind } = await this.#thread.ask({ kind: 'open', location })
    this.#isOpen = kind === 'done'
  }

  /** Until then it is quicker not to wait for it. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** When it is open, or known not to come to that. */
  opened(): Promise<void> {
    return this.#opening
  }

  async read(
    keys: readonly Uint8Array[],
    how: { readonly expectBytes: number; readonly facts: boolean },
  ): Promise<FromSource | undefined> {
    const reply = await this.#thread.ask({ kind: 'read', keys: pack(keys), ...how })
    if (reply.kind !== 'read') return undefined
    const { values, sha256, without, entries } = reply
    return {
      entries,
      values: unpack(values).map((value, i) => (without.has(i) ? without.get(i) : value)),
      digests: keys.map((_, i) => sha256.slice(i * 64, i * 64 + 64)),
    }
  }

  /** Closes the source; the thread waits for another. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { kind } = await this.#thread.ask({ kind: 'close' })
    if (kind === 'failed' || idle) await this.#thread.end()
    else {
      idle = this.#thread
      idle.rest()
    }
  }
}

/** Answers come in the order of the requests; of a thread that has died all are `failed`. */
class Thread {
  readonly #worker: Worker
  readonly #waiting: ((reply: ReadingReply) => void)[] = []
  #isDead = false
  #resting: NodeJS.Timeout | undefined

  constructor() {
    this.#worker = new Worker(programPath(import.meta.url, './reading.worker.ts', 'reading.worker.js'))
    this.#worker.on('message', (reply: ReadingReply) => this.#settle(reply))
    this.#worker.on('messageerror', () => this.#settle({ kind: 'failed' }))
    this.#worker.on('error', () => this.#died())
    this.#worker.on('exit', () => this.#died())
    this.#worker.unref()
  }

  ask(request: ReadingRequest): Promise<ReadingReply> {
    clearTimeout(this.#resting)
    if (this.#isDead) return Promise.resolve({ kind: 'failed' })
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#worker.ref()
      const moved = request.kind === 'read' ? [request.keys.bytes.buffer, request.keys.ends.buffer] : []
      this.#worker.postMessage(request, moved)
    })
  }

  /** Ends when nobody has asked for a while. */
  rest(): void {
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => void this.end(), keptMs).unref()
  }

  async end(): Promise<void> {
    if (idle === this) idle = undefined
    await this.#worker.terminate()
  }

  #settle(reply: ReadingReply): void {
    this.#waiting.shift()?.(reply)
    // A thread that nobody waits for keeps no program alive.
    if (this.#waiting.length === 0) this.#worker.unref()
  }

  #died(): void {
    this.#isDead = true
    if (idle === this) idle = undefined
    while (this.#waiting.length > 0) this.#settle({ kind: 'failed' })
  }
}
