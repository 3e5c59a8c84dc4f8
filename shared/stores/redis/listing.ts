import type { Redis } from 'ioredis'
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
 * Keys of other types are no entries: they go to `strays`. A key may come twice
 * while the server resizes its table (Redis' own guarantee for SCAN).
 */
export async function* listServer(
  server: Redis,
  prefix: Buffer,
  options: { strays: Stray[]; signal?: AbortSignal },
): AsyncGenerator<Entry[]> {
  const pattern = Buffer.concat([globLiteral(prefix), Buffer.from('*')])
  const roundTripMs = await timed(() => server.ping())
  let count = firstCount
  let cursor = '0'
  do {
    // oxlint-disable no-await-in-loop -- the next call needs this one's cursor
    const startMs = performance.now()
    const { next, keys } = scanAnswer(
      await server.callBuffer('SCAN', cursor, 'MATCH', pattern, 'COUNT', count),
    )
    count = adaptCount(count, performance.now() - startMs - roundTripMs.ms)
    cursor = next
    if (keys.length > 0) yield await describe(server, keys, prefix.length, options.strays)
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

async function timed(work: () => Promise<unknown>): Promise<{ ms: number }> {
  const startMs = performance.now()
  await work()
  return { ms: performance.now() - startMs }
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
  prefixBytes: number,
  strays: Stray[],
): Promise<Entry[]> {
  const pipeline = server.pipeline()
  for (const key of keys) pipeline.strlen(key).pttl(key)
  const answers = (await pipeline.exec()) ?? []
  const entries: Entry[] = []
  const others: Buffer[] = []
  keys.forEach((key, index) => {
    const [fault, size] = answers[2 * index] ?? [null, undefined]
    const leftMs = answers[2 * index + 1]?.[1]
    if (fault && !fault.message.startsWith('WRONGTYPE')) throw fault
    // Since the key was listed it may have gone: -2.
    if (fault) others.push(key)
    else if (typeof size === 'number' && leftMs !== -2)
      entries.push(entryOf(key.subarray(prefixBytes), size, leftMs))
  })
  await nameOthers(server, others, strays)
  return entries
}

function entryOf(key: Buffer, sizeBytes: number, leftMs: unknown): Entry {
  const isLasting = typeof leftMs !== 'number' || leftMs < 0
  return { key: Uint8Array.from(key), sizeBytes, ...(isLasting ? {} : { expiresAtMs: Date.now() + leftMs }) }
}

async function nameOthers(server: Redis, keys: readonly Buffer[], strays: Stray[]): Promise<void> {
  const shown = keys.slice(0, Math.max(0, maximalStrays - strays.length))
  if (shown.length === 0) return
  const pipeline = server.pipeline()
  for (const key of shown) pipeline.type(key)
  const types = (await pipeline.exec()) ?? []
  shown.forEach((key, index) => {
    const answer = types[index]?.[1]
    const type = typeof answer === 'string' ? answer : 'key of another type'
    strays.push({ name: showKey(key), reason: `a Redis ${type}, not a string: it is left alone` })
  })
}
