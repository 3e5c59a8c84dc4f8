import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../model/errors.ts'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import { LockPace } from '../lock-pace.ts'
import { closedPath } from '../paths.ts'
import type { GuardedOperation, WriterReply, WriterRequest, WriterTarget } from './writer-protocol.ts'

/** `MDB_MAXKEYSIZE` of every ordinary build; a longer key could not be read from Python. */
export const longestKeyBytes = 511
/**
 * Writes to one LMDB database through a child process, started at the first write. Each batch is as
 * many short transactions as it takes. If the child dies, what is left of the batch fails and the next one starts another.
 */
export class LmdbWriter implements AsyncDisposable {
  readonly pace = new LockPace()
  readonly #target: () => WriterTarget
  #child: ChildProcess | undefined
  #queue: Promise<unknown> = Promise.resolve()

  /** `target` is asked each time the child starts: the map has to fit the file as it is then. */
  constructor(target: () => WriterTarget) {
    this.#target = target
  }

  /** Opens the database, which makes it if it is not there. */
  create(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#ready()
    })
  }

  apply(operations: readonly WriteOperation[]): Promise<WriteOutcome[]> {
    return this.#enqueue(() => this.pace.inTransactions(operations, (part) => this.#applyPart(part)))
  }

  /** Process id of the child, if it runs. */
  get processId(): number | undefined {
    return this.#child?.pid
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#enqueue(async () => {
      const child = this.#child
      if (!child) return
      const closed = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      await this.#request(child, { kind: 'close' }).catch(() => undefined)
      child.ref()
      if (child.connected) child.disconnect()
      await closed
      this.#child = undefined
    })
  }

  async #applyPart(
    operations: readonly WriteOperation[],
  ): Promise<{ outcomes: WriteOutcome[]; heldMs: number }> {
    const child = await this.#ready()
    const reply = await this.#request(child, { kind: 'apply', operations: operations.map(guarded) })
    if (reply.kind === 'applied') return reply
    const message = reply.kind === 'failed' ? reply.message : 'it gave no answer'
    const isFull = reply.kind === 'failed' && reply.isFull
    const sentence = isFull
      ? `There is no space left for ${this.#target().path}: ${message}; free some space and try again.`
      : `LMDB did not write to ${this.#target().path}: ${message}.`
    const outcome: WriteOutcome = { done: false, reason: isFull ? 'NO_SPACE' : 'UNWRITABLE', sentence }
    return { outcomes: operations.map(() => outcome), heldMs: 0 }
  }

  async #ready(): Promise<ChildProcess> {
    if (this.#child?.connected) return this.#child
    const target = this.#target()
    const child = fork(writerPath(), [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    this.#child = child
    const reply = await this.#request(child, { kind: 'open', target })
    if (reply.kind !== 'opened') {
      if (child.connected) child.disconnect()
      this.#child = undefined
      const message = reply.kind === 'failed' ? reply.message : 'it gave no answer'
      const closed = closedPath(filesOf(target))
      if (closed) throw closed
      throw new AppError(
        'REFUSED',
        `${target.path} cannot be opened for writing: ${message}; check its permissions.`,
        {
          data: { path: target.path },
        },
      )
    }
    return child
  }

  #request(child: ChildProcess, request: WriterRequest): Promise<WriterReply> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        child.off('message', onMessage)
        child.off('exit', onExit)
        child.off('error', onError)
        hold(child, false)
      }
      const onMessage = (reply: WriterReply) => {
        settle()
        resolve(reply)
      }
      const onExit = (code: number | null, signal: string | null) => {
        settle()
        // A pipe can break before the exit is told: the next batch must not go to a dead process.
        if (this.#child === child) this.#child = undefined
        resolve({
          kind: 'failed',
          message: `its writing process ended (${signal ?? `exit code ${code}`})`,
          isFull: false,
        })
      }
      const onError = (error: Error) => {
        settle()
        reject(
          new AppError('INTERNAL', `The process that writes LMDB cannot be started: ${error.message}.`, {
            cause: error,
          }),
        )
      }
      hold(child, true)
      child.on('message', onMessage)
      child.on('exit', onExit)
      child.on('error', onError)
      child.send(request, (error) => {
        if (error) onExit(null, error.message)
      })
    })
  }

  #enqueue<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(task)
    this.#queue = result.catch(() => undefined)
    return result
  }
}

/** What LMDB must be allowed to write: in a folder of its own, or beside the file. */
function filesOf({ path, dataPath, isFile }: WriterTarget): string[] {
  return [dataPath, isFile ? `${path}-lock` : join(path, 'lock.mdb'), dirname(dataPath)]
}

/** An idle child does not keep the program alive; one at work does. */
function hold(child: ChildProcess, isAtWork: boolean): void {
  if (isAtWork) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}

function guarded(operation: WriteOperation): GuardedOperation {
  const { ifValue, ...rest } = operation
  return ifValue === undefined ? { operation } : { operation: rest, ifSha256: hash('sha256', ifValue, 'hex') }
}

/** Beside this file in a checkout; in a build, where the bundler puts it as `lmdb-writer.js`. */
function writerPath(): string {
  const built = fileURLToPath(new URL('./lmdb-writer.js', import.meta.url))
  return existsSync(built) ? built : fileURLToPath(new URL('./writer-process.ts', import.meta.url))
}
