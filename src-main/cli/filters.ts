import { dataFolder } from '../../shared/catalog/location.ts'
import { SavedFilters } from '../../shared/catalog/saved-filters.ts'
import { AppError } from '../../shared/model/errors.ts'
import { openStore } from '../../shared/stores/registry.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

export interface FiltersOptions {
  /** Of this store only; else for all stores. */
  readonly store?: string
  readonly json?: boolean
}

/** `hashcache filters`: all that are saved, with `--store` those that the store sees. */
export async function runFiltersList({ store, json }: FiltersOptions): Promise<ExitCode> {
  const output = standardOutput()
  const location = store === undefined ? undefined : await locationOf(store)
  using filters = SavedFilters.open(dataFolder())
  const all = filters
    .listAll()
    .filter((each) => location === undefined || ['', location].includes(each.store))
  if (json) {
    for (const { name, store: of, query } of all)
      await output.write(JSON.stringify({ name, store: of === '' ? undefined : of, query }) + '\n')
    return 0
  }
  if (all.length === 0) {
    await output.write('No filters are saved; "hashcache filters save NAME FILTER" saves one.\n')
    return 0
  }
  const columns = [{ title: 'NAME' }, { title: 'STORE' }, { title: 'FILTER' }]
  const rows = all.map((each) => [`@${each.name}`, each.store || '(all)', each.query].map(visibleText))
  for (const line of tableLines(output, columns, rows)) await output.write(line)
  return 0
}

/** `hashcache filters save NAME FILTER`; an old one of that name is replaced. */
export async function runFiltersSave(
  name: string,
  query: string,
  { store }: FiltersOptions,
): Promise<ExitCode> {
  const location = store === undefined ? '' : await locationOf(store)
  using filters = SavedFilters.open(dataFolder())
  filters.save(location, { name, query, scope: location === '' ? 'all' : 'store' })
  await standardOutput().write(`Saved: --query @${name}\n`)
  return 0
}

/** `hashcache filters remove NAME`. */
export async function runFiltersRemove(name: string, { store }: FiltersOptions): Promise<ExitCode> {
  const location = store === undefined ? '' : await locationOf(store)
  using filters = SavedFilters.open(dataFolder())
  filters.remove(location, name, location === '' ? 'all' : 'store')
  await standardOutput().write(`Removed: ${name}\n`)
  return 0
}

/** The filter that a saved name means for a store, which may be one that cannot be opened: then that of all stores. */
export async function savedQuery(name: string, target: string): Promise<string> {
  const location = await locationOf(target).catch((thrown: unknown) => {
    if (thrown instanceof AppError) return ''
    throw thrown
  })
  using filters = SavedFilters.open(dataFolder())
  return filters.find(location, name)
}

async function locationOf(target: string): Promise<string> {
  await using store = await openStore(target)
  return store.location
}
