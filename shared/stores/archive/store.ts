import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { decodeSync } from '../../decode/decode.ts'
import { MemorySource } from '../../model/source.ts'
import { summarize } from '../../records/summarize.ts'
import type { Capabilities, Store, WriteOperation, WriteOutcome } from '../contract.ts'
import { sqliteError } from '../sqlite-file/errors.ts'

const busyMs = 5_000

type Put = WriteOperation & { readonly kind: 'put' }

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
    if (written.length > 0) this.#describe(written)
    return outcomes
  }

  #describe(written: readonly Put[]): void {
    let database
    try {
      database = new BetterSqlite3(this.#path, { fileMustExist: true, timeout: busyMs })
      const update = database.prepare(
        'UPDATE entries SET sha256 = ?, modified_ms = ?, record = ? WHERE key = ? AND value = ? AND sha256 IS NOT ?',
      )
      database.transaction(() => {
        for (const { key, value, times } of written) {
          const sha256 = createHash('sha256').update(value).digest('hex')
          update.run(sha256, times?.modifiedMs ?? null, recordOf(value), key, value, sha256)
        }
      })()
    } catch (thrown) {
      throw sqliteError(this.#path, thrown)
    } finally {
      database?.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }
}

function isThere(outcome: WriteOutcome): boolean {
  return outcome.done || outcome.reason === 'EXISTS'
}

/** What is listed of an entry, for other programs; `null` of what cannot be read at once. */
function recordOf(value: Uint8Array): string | null {
  using decoded = decodeSync(new MemorySource(value), { values: 'any', skim: true })
  return decoded ? JSON.stringify(summarize(decoded)) : null
}
