import { AppError, toAppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { AskedProcess, programPath } from '../asked-process.ts'
import type { WriteOutcome } from '../contract.ts'
import type { RowOperation, RowRead, WriterReply, WriterRequest } from './writer-protocol.ts'

/**
 * Reads whole rows of a `cache.db` that is to be changed, deletes rows with their files, and brings rows back, so that the
 * database's own triggers keep its counters right. Those triggers are written with double-quoted texts, which the SQLite of
 * better-sqlite3 is built to refuse; that of Node takes them. Two SQLite libraries in one process would undo each other's
 * locks on a file (https://sqlite.org/howtocorrupt.html, 2.2.1), so Node's runs in a process of its own.
 */
export class DiskcacheWriter implements AsyncDisposable {
  readonly #process = new AskedProcess<WriterRequest, WriterReply>(
    programPath(import.meta.url, './writer-process.ts', 'diskcache-writer.js'),
    'writes diskcache',
  )
  #queue: Promise<unknown> = Promise.resolve()

  /**
   * Rows in the order asked; `undefined` where there is none.
   *
   * @throws AppError REFUSED if the database as a whole cannot be read
   */
  async read(folder: string, keys: readonly Uint8Array[]): Promise<(RowRead | Problem | undefined)[]> {
    if (keys.length === 0) return []
    const reply = await this.#ask({ kind: 'read', folder, keys })
    if (reply.kind === 'read') return [...reply.rows]
    const { reason, sentence } = failureOf(reply, folder)
    if (reason !== 'REFUSED') throw new AppError('REFUSED', sentence, { data: { path: folder } })
    // A damaged page is in the way of some rows only.
    if (keys.length === 1) return [{ code: 'UNREADABLE', sentence }]
    const each: (RowRead | Problem | undefined)[] = []
    for (const key of keys) each.push(...(await this.read(folder, [key])))
    return each
  }

  async apply(folder: string, operations: readonly RowOperation[]): Promise<WriteOutcome[]> {
    if (operations.length === 0) return []
    const reply = await this.#ask({ kind: 'apply', folder, operations })
    if (reply.kind === 'applied') return reply.outcomes
    const failure = failureOf(reply, folder)
    return operations.map(() => failure)
  }

  async #ask(request: WriterRequest): Promise<WriterReply> {
    const answer = this.#queue.then(() => this.#process.ask(request))
    this.#queue = answer.catch(() => undefined)
    try {
      const told = await answer
      return 'reply' in told
        ? told.reply
        : failed(`Nothing is known of ${request.folder}: its writing process ended (${told.ended}).`)
    } catch (thrown) {
      return failed(toAppError(thrown).message)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue
    await this.#process[Symbol.asyncDispose]()
  }
}

function failed(sentence: string): WriterReply {
  return { kind: 'failed', outcome: { done: false, reason: 'UNWRITABLE', sentence } }
}

function failureOf(reply: WriterReply, folder: string): WriteOutcome & { readonly done: false } {
  if (reply.kind === 'failed') return reply.outcome
  throw new AppError('INTERNAL', `The process that writes ${folder} answered another question.`)
}
