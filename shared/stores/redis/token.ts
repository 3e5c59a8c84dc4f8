import type { Redis } from 'ioredis'

/** Fields of INFO that move with every write, expiry, eviction, restart, or save. */
const telling = [
  'run_id',
  'rdb_last_save_time',
  'rdb_changes_since_last_save',
  'expired_keys',
  'evicted_keys',
] as const

let unknowns = 0

/**
 * A token of a server's content from INFO: one round trip, nothing read or
 * touched. Equal tokens mean that nothing was written to the server. Unequal
 * ones do not mean that this cache changed: the counts are of the whole
 * server, and start anew with it. Where INFO is not allowed, or a hosted
 * server leaves the count of changes out, no token ever equals another.
 */
export async function serverToken(server: Redis, database: number): Promise<string> {
  let info: string
  try {
    info = await server.info()
  } catch (error) {
    if (!(error as Error).message.startsWith('NOPERM')) throw error
    return unknownToken()
  }
  const fields = new Map(
    info.split('\r\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    }),
  )
  if (!fields.has('rdb_changes_since_last_save')) return unknownToken()
  // `avg_ttl` behind the counts moves by itself.
  const counts = /^keys=\d+,expires=\d+/.exec(fields.get(`db${database}`) ?? '')?.[0] ?? 'keys=0'
  return [counts, ...telling.map((name) => fields.get(name) ?? '')].join(' ')
}

function unknownToken(): string {
  return `unknown ${performance.timeOrigin} ${unknowns++}`
}
