import type { Redis } from 'ioredis'
import type { StoreLimits } from '../contract.ts'

/** Memory of the servers of a cache, as `INFO memory` tells it; where that is forbidden, nothing is known to be full. */
export async function memoryLimits(servers: readonly Redis[]): Promise<StoreLimits> {
  const infos = await Promise.all(servers.map((server) => server.info('memory').catch(() => '')))
  const each = infos.map((info) => ({
    used: Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? 0),
    max: Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0),
    policy: /^maxmemory_policy:(\S+)/m.exec(info)?.[1],
  }))
  const policy = each.find((server) => server.policy !== undefined && server.policy !== 'noeviction')?.policy
  const isLimited = each.length > 0 && each.every(({ max }) => max > 0)
  return {
    usedBytes: each.reduce((sum, { used }) => sum + used, 0),
    ...(isLimited ? { maxBytes: each.reduce((sum, { max }) => sum + max, 0) } : {}),
    // Without a limit no rule is ever asked.
    ...(policy !== undefined && each.some(({ max }) => max > 0) ? { evicts: policy } : {}),
  }
}
