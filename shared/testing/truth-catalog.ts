import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backendAt } from '../hashcache/backends.ts'
import { openStore } from '../stores/registry.ts'
import { truthEntries } from './truth-entries.ts'
import { Catalog } from '../catalog/catalog.ts'
import { indexStore } from '../catalog/indexer.ts'

/** The entries of the truth table, written as a cache into a folder of its own and indexed. `close` takes it away. */
export async function openTruthCatalog(): Promise<{ catalog: Catalog; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'truth-'))
  const backend = backendAt(`fs:${join(folder, 'cache')}`)
  for (const [digit, value] of Object.entries(truthEntries)) {
    const key = digit.repeat(40)
    if (value !== undefined) await backend.dump(key, value as never, false)
    else {
      mkdirSync(join(folder, 'cache', key.slice(0, 2)), { recursive: true })
      writeFileSync(join(folder, 'cache', key.slice(0, 2), key), 'no pickle at all')
    }
  }
  const catalog = Catalog.open(join(folder, 'index.sqlite'))
  await using store = await openStore(`fs:${join(folder, 'cache')}`)
  await indexStore(store, catalog)
  const close = (): void => {
    catalog.close()
    rmSync(folder, { recursive: true })
  }
  return { catalog, close }
}
