import type { Redis } from 'ioredis'
import { concatBytes } from '../../model/bytes.ts'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { Client } from './connect.ts'

type Found = Uint8Array | Problem | undefined

/** Values are fetched in pieces of this size, so that no answer occupies the server or our memory at a stretch. */
const pieceBytes = 1 << 20
/** Keys asked for before their answers are awaited. */
const keysAtOnce = 128
const attempts = 3
/** Where no value is larger than this, many are asked for in one MGET, which costs a fifth. */
const smallBytes = 64 * 1024
const smallKeysAtOnce = 500

/**
 * Reads values of a server or cluster; the client sends each command to the
 * node that has the key. A value larger than a piece is read under WATCH, so
 * its pieces are of one value.
 */
export class ValueReader {
  readonly #client: Client
  readonly #nodeOf: (key: Buffer) => Promise<Redis>
  /** The largest value that a listing saw. */
  largestBytes: number | undefined
  /** WATCH belongs to a connection: one such reading at a time. */
  #watching: Promise<unknown> = Promise.resolve()

  constructor(client: Client, nodeOf: (key: Buffer) => Promise<Redis>) {
    this.#client = client
    this.#nodeOf = nodeOf
  }

  async read(
    keys: readonly Buffer[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal; expectBytes?: number },
  ): Promise<Found[]> {
    const { range, signal, expectBytes = this.largestBytes ?? Infinity } = options
    const values: Found[] = []
    const isSmall = range === undefined && !this.#client.isCluster && expectBytes <= smallBytes
    const atOnce = isSmall ? smallKeysAtOnce : keysAtOnce
    for (let at = 0; at < keys.length; at += atOnce) {
      if (signal?.aborted) throw new AppError('CANCELLED', 'Reading the Redis cache was cancelled.')
      const some = keys.slice(at, at + atOnce)
      const reading = isSmall ? this.#small(some) : Promise.all(some.map((key) => this.#value(key, range)))
      // oxlint-disable-next-line no-await-in-loop -- bounds what is in flight
      values.push(...(await reading))
    }
    return values
  }

  /** MGET answers nothing for a key that is not there and for one of another type. */
  async #small(keys: readonly Buffer[]): Promise<Found[]> {
    const values = await this.#client.mgetBuffer(...keys)
    return Promise.all(
      values.map(async (value, index) =>
        value === null ? this.#emptyOrAbsent(keys[index]!) : new Uint8Array(value),
      ),
    )
  }

  async #value(key: Buffer, range: readonly [number, number] | undefined): Promise<Found> {
    const start = Math.max(0, range?.[0] ?? 0)
    const end = Math.max(start, range?.[1] ?? Number.POSITIVE_INFINITY)
    if (end === start) return this.#emptyOrAbsent(key)
    try {
      const head = await this.#client.getrangeBuffer(key, start, Math.min(end, start + pieceBytes) - 1)
      if (head.length === 0) return await this.#emptyOrAbsent(key)
      if (head.length < pieceBytes || end - start === pieceBytes) return new Uint8Array(head)
      const reading = this.#watching.then(() => this.#readLarge(key, start, end))
      this.#watching = reading.catch(() => undefined)
      return await reading
    } catch (thrown) {
      if ((thrown as Error).message.startsWith('WRONGTYPE')) return otherType
      throw thrown
    }
  }

  /** GETRANGE answers nothing for a key that is not there and for the end of one that is. */
  async #emptyOrAbsent(key: Buffer): Promise<Found> {
    const type = await this.#client.type(key)
    if (type === 'none') return undefined
    return type === 'string' ? new Uint8Array(0) : otherType
  }

  async #readLarge(key: Buffer, start: number, end: number): Promise<Found> {
    const node = await this.#nodeOf(key)
    for (let attempt = 0; attempt < attempts; attempt++) {
      // oxlint-disable no-await-in-loop -- one attempt after the other, one piece after the other
      await node.watch(key)
      const pieces: Uint8Array[] = []
      for (let at = start; at < end;) {
        const piece = await node.getrangeBuffer(key, at, Math.min(end, at + pieceBytes) - 1)
        pieces.push(piece)
        at += piece.length
        if (piece.length < pieceBytes) break
      }
      // The transaction does nothing; that it is carried out says nobody wrote to the key meanwhile.
      const unchanged = await node.multi().exists(key).exec()
      if (unchanged !== null) return concatBytes(pieces)
      // oxlint-enable no-await-in-loop
    }
    return {
      code: 'UNREADABLE',
      sentence: 'The value is being written again and again; read it when its writer is done.',
    }
  }
}

const otherType: Problem = {
  code: 'UNREADABLE',
  sentence: 'This key holds a Redis collection, not a string, so it is no cached value.',
}
