import { hash } from 'node:crypto'
import { ReplyError } from 'ioredis'
import { AppError } from '../../model/errors.ts'
import { asBuffer } from '../as-buffer.ts'
import type { ApplyOptions, WriteOperation, WriteOutcome } from '../contract.ts'
import { changed, isOvertaken } from '../lock-pace.ts'
import type { Client } from './connect.ts'
import { failedWrite } from './faults.ts'

const operationsAtOnce = 500
/** `proto-max-bulk-len`, which no server has smaller, and as it is where nobody set it. */
const leastBulkBytes = 1024 * 1024
const usualBulkBytes = 512 * 1024 * 1024
/** What goes into one command: the server serves nobody else meanwhile. */
const togetherBytes = 4 * 1024 * 1024
const noSuchKey: WriteOutcome = { done: false, reason: 'ABSENT', sentence: 'There is no such key.' }

export interface WriteContext extends ApplyOptions {
  readonly client: Client
  readonly server: string
  readonly prefix: Buffer
}

/**
 * Puts and deletes, pipelined; each operation has its own outcome. A key that
 * holds anything but a string is never overwritten or deleted.
 */
export async function writeRedis(
  context: WriteContext,
  operations: readonly WriteOperation[],
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  for (let at = 0; at < operations.length; at += operationsAtOnce) {
    if (context.signal?.aborted) throw new AppError('CANCELLED', 'Writing to Redis was cancelled.')
    const some = operations.slice(at, at + operationsAtOnce)
    // oxlint-disable-next-line no-await-in-loop -- bounds what is in flight, and keeps the order
    outcomes.push(...(await writeSome(context, some)))
    if (outcomes.length < operations.length) context.onWritten?.(at, outcomes.length)
  }
  return outcomes
}

async function writeSome(
  context: WriteContext,
  operations: readonly WriteOperation[],
): Promise<WriteOutcome[]> {
  const keys = operations.map((operation) => Buffer.concat([context.prefix, operation.key]))
  const together = await putTogether(context, keys, operations)
  if (together) return together
  const mostBytes = await mostValueBytes(context.client, operations)
  const types = await Promise.allSettled(
    operations.map(async (operation, index) =>
      // NX alone never overwrites anything.
      operation.kind === 'put' && operation.expect ? 'none' : context.client.type(keys[index]!),
    ),
  )
  return Promise.all(
    operations.map(async (operation, index) => {
      if (operation.kind === 'put' && operation.value.length > mostBytes)
        return refused(
          `${context.server} takes values up to ${mostBytes.toLocaleString('en')} bytes (proto-max-bulk-len), and this one has ${operation.value.length.toLocaleString('en')}; raise the limit, or leave the entry out.`,
        )
      const type = types[index]!
      if (type.status === 'rejected') return failedWrite(context.server, type.reason)
      if (type.value !== 'string' && type.value !== 'none')
        return refused(`The key holds a Redis ${type.value}, which is left alone.`)
      try {
        return operation.kind === 'put'
          ? await put(context.client, keys[index]!, operation)
          : await remove(context.client, keys[index]!, operation)
      } catch (thrown) {
        return failedWrite(context.server, thrown)
      }
    }),
  )
}

/**
 * Puts of what is not there yet in one command, which the server does whole or not at all. `undefined`: they are none
 * that can be put so, or the server did none; whatever is in the way of some of them, the others are then done one by one.
 */
async function putTogether(
  { client, server }: WriteContext,
  keys: readonly Buffer[],
  operations: readonly WriteOperation[],
): Promise<WriteOutcome[] | undefined> {
  // Keys of a cluster are on several nodes.
  if (client.isCluster || operations.length < 2) return undefined
  const words: Buffer[] = []
  let bytes = 0
  for (const [index, operation] of operations.entries()) {
    if (operation.kind !== 'put' || operation.expect !== 'absent' || operation.ifValue) return undefined
    if (operation.expiresAtMs !== undefined || operation.value.length > leastBulkBytes) return undefined
    bytes += operation.value.length
    if (bytes > togetherBytes) return undefined
    words.push(keys[index]!, asBuffer(operation.value))
  }
  // Of one key twice the second would win, and it is the first that counts.
  if (new Set(keys.map((key) => key.toString('latin1'))).size < keys.length) return undefined
  try {
    return (await client.call('MSETNX', ...words)) === 1 ? operations.map(() => ({ done: true })) : undefined
  } catch (thrown) {
    // What the server answers was not done. Without an answer it may have been: another try would find its own values.
    if (thrown instanceof ReplyError) return undefined
    return operations.map(() => failedWrite(server, thrown))
  }
}

/**
 * How long a value may be for this server, asked only where one is long: at a longer one it hangs up, and takes down with
 * the connection whatever else is on its way.
 */
async function mostValueBytes(client: Client, operations: readonly WriteOperation[]): Promise<number> {
  if (!operations.some((operation) => operation.kind === 'put' && operation.value.length > leastBulkBytes))
    return leastBulkBytes
  // A user may lack the right to ask.
  const answer = await client.config('GET', 'proto-max-bulk-len').catch(() => [])
  return Number((answer as unknown[])[1]) || usualBulkBytes
}

/**
 * Writes where the value has the digest that was seen, in one step of the server: 1 done, 0 nothing is there, -1 another
 * value. `ARGV`: SHA-1, `set` or `del`, and for `set` the value and the time to live in milliseconds, or none.
 */
const ifValueScript = `
local here = redis.call('GET', KEYS[1])
if not here then return 0 end
if redis.sha1hex(here) ~= ARGV[1] then return -1 end
if ARGV[2] == 'del' then return redis.call('DEL', KEYS[1]) end
if ARGV[4] then redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) else redis.call('SET', KEYS[1], ARGV[3]) end
return 1`

/** `undefined`: this server, or this user, may run no scripts, and what stands there just now is the value that was seen. */
async function writeIfValue(
  client: Client,
  key: Buffer,
  operation: WriteOperation,
  life: readonly number[],
): Promise<WriteOutcome | undefined> {
  if (operation.ifValue === undefined) return undefined
  const what = operation.kind === 'put' ? ['set', asBuffer(operation.value), ...life] : ['del']
  try {
    const sha1 = hash('sha1', operation.ifValue, 'hex')
    const answer = await client.eval(ifValueScript, 1, key, sha1, ...what)
    if (answer === 1) return { done: true }
    return answer === 0 && operation.kind === 'delete' ? noSuchKey : changed
  } catch (thrown) {
    if (!/NOPERM|unknown command|can't run this command/i.test((thrown as Error).message)) throw thrown
    const here = (await client.getBuffer(key)) ?? undefined
    return isOvertaken(operation, () => here) ? changed : undefined
  }
}

async function put(
  client: Client,
  key: Buffer,
  operation: Extract<WriteOperation, { kind: 'put' }>,
): Promise<WriteOutcome> {
  const value = asBuffer(operation.value)
  const leftMs =
    operation.expiresAtMs === undefined ? undefined : Math.ceil(operation.expiresAtMs - Date.now())
  if (leftMs !== undefined && leftMs <= 0) return refused('The time to live of this entry is over.')
  const guarded = await writeIfValue(client, key, operation, leftMs === undefined ? [] : [leftMs])
  if (guarded) return guarded
  const life: (string | number)[] = leftMs === undefined ? [] : ['PX', leftMs]
  const absent = operation.expect === 'absent' ? ['NX'] : []
  const answer = await client.call('SET', key, value, ...life, ...absent)
  if (answer !== null) return { done: true }
  return { done: false, reason: 'EXISTS', sentence: 'The key is there already.' }
}

async function remove(
  client: Client,
  key: Buffer,
  operation: Extract<WriteOperation, { kind: 'delete' }>,
): Promise<WriteOutcome> {
  const guarded = await writeIfValue(client, key, operation, [])
  if (guarded) return guarded
  const count = await client.unlink(key).catch((thrown: unknown) => {
    // Redis before 4.0 has only DEL.
    if (!/unknown command/i.test((thrown as Error).message)) throw thrown
    return client.del(key)
  })
  return count > 0 ? { done: true } : noSuchKey
}

function refused(sentence: string): WriteOutcome {
  return { done: false, reason: 'REFUSED', sentence }
}
