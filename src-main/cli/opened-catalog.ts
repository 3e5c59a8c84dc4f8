import { Catalog } from '../../shared/catalog/catalog.ts'
import { indexStore } from '../../shared/catalog/indexer.ts'
import { indexFile } from '../../shared/catalog/location.ts'
import { AppError } from '../../shared/model/errors.ts'
import type { Row, SortKey } from '../../shared/api/contract.ts'
import type { Store } from '../../shared/stores/contract.ts'
import { openStore } from '../../shared/stores/registry.ts'

/** A store with its catalog, brought up to date. Dispose it. */
export interface OpenedCatalog extends AsyncDisposable {
  readonly store: Store
  readonly catalog: Catalog
}

/** Opens a store and indexes what is new. Where the data folder cannot be written, the catalog is made in memory. */
export async function openCatalog(target: string): Promise<OpenedCatalog> {
  await using stack = new AsyncDisposableStack()
  const store = stack.use(await openStore(target))
  const catalog = stack.use(openIndex(store))
  await indexStore(store, catalog)
  const held = stack.move()
  return { store, catalog, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

function openIndex(store: Store): Catalog {
  const file = indexFile(store)
  try {
    return Catalog.open(file)
  } catch (thrown) {
    // Tags protect entries: they hold without an index too.
    if (thrown instanceof AppError && thrown.code === 'REFUSED') return Catalog.open(':memory:', file)
    throw thrown
  }
}

const pageRows = 1_000

/** Rows that match, in order, page by page. Throws `BAD_QUERY` and `USAGE` before the first. */
export function searchRows(
  catalog: Catalog,
  options: {
    query?: string
    sort?: readonly SortKey[]
    limit?: number
    /** Names of columns to show: arguments, and `out:PATH`. */
    args?: readonly string[]
  },
): Iterable<Row> {
  const { id, entries } = catalog.search(
    options.query ?? '',
    options.sort ?? [{ column: 'key', descending: false }],
  )
  const count = Math.min(entries, options.limit ?? entries)
  return pages(catalog, id, count, options.args)
}

function* pages(
  catalog: Catalog,
  result: string,
  count: number,
  args: readonly string[] = [],
): Generator<Row> {
  for (let from = 0; from < count; from += pageRows)
    yield* catalog.rows(result, from, Math.min(count, from + pageRows), args).rows
}
