/**
 * A program that hostile-input tests start: opens each store that is named on its command line, reads everything and
 * prints one line of JSON per store. A process of its own, so that a crash, a hang or an exhausted memory is seen.
 */
import { toAppError } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import { openStore } from '../stores/registry.ts'

export interface StoreReport {
  location: string
  tookMs: number
  /** Bytes above what the process had at its start. */
  peakBytes: number
  error?: { code: string; message: string }
  keys?: string[]
  /** Entries whose value was a `Problem`. */
  unreadable?: number
  strays?: string[]
}

const startBytes = process.memoryUsage().rss

async function report(location: string): Promise<StoreReport> {
  const startMs = performance.now()
  const result: Partial<StoreReport> = {}
  try {
    await using store = await openStore(location)
    const keys: string[] = []
    let unreadable = 0
    for await (const batch of store.entries()) {
      const values = await store.getMany(batch.map(({ key }) => key))
      keys.push(...batch.map(({ key }) => showKey(key)))
      unreadable += values.filter((value) => !(value instanceof Uint8Array)).length
    }
    const strays = (await store.strays?.(20)) ?? []
    Object.assign(result, {
      keys,
      unreadable,
      strays: strays.map(({ name, reason }) => `${name}: ${reason}`),
    })
  } catch (thrown) {
    result.error = toAppError(thrown).toJSON()
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024 - startBytes
  return { location, tookMs: performance.now() - startMs, peakBytes, ...result }
}

for (const location of process.argv.slice(2)) {
  // oxlint-disable-next-line no-await-in-loop -- each is timed alone
  process.stdout.write(`${JSON.stringify(await report(location))}\n`)
}
