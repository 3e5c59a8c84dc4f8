import type { SortKey } from '../../shared/api/contract.ts'

export const inspectorTabs = [
  'output',
  'metadata',
  'arguments',
  'json',
  'raw',
  'trust',
  'why',
  'bytes',
] as const
export type InspectorTab = (typeof inspectorTabs)[number]

/** What the middle of the window shows; `app/views.tsx` has the screen of each. */
export const viewIds = ['overview', 'entries', 'plot', 'compare', 'trust', 'jobs', 'trash'] as const
export type ViewId = (typeof viewIds)[number]

/** Where the user is: all of it stands in the address, so that reload, Back and a sent link lead here. */
export interface Place {
  /** Location of the store, which outlives the engine; its connection's id does not. */
  readonly store: string | undefined
  readonly query: string
  readonly sort: readonly SortKey[]
  /** Shown key of the inspected entry. */
  readonly entry: string | undefined
  readonly tab: InspectorTab
  readonly view: ViewId
  /** What views and panels keep of themselves, by names of their own: `x`, `left`. Empty texts are absent. */
  readonly options: Readonly<Record<string, string>>
}

export const defaultSort: readonly SortKey[] = [{ column: 'runAtSeconds', descending: true }]
export const start: Place = {
  store: undefined,
  query: '',
  sort: defaultSort,
  entry: undefined,
  tab: 'output',
  view: 'entries',
  options: {},
}
/** Options stand in the address behind this, so that they never meet another parameter. */
const optionPrefix = 'v.'

export function parsePlace(search: string): Place {
  const parameters = new URLSearchParams(search)
  const tab = parameters.get('tab')
  const sort = parameters.get('sort')
  const view = parameters.get('view')
  return {
    store: parameters.get('store') ?? undefined,
    query: parameters.get('q') ?? '',
    sort: sort === null ? defaultSort : parseSort(sort),
    entry: parameters.get('entry') ?? undefined,
    tab: inspectorTabs.find((known) => known === tab) ?? 'output',
    view: viewIds.find((known) => known === view) ?? 'entries',
    options: Object.fromEntries(
      [...parameters].flatMap(([name, value]) =>
        name.startsWith(optionPrefix) && value !== '' ? [[name.slice(optionPrefix.length), value]] : [],
      ),
    ),
  }
}

/** The inverse of `parsePlace`; what is at its default is left out. */
export function formatPlace(place: Place): string {
  const parameters = new URLSearchParams()
  if (place.store !== undefined) parameters.set('store', place.store)
  if (place.query !== '') parameters.set('q', place.query)
  const sort = formatSort(place.sort)
  if (sort !== formatSort(defaultSort)) parameters.set('sort', sort)
  if (place.entry !== undefined) parameters.set('entry', place.entry)
  if (place.tab !== 'output') parameters.set('tab', place.tab)
  if (place.view !== 'entries') parameters.set('view', place.view)
  for (const [name, value] of Object.entries(place.options)) {
    if (value !== '') parameters.set(optionPrefix + name, value)
  }
  const search = parameters.toString()
  return search === '' ? '' : `?${search}`
}

function parseSort(text: string): SortKey[] {
  return text
    .split(',')
    .filter((part) => part !== '' && part !== '-')
    .slice(0, 4)
    .map((part) => {
      const descending = part.startsWith('-')
      return { column: decode(descending ? part.slice(1) : part), descending }
    })
}

function formatSort(sort: readonly SortKey[]): string {
  return sort
    .map(
      ({ column, descending }) => (descending ? '-' : '') + encodeURIComponent(column).replace(/^-/, '%2D'),
    )
    .join(',')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A click on a column's title: sorts by it, then turns, then (an added key) drops it. */
export function nextSort(sort: readonly SortKey[], column: string, isAdded: boolean): SortKey[] {
  const index = sort.findIndex((key) => key.column === column)
  const present = sort[index]
  const startsDescending = column === 'runAtSeconds' || column === 'sizeBytes' || column === 'elapsedSeconds'
  if (!isAdded) {
    const isAlone = present !== undefined && sort.length === 1
    return [{ column, descending: isAlone ? !present.descending : startsDescending }]
  }
  if (present === undefined) return [...sort, { column, descending: startsDescending }].slice(-4)
  if (present.descending === startsDescending) {
    return sort.map((key) => (key.column === column ? { column, descending: !key.descending } : key))
  }
  return sort.filter((key) => key.column !== column)
}
