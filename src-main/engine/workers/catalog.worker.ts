import { statSync } from 'node:fs'
import { Catalog } from '../../../shared/catalog/catalog.ts'
import type { StoredFilters } from '../../../shared/api/filters.ts'
import { SavedFilters } from '../../../shared/catalog/saved-filters.ts'
import type { z } from 'zod'
import type { TagAnswer, tagRequest } from '../../../shared/api/tags.ts'
import { AppError } from '../../../shared/model/errors.ts'
import { parseKey } from '../../../shared/model/keys.ts'
import type { CatalogTask, FiltersTask } from './catalog-task.ts'
import { replying } from './reply.ts'

/** Open catalogs by file, with their result sets. This worker is the only one of its kind. */
const catalogs = new Map<string, Catalog>()
const inodes = new Map<string, number | undefined>()

function catalogOf(file: string): Catalog {
  const known = catalogs.get(file)
  // Another program may have thrown the index away and begun a new one: the old file would answer for ever.
  if (known && inodes.get(file) === inodeOf(file)) return known
  known?.close()
  const catalog = Catalog.open(file)
  catalogs.set(file, catalog)
  inodes.set(file, inodeOf(file))
  return catalog
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino
}

function catalogOfResult(result: string): Catalog {
  for (const catalog of catalogs.values()) if (catalog.hasResult(result)) return catalog
  throw new AppError('NOT_FOUND', 'This result is not kept any more; search again.')
}

function run(task: CatalogTask): unknown {
  try {
    return answer(task)
  } catch (thrown) {
    // A damaged file was removed; the next question opens a new one.
    if (thrown instanceof AppError && thrown.code === 'DAMAGED') {
      for (const [file, catalog] of catalogs) if (catalog.file === thrown.data.path) catalogs.delete(file)
    }
    throw thrown
  }
}

function answer(task: CatalogTask): unknown {
  switch (task.ask) {
    case 'search':
      return catalogOf(task.file).search(task.query, task.sort)
    case 'summary':
      return catalogOf(task.file).summary()
    case 'arguments':
      return catalogOf(task.file).argumentColumns(task.func, task.module)
    case 'inside':
      return catalogOf(task.file).insideColumns(task.func, task.module)
    case 'states':
      return catalogOf(task.file).states()
    case 'overview':
      return catalogOf(task.file).overview(task.query)
    case 'points':
      return catalogOf(task.file).points(task.request)
    case 'pointFields':
      return catalogOf(task.file).pointFields(task.query)
    case 'cells':
      return catalogOfResult(task.result).cells(task.result, task.fields, task.from, task.to)
    case 'complete':
      return catalogOf(task.file).complete(task.query, task.caret, task.limit)
    case 'row':
      return catalogOf(task.file).row(task.key)
    case 'why':
      return catalogOf(task.file).why(task.key)
    case 'rows':
      return catalogOfResult(task.result).rows(task.result, task.from, task.to, task.args)
    case 'position':
      return catalogOfResult(task.result).position(task.result, task.key)
    case 'totals':
      return catalogOfResult(task.result).totals(task.result, task.ranges)
    case 'keys':
      return catalogOfResult(task.result).keys(task.result, task.ranges, task.limit)
    case 'terms':
      return catalogOf(task.file).terms(task.query)
    case 'filters':
      return changeFilters(task)
    case 'tags':
      return changeTags(catalogOf(task.file), task.request)
    case 'close':
      catalogs.get(task.file)?.close()
      catalogs.delete(task.file)
      inodes.delete(task.file)
      return undefined
  }
}

function changeFilters({ folder, store, change }: FiltersTask): StoredFilters {
  using filters = SavedFilters.open(folder)
  if (change?.do === 'save') filters.save(store, change.filter)
  else if (change?.do === 'rename') filters.rename(store, change)
  else if (change?.do === 'remove') filters.remove(store, change.name, change.scope)
  else if (change?.do === 'use') filters.use(store, change.query)
  else if (change?.do === 'forgetUsed') filters.forgetUsed(store)
  return filters.list(store)
}

function changeTags(
  catalog: Catalog,
  { keys = [], result, add, remove }: z.output<typeof tagRequest>,
): TagAnswer {
  const rows = result ? catalog.keys(result.id, result.ranges, Number.MAX_SAFE_INTEGER) : []
  const chosen = [...keys, ...rows].map(parseKey)
  const changed = catalog.tag(chosen, { add, remove })
  return { entries: chosen.length, changed, tags: catalog.tagsAmong(chosen), all: catalog.tags() }
}

export default replying(run)
