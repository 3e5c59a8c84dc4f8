import type { FilterScope, SavedFilter } from '../../../shared/api/filters.ts'
import type { z } from 'zod'
import type { Ranges, SortKey } from '../../../shared/api/contract.ts'
import type { tagRequest } from '../../../shared/api/tags.ts'
import type { PointsRequest } from '../../../shared/api/points.ts'

/** Saved filters of a store, which go by its location. */
export type FiltersTask = {
  readonly ask: 'filters'
  readonly folder: string
  readonly store: string
  readonly change?:
    | { readonly do: 'save'; readonly filter: SavedFilter }
    | { readonly do: 'rename'; readonly name: string; readonly scope: FilterScope; readonly to: string }
    | { readonly do: 'remove'; readonly name: string; readonly scope: FilterScope }
    | { readonly do: 'use'; readonly query: string }
    | { readonly do: 'forgetUsed' }
}

/** A question to the catalogs. `file` names one of them; a result belongs to the one that made it. */
export type CatalogTask =
  | {
      readonly ask: 'search'
      readonly file: string
      readonly query: string
      readonly sort: readonly SortKey[]
    }
  | { readonly ask: 'summary'; readonly file: string }
  | { readonly ask: 'arguments'; readonly file: string; readonly func: string; readonly module: string }
  | { readonly ask: 'inside'; readonly file: string; readonly func: string; readonly module: string }
  | { readonly ask: 'states'; readonly file: string }
  | { readonly ask: 'overview'; readonly file: string; readonly query: string }
  | { readonly ask: 'points'; readonly file: string; readonly request: PointsRequest }
  | { readonly ask: 'pointFields'; readonly file: string; readonly query: string }
  | {
      readonly ask: 'cells'
      readonly result: string
      readonly fields: readonly string[]
      readonly from: number
      readonly to: number
    }
  | {
      readonly ask: 'complete'
      readonly file: string
      readonly query: string
      readonly caret: number
      readonly limit: number
    }
  | { readonly ask: 'row'; readonly file: string; readonly key: string }
  | { readonly ask: 'why'; readonly file: string; readonly key: string }
  | {
      readonly ask: 'rows'
      readonly result: string
      readonly from: number
      readonly to: number
      readonly args: readonly string[]
    }
  | { readonly ask: 'position'; readonly result: string; readonly key: string }
  | { readonly ask: 'totals'; readonly result: string; readonly ranges: Ranges }
  | { readonly ask: 'keys'; readonly result: string; readonly ranges: Ranges; readonly limit: number }
  | { readonly ask: 'terms'; readonly file: string; readonly query: string }
  | FiltersTask
  | {
      readonly ask: 'tags'
      readonly file: string
      readonly request: z.output<typeof tagRequest>
    }
  | { readonly ask: 'close'; readonly file: string }
