import type { Redis } from 'ioredis'
import type { StoreAbout } from '../contract.ts'
import type { RedisTarget } from './target.ts'

/** Name and version of the servers, and how many keys they have. What the user may not ask for is left out. */
export async function aboutServers(
  servers: readonly Redis[],
  { prefix, mode }: Pick<RedisTarget, 'prefix' | 'mode'>,
): Promise<StoreAbout> {
  const [info, counts] = await Promise.all([
    servers[0]?.info('server').catch(() => ''),
    prefix === '' ? Promise.all(servers.map((server) => server.dbsize())).catch(() => undefined) : undefined,
  ])
  const version = versionOf(info ?? '')
  return {
    product:
      version === undefined
        ? undefined
        : `${version}${mode === 'cluster' ? `, ${servers.length} masters` : ''}`,
    entries: counts?.reduce((sum, count) => sum + count, 0),
  }
}

/** Valkey gives Redis' version too, for old clients. */
function versionOf(info: string): string | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:([^\r\n]{1,40})`, 'm').exec(info)?.[1]
  const valkey = field('valkey_version')
  const redis = field('redis_version')
  return valkey ? `Valkey ${valkey}` : redis && `Redis ${redis}`
}
