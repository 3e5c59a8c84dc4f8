import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { decodeSync } from '../../decode/decode.ts'
import { MemorySource } from '../../model/source.ts'
import { summarize } from '../../records/summarize.ts'
import type { Capabilities, Store, WriteOperation, WriteOutcome } from '../contract.ts'
import { addTimes, LockPace, type LockTimes } from '../lock-pace.ts'
import { writingError } from '../sqlite-file/errors.ts'

const busyMs = 5_000

type Put = WriteOperation & { readonly kind: 'put' }

const done: WriteOutcome = { done: true }

interface Description {
  readonly put: Put
  readonly sha256: string
  readonly record: string | null
}

/**
 * An archive: values as they were stored, pickles or JSON, without the wrapping of the store they came from. What
 * reads and writes the values is the store of SQLite; this adds what other programs want to know of them.
 */
export class ArchiveStore implements Store {
  readonly kind = 'archive'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly entries: Store['entries']
  readonly getMany: Store['getMany']
  readonly changeToken: Store['changeToken']
  readonly strays: NonNullable<Store['strays']>
  readonly #inner: Store
  readonly #path: string
  /** Of the descriptions alone: they cost another time per byte than the values. */
  readonly #pace = new LockPace()

  constructor(inner: Store, path: string) {
    this.#inner = inner
    this.#path = path
    this.location = `archive:${path}`
    this.label = basename(path)
    this.capabilities = { ...inner.capabilities, values: 'any' }
    this.entries = (options) => inner.entries(options)
    this.getMany = (keys, options) => inner.getMany(keys, options)
    this.changeToken = (signal) => inner.changeToken(signal)
    this.strays = async (limit) => (await inner.strays?.(limit)) ?? []
  }

  async apply(
    operations: readonly WriteOperation[],
    options: { signal?: AbortSignal } = {},
  ): Promise<WriteOutcome[]> {
    const outcomes = await this.#inner.apply(operations, options)
    // One that is there already may be of a program that was killed before it described it.
    const written = operations.filter(
      (operation, i): operation is Put => operation.kind === 'put' && isThere(outcomes[i]!),
    )
    if (written.length > 0) await this.#describe(written)
    return outcomes
  }

  /** Of the values and of what describes them. */
  get lockTimes(): LockTimes {
    return addTimes(this.#pace.times, this.#inner.lockTimes)
  }

  async #describe(written: readonly Put[]): Promise<void> {
    let database: BetterSqlite3.Database | undefined
    try {
      database = new BetterSqlite3(this.#path, { fileMustExist: true, timeout: busyMs })
      const update = database.prepare(
        'UPDATE entries SET sha256 = ?, modified_ms = ?, record = ? WHERE key = ? AND value = ? AND sha256 IS NOT ?',
      )
      const updateAll = database.transaction((descriptions: readonly Description[]) => {
        const startMs = performance.now()
        for (const {
          put: { key, value, times },
          sha256,
          record,
        } of descriptions)
          update.run(sha256, times?.modifiedMs ?? null, record, key, value, sha256)
        return startMs
      })
      await this.#pace.inTransactions(written, async (part: readonly Put[]) => {
        // Digests and records take longer than writing them: they are there before others are kept out.
        const descriptions = part.map(descriptionOf)
        const startMs = updateAll.immediate(descriptions)
        return { outcomes: part.map(() => done), heldMs: performance.now() - startMs }
      })
    } catch (thrown) {
      throw writingError(this.#path, thrown)
    } finally {
      database?.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }
}

function descriptionOf(put: Put): Description {
  return { put, sha256: createHash('sha256').update(put.value).digest('hex'), record: recordOf(put.value) }
}

function isThere(outcome: WriteOutcome): boolean {
  return outcome.done || outcome.reason === 'EXISTS'
}

/** What is listed of an entry, for other programs; `null` of what cannot be read at once. */
function recordOf(value: Uint8Array): string | null {
  using decoded = decodeSync(new MemorySource(value), { values: 'any', skim: true })
  return decoded ? JSON.stringify(summarize(decoded)) : null
}
