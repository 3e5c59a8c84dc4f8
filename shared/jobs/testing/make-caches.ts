import { openStore } from '../../stores/registry.ts'

/**
 * Makes one new cache after the other, for tests that kill it in that: `make-caches.ts SCHEME PATH QUERY` makes
 * `SCHEME:PATH-0QUERY`, `SCHEME:PATH-1QUERY`… and says so of each before.
 */
const [scheme = '', path = '', query = ''] = process.argv.slice(2)
for (let i = 0; ; i++) {
  process.stdout.write(`${i}\n`)
  const store = await openStore(`${scheme}:${path}-${i}${query}`, { write: true })
  await store[Symbol.asyncDispose]()
}
