import type { Entry } from '../contract.ts'
import type { Client } from './connect.ts'

const keysAtOnce = 500

/** Size and time to live of keys; `undefined` for what is not there or holds no string. */
export async function lookUpKeys(
  client: Client,
  prefix: Buffer,
  keys: readonly Uint8Array[],
): Promise<(Entry | undefined)[]> {
  const found: (Entry | undefined)[] = []
  for (let at = 0; at < keys.length; at += keysAtOnce) {
    const some = keys.slice(at, at + keysAtOnce)
    // oxlint-disable-next-line no-await-in-loop -- bounds what is in flight
    found.push(...(await Promise.all(some.map((key) => lookUp(client, prefix, key)))))
  }
  return found
}

async function lookUp(client: Client, prefix: Buffer, key: Uint8Array): Promise<Entry | undefined> {
  const full = Buffer.concat([prefix, key])
  // Sent together; what is no string makes STRLEN an error, which its type explains.
  const [type, sizeBytes, leftMs] = await Promise.all([
    client.type(full),
    client.strlen(full).catch(() => 0),
    client.pttl(full),
  ])
  if (type !== 'string') return undefined
  return { key, sizeBytes, ...(leftMs < 0 ? {} : { expiresAtMs: Date.now() + leftMs }) }
}
