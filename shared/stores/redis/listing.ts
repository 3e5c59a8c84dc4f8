import type { ChainableCommander, Redis } from 'ioredis'
import { AppError } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { Entry, Stray } from '../contract.ts'

/** Redis serves nobody else during a SCAN call: it is kept below this, as far as a client can tell. */
const scanMs = 5
const firstCount = 1_000
const minimalCount = 50
const maximalCount = 4_000
const maximalStrays = 1_000

/**
 * Lists the string keys of one server under a prefix. The prefix is cut off.
 * Keys of other types are no entries: they go to `strays`. SCAN may give a key
 * twice while the server resizes its table; `seen` keeps it to once.
 */
export async function* listServer(
  server: Redis,
  prefix: Buffer,
  options: { database: number; strays: Stray[]; seen: Set<string>; signal?: AbortSignal },
): AsyncGenerator<Entry[]> {
  const pattern = Buffer.concat([globLiteral(prefix), Buffer.from('*')])
  const mayExpire = await hasExpiring(server, options.database)
  const startMs = performance.now()
  await server.ping()
  const roundTripMs = performance.now() - startMs
  let count = firstCount
  let cursor = '0'
  do {
    // oxlint-disable no-await-in-loop -- the next call needs this one's cursor
    const callMs = performance.now()
    const { next, keys } = scanAnswer(
      await server.callBuffer('SCAN', cursor, 'MATCH', pattern, 'COUNT', count),
    )
    count = adaptCount(count, performance.now() - callMs - roundTripMs)
    cursor = next
    const fresh = keys.filter((key) => isNew(options.seen, key.toString('latin1')))
    if (fresh.length > 0)
      yield await describe(server, fresh, { prefixBytes: prefix.length, mayExpire, strays: options.strays })
    // oxlint-enable no-await-in-loop
    if (options.signal?.aborted) throw new AppError('CANCELLED', 'Listing the Redis cache was cancelled.')
  } while (cursor !== '0')
}

/** Whatever answers so was checked to be Redis only by its first line. */
function scanAnswer(answer: unknown): { next: string; keys: Buffer[] } {
  const [next, keys] = Array.isArray(answer) ? (answer as unknown[]) : []
  if (Buffer.isBuffer(next) && Array.isArray(keys) && keys.every((key) => Buffer.isBuffer(key)))
    return { next: next.toString('latin1'), keys }
  throw new Error('something that is no answer to SCAN')
}

function isNew(seen: Set<string>, name: string): boolean {
  const { size } = seen
  return seen.add(name).size > size
}

/** Whether any key of the database has a time to live; asking each is half of the work. */
async function hasExpiring(server: Redis, database: number): Promise<boolean> {
  try {
    const match = new RegExp(`^db${database}:keys=\\d+,expires=(\\d+)`, 'm').exec(
      await server.info('keyspace'),
    )
    return match !== null && match[1] !== '0'
  } catch (error) {
    if ((error as Error).message.startsWith('NOPERM')) return true
    throw error
  }
}

export function adaptCount(count: number, callMs: number): number {
  if (callMs > scanMs) return Math.max(minimalCount, Math.floor(count / 2))
  if (callMs < scanMs / 3) return Math.min(maximalCount, Math.ceil(count * 1.25))
  return count
}

/** Characters that MATCH takes for patterns are escaped. */
function globLiteral(prefix: Buffer): Buffer {
  const special = new Set(Buffer.from('*?[]\\^'))
  return Buffer.from([...prefix].flatMap((byte) => (special.has(byte) ? [0x5c, byte] : [byte])))
}

/** Sizes and times to live of some keys, in one round trip; a second one for those of other types. */
async function describe(
  server: Redis,
  keys: readonly Buffer[],
  options: { prefixBytes: number; mayExpire: boolean; strays: Stray[] },
): Promise<Entry[]> {
  const [sizes, lives] = await Promise.all([
    pipelined(server, keys, (pipeline, key) => pipeline.strlen(key)),
    options.mayExpire ? pipelined(server, keys, (pipeline, key) => pipeline.pttl(key)) : [],
  ])
  const entries: Entry[] = []
  const others: Buffer[] = []
  const empty: { key: Buffer; entry: Entry }[] = []
  keys.forEach((key, index) => {
    const [fault, size] = sizes[index]!
    if (fault && !fault.message.startsWith('WRONGTYPE')) throw fault
    if (fault || typeof size !== 'number') {
      others.push(key)
      return
    }
    const entry = entryOf(key.subarray(options.prefixBytes), size, lives[index]?.[1])
    if (size === 0) empty.push({ key, entry })
    else entries.push(entry)
  })
  // Since it was listed a key may have gone, and its length is then 0 too.
  const present = await pipelined(
    server,
    empty.map(({ key }) => key),
    (pipeline, key) => pipeline.exists(key),
  )
  entries.push(...empty.filter((_, index) => present[index]![1] === 1).map(({ entry }) => entry))
  await nameOthers(server, others, options.strays)
  return entries
}

type Answer = [error: Error | null, answer: unknown]

async function pipelined(
  server: Redis,
  keys: readonly Buffer[],
  ask: (pipeline: ChainableCommander, key: Buffer) => unknown,
): Promise<Answer[]> {
  if (keys.length === 0) return []
  const pipeline = server.pipeline()
  for (const key of keys) ask(pipeline, key)
  return (await pipeline.exec()) ?? keys.map(() => [new Error('Connection is closed.'), undefined])
}

function entryOf(key: Buffer, sizeBytes: number, leftMs: unknown): Entry {
  const isLasting = typeof leftMs !== 'number' || leftMs < 0
  return { key: Uint8Array.from(key), sizeBytes, ...(isLasting ? {} : { expiresAtMs: Date.now() + leftMs }) }
}

async function nameOthers(server: Redis, keys: readonly Buffer[], strays: Stray[]): Promise<void> {
  const shown = keys.slice(0, Math.max(0, maximalStrays - strays.length))
  const types = await pipelined(server, shown, (pipeline, key) => pipeline.type(key))
  shown.forEach((key, index) => {
    const answer = types[index]?.[1]
    const type = typeof answer === 'string' ? answer : 'key of another type'
    strays.push({ name: showKey(key), reason: `a Redis ${type}, not a string: it is left alone` })
  })
}
