import { mostExamples, mostListed } from '../../../shared/api/trust.ts'
import type { StoreTrust, StoreTrustEvent } from '../../../shared/api/trust.ts'
import { Catalog } from '../../../shared/catalog/catalog.ts'
import { matchingKeys } from '../../../shared/compare/compare.ts'
import { AppError } from '../../../shared/model/errors.ts'
import { openStore } from '../../../shared/stores/registry.ts'
import { TrustSums } from '../../../shared/trust/sums.ts'
import { entryTrustOrGone } from '../values/trust.ts'
import { replying } from './reply.ts'
import type { TrustTask } from './trust-task.ts'

const paceMs = 150

async function run({ store: location, catalogFile, query, port }: TrustTask): Promise<undefined> {
  let isCancelled = false
  port.on('message', () => (isCancelled = true))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
  const say = (event: StoreTrustEvent): void => port.postMessage(event)
  try {
    const keys = keysOf(catalogFile, query)
    await using store = await openStore(location)
    const sums = new TrustSums({ examples: mostExamples, notable: mostListed.entries })
    let toldMs = performance.now()
    for (const [i, key] of keys.entries()) {
      const report = await entryTrustOrGone(store, key)
      if (report) sums.add(key, report)
      if (performance.now() - toldMs < paceMs) continue
      say({ type: 'progress', done: i + 1, of: keys.length, verdicts: sums.verdicts })
      // Lets the wish to end come in.
      await new Promise((resolve) => setImmediate(resolve))
      if (isCancelled) throw new AppError('CANCELLED', 'The reading was cancelled.')
      toldMs = performance.now()
    }
    say({ type: 'end', trust: trustOf(sums) })
  } finally {
    port.close()
  }
  return undefined
}

function keysOf(catalogFile: string, query: string): string[] {
  using catalog = Catalog.open(catalogFile)
  return [...matchingKeys(catalog, query)].flat()
}

function trustOf(sums: TrustSums): StoreTrust {
  const { imports, calls, warnings } = sums
  return {
    entries: sums.total,
    verdicts: sums.verdicts,
    imports: imports.slice(0, mostListed.names),
    importCount: sums.importCount,
    calls: calls.slice(0, mostListed.names),
    callCount: sums.callCount,
    warnings: warnings.slice(0, mostListed.names),
    warningCount: sums.warningCount,
    notable: sums.notable,
  }
}

export default replying(run)
