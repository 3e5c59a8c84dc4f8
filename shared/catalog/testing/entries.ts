import type { SortKey } from '../../api/contract.ts'
import type { ArgumentSummary, EntrySummary } from '../../model/record.ts'
import type { Catalog } from '../catalog.ts'
import type { CatalogEntry } from '../writer.ts'

/** Entries made by hand for tests of the catalog. */

const encoder = new TextEncoder()
const number = (name: string, value: number): ArgumentSummary => ({
  name,
  type: 'int',
  preview: String(value),
  number: value,
})
export const text = (name: string, value: string): ArgumentSummary => ({
  name,
  type: 'str',
  preview: `'${value}'`,
  text: value,
})

export function entry(
  key: string,
  summary: Partial<EntrySummary>,
  rest: Partial<CatalogEntry> = {},
): CatalogEntry {
  return {
    key: encoder.encode(key),
    sizeBytes: 100,
    ...rest,
    summary: { kind: 'call', status: 'ok', args: [], ...summary },
  }
}

/** Keys that a search finds, in its order. */
export function keysOf(catalog: Catalog, query: string, sort: SortKey[] = []): string[] {
  const { id, entries } = catalog.search(query, sort)
  return catalog.keys(id, [[0, entries]], 100_000)
}

/** A call of `relax` with two arguments. */
export const relax = (
  key: string,
  element: string,
  cutoff: number,
  more: Partial<EntrySummary> = {},
): CatalogEntry =>
  entry(key, {
    func: 'relax',
    module: 'alloys.bulk',
    user: 'ana',
    version: '0.1.0',
    args: [text('element', element), number('cutoff', cutoff)],
    call: `relax(element='${element}', cutoff=${cutoff})`,
    elapsedSeconds: cutoff / 10,
    ...more,
  })
