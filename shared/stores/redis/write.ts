import { AppError } from '../../model/errors.ts'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import type { Client } from './connect.ts'
import { failedWrite } from './faults.ts'

const operationsAtOnce = 500

export interface WriteContext {
  readonly client: Client
  readonly server: string
  readonly prefix: Buffer
  readonly signal?: AbortSignal
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
  }
  return outcomes
}

async function writeSome(
  context: WriteContext,
  operations: readonly WriteOperation[],
): Promise<WriteOutcome[]> {
  const keys = operations.map((operation) => Buffer.concat([context.prefix, operation.key]))
  const types = await Promise.allSettled(
    operations.map(async (operation, index) =>
      // NX alone never overwrites anything.
      operation.kind === 'put' && operation.expect ? 'none' : context.client.type(keys[index]!),
    ),
  )
  return Promise.all(
    operations.map(async (operation, index) => {
      const type = types[index]!
      if (type.status === 'rejected') return failedWrite(context.server, type.reason)
      if (type.value !== 'string' && type.value !== 'none')
        return refused(`The key holds a Redis ${type.value}, which is left alone.`)
      try {
        return operation.kind === 'put'
          ? await put(context.client, keys[index]!, operation)
          : await remove(context.client, keys[index]!)
      } catch (thrown) {
        return failedWrite(context.server, thrown)
      }
    }),
  )
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
  const life: (string | number)[] = leftMs === undefined ? [] : ['PX', leftMs]
  const absent = operation.expect === 'absent' ? ['NX'] : []
  const answer = await client.call('SET', key, value, ...life, ...absent)
  if (answer !== null) return { done: true }
  return { done: false, reason: 'EXISTS', sentence: 'The key is there already.' }
}

async function remove(client: Client, key: Buffer): Promise<WriteOutcome> {
  const count = await client.unlink(key).catch((thrown: unknown) => {
    // Redis before 4.0 has only DEL.
    if (!/unknown command/i.test((thrown as Error).message)) throw thrown
    return client.del(key)
  })
  return count > 0 ? { done: true } : { done: false, reason: 'ABSENT', sentence: 'There is no such key.' }
}

function refused(sentence: string): WriteOutcome {
  return { done: false, reason: 'REFUSED', sentence }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
