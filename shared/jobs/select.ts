import { Catalog } from '../catalog/catalog.ts'
import { indexStore } from '../catalog/indexer.ts'
import { indexFile } from '../catalog/location.ts'
import { parseKey } from '../model/keys.ts'
import type { Row } from '../api/contract.ts'
import type { Store } from '../stores/contract.ts'
import type { Selection } from './contract.ts'

const pageRows = 1_000

/** An entry that a plan may be about. */
export interface Candidate {
  readonly key: Uint8Array
  readonly row: Row
  /** As the index saw it: equal stamps mean that it has not changed since. */
  readonly stamp?: string
}

/** The catalog of a store, brought up to date: what a plan is made from. Dispose it. */
export async function openUpToDate(store: Store, dataFolder: string, signal?: AbortSignal): Promise<Catalog> {
  const catalog = Catalog.open(indexFile(store, dataFolder))
  try {
    await indexStore(store, catalog, { signal })
    return catalog
  } catch (thrown) {
    catalog.close()
    throw thrown
  }
}

/**
 * The entries of a selection, in the order of their keys, batch by batch. A key that is not in the store is left out.
 *
 * @throws AppError BAD_QUERY
 */
export function* candidates(catalog: Catalog, { query = '', keys }: Selection): Generator<Candidate[]> {
  const wanted = keys && new Set(keys)
  const { id, entries } = catalog.search(query, [{ column: 'key', descending: false }])
  for (let from = 0; from < entries; from += pageRows) {
    const { rows } = catalog.rows(id, from, Math.min(entries, from + pageRows))
    const chosen = wanted ? rows.filter(({ key }) => wanted.has(key)) : rows
    if (chosen.length === 0) continue
    const known = catalog.known.ofKeys(chosen.map(({ key }) => parseKey(key)))
    yield chosen.map((row) => {
      const key = parseKey(row.key)
      const stamp = known.get(Buffer.from(key).toString('latin1'))?.stamp ?? undefined
      return stamp === undefined ? { key, row } : { key, row, stamp }
    })
  }
}
