import type { StoreType } from '../contract.ts'
import { redisForm } from './form.ts'
import { RedisStore } from './store.ts'
import { parseTarget, redisSchemes } from './target.ts'

/** Redis and Valkey: one server, a cluster, or the master that sentinels name; see `target.ts` for the URLs. */
export const redisStoreType: StoreType = {
  kind: 'redis',
  title: 'Redis',
  scheme: 'redis',
  serverSchemes: redisSchemes,
  form: redisForm,
  // A server has no path to look at.
  detect: async () => undefined,
  open: async (location, options = {}) =>
    RedisStore.open(parseTarget(location), { write: options.write === true, signal: options.signal }),
}
