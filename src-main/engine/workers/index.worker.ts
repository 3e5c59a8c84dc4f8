import { Catalog } from '../../../shared/catalog/catalog.ts'
import { indexStore, indexTexts, keepColumns } from '../../../shared/catalog/indexer.ts'
import type { Store } from '../../../shared/stores/contract.ts'
import { openStore } from '../../../shared/stores/registry.ts'
import type { IndexProgress, IndexResult, IndexTask } from './index-task.ts'
import { replying } from './reply.ts'

const straysLimit = 200

/** Opens the store read-only and the catalog, indexes, closes both. Cancelling keeps what was written. */
async function run({ store: location, catalogFile, onlyIfChanged, port }: IndexTask): Promise<IndexResult> {
  const cancelling = new AbortController()
  port.on('message', () => cancelling.abort())
  try {
    await using store = await openStore(location)
    using catalog = Catalog.open(catalogFile)
    const started = performance.now()
    const isSame = onlyIfChanged && (await isUpToDate(store, catalog))
    const lookMs = performance.now() - started
    if (isSame) {
      // An index of an earlier version of this program has none.
      await keepColumns(catalog, { signal: cancelling.signal })
      return { hasRun: false, entries: catalog.count(), revision: catalog.revision, strays: [], lookMs }
    }
    await indexStore(store, catalog, {
      signal: cancelling.signal,
      onProgress: ({ done, total }) => {
        const progress: IndexProgress = {
          indexed: done,
          total,
          entries: catalog.count(),
          revision: catalog.revision,
        }
        port.postMessage(progress)
      },
    })
    await indexTexts(catalog, { signal: cancelling.signal })
    await keepColumns(catalog, { signal: cancelling.signal })
    const strays = (await store.strays?.(straysLimit)) ?? []
    return { hasRun: true, entries: catalog.count(), revision: catalog.revision, strays, lookMs }
  } finally {
    port.close()
  }
}

async function isUpToDate(store: Store, catalog: Catalog): Promise<boolean> {
  const before = catalog.known.token()
  return before !== undefined && (await store.changeToken()).whole === before
}

export default replying(run)
