import { dirname, join } from 'node:path'
import { formatBytes } from '../../model/amounts.ts'
import { AppError } from '../../model/errors.ts'
import { AskedProcess, programPath } from '../asked-process.ts'
import type { ApplyOptions, WriteOperation, WriteOutcome } from '../contract.ts'
import { LockPace } from '../lock-pace.ts'
import { closedPath } from '../paths.ts'
import { packOperations, type WriterReply, type WriterRequest, type WriterTarget } from './writer-protocol.ts'

/** `MDB_MAXKEYSIZE` of every ordinary build; a longer key could not be read from Python. */
export const longestKeyBytes = 511
const done: WriteOutcome = { done: true }

/**
 * Writes to one LMDB database through a child process, started at the first write. Each batch is as
 * many short transactions as it takes. If the child dies, what is left of the batch fails and the next one starts another.
 */
export class LmdbWriter implements AsyncDisposable {
  readonly pace = new LockPace()
  #target: () => WriterTarget
  readonly #process = new AskedProcess<WriterRequest, WriterReply>(
    programPath(import.meta.url, './writer-process.ts', 'lmdb-writer.js'),
    'writes LMDB',
  )
  #queue: Promise<unknown> = Promise.resolve()

  /** `target` is asked each time the child starts: the map has to fit the file as it is then. */
  constructor(target: () => WriterTarget) {
    this.#target = target
  }

  /** The same, with what its process is to open when it has to be started again. */
  for(target: () => WriterTarget): this {
    this.#target = target
    return this
  }

  /** Opens the database, which makes it if it is not there. */
  create(): Promise<void> {
    return this.#enqueue(() => this.#ready())
  }

  apply(
    operations: readonly WriteOperation[],
    onWritten?: ApplyOptions['onWritten'],
  ): Promise<WriteOutcome[]> {
    return this.#enqueue(() =>
      this.pace.inTransactions(operations, (part) => this.#applyPart(part), onWritten),
    )
  }

  /** Process id of the child, if it runs. */
  get processId(): number | undefined {
    return this.#process.processId
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#enqueue(async () => {
      if (this.#process.isRunning) await this.#request({ kind: 'close' }).catch(() => undefined)
      await this.#process[Symbol.asyncDispose]()
    })
  }

  async #applyPart(
    operations: readonly WriteOperation[],
  ): Promise<{ outcomes: WriteOutcome[]; heldMs: number }> {
    await this.#ready()
    const reply = await this.#request({ kind: 'apply', operations: packOperations(operations) })
    if (reply.kind === 'applied') {
      const { refused, heldMs } = reply
      return { outcomes: operations.map((_, i) => refused.get(i) ?? done), heldMs }
    }
    const { message = '', full } = reply.kind === 'failed' ? reply : {}
    const { path, mostMapBytes } = this.#target()
    const sentence =
      full === 'map'
        ? mapFull(path, { message, mostMapBytes, neededBytes: bytesOf(operations) })
        : full === 'disk'
          ? `There is no space left for ${path}: ${message}; free some space and try again.`
          : faultSentence(reply, `write to ${path}`)
    const outcome: WriteOutcome = { done: false, reason: full ? 'NO_SPACE' : 'UNWRITABLE', sentence }
    return { outcomes: operations.map(() => outcome), heldMs: 0 }
  }

  async #ready(): Promise<void> {
    if (this.#process.isRunning) return
    const target = this.#target()
    const reply = await this.#request({ kind: 'open', target })
    if (reply.kind === 'opened') return
    this.#process.dismiss()
    const closed = closedPath(filesOf(target))
    if (closed) throw closed
    const { path } = target
    throw new AppError('REFUSED', faultSentence(reply, `open ${path} for writing`), { data: { path } })
  }

  async #request(request: WriterRequest): Promise<WriterReply | Ended> {
    const answer = await this.#process.ask(request)
    return 'reply' in answer ? answer.reply : { kind: 'ended', how: answer.ended }
  }

  #enqueue<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(task)
    this.#queue = result.catch(() => undefined)
    return result
  }
}

interface Ended {
  readonly kind: 'ended'
  /** `SIGKILL`, `exit code 1`. */
  readonly how: string
}

/** Why a file was not written or opened, with the next step; what LMDB says is its own words. */
function faultSentence(failure: WriterReply | Ended, what: string): string {
  if (failure.kind === 'ended')
    return `The process that was to ${what} ended in the middle (${failure.how}): short of memory, or ended by somebody. Nothing half written is left; try again.`
  const message = failure.kind === 'failed' ? failure.message : 'it gave no answer'
  const told = message.replace(/[.;:\s]+$/, '')
  return `LMDB could not ${what}, it says "${told}". Nothing of it was written; see that its disk is sound and that mdb_stat can read it, then try again.`
}

/** By how much it was too small is not known: the transaction with these bytes did not fit. */
function mapFull(
  path: string,
  about: {
    readonly message: string
    readonly mostMapBytes?: number | undefined
    readonly neededBytes: number
  },
): string {
  const { message, mostMapBytes, neededBytes } = about
  const needed = `${formatBytes(neededBytes)} more were to be written`
  if (mostMapBytes === undefined)
    return `The map of ${path} is full and cannot grow, ${needed}: ${message}; let this program have more address space (ulimit -v), then resume.`
  return `The map of ${path} is full: it may grow to ${formatBytes(mostMapBytes)} (map_size), and ${needed}; allow more (--store 'lmdb:${path}?map_size=BYTES', or open it so in the window) or take entries out, then resume.`
}

function bytesOf(operations: readonly WriteOperation[]): number {
  return operations.reduce((sum, each) => sum + (each.kind === 'put' ? each.value.length : 0), 0)
}

/** What LMDB must be allowed to write: in a folder of its own, or beside the file. */
function filesOf({ path, dataPath, isFile }: WriterTarget): string[] {
  return [dataPath, isFile ? `${path}-lock` : join(path, 'lock.mdb'), dirname(dataPath)]
}
