import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { keysOf } from '../../client/queries.ts'
import { countSelected } from '../../virtual/selection.ts'
import type { Entries } from '../entries/use-entries.ts'
import { compareOptions } from './compare-link.ts'
import { withComparePlace } from './compare-place.ts'

/** The commands that lead to a comparison. */
export function useCompareCommands(store: Connection, entries: Entries, notify: (text: string) => void) {
  const { place, navigate, stores } = useDesk()
  const { location } = store
  const compareWith = (key: string | undefined): void => {
    if (key === undefined) return notify('No entry is chosen')
    navigate({ view: 'compare', options: compareOptions(location, key) })
  }
  const compareSelected = async (): Promise<void> => {
    const { view } = entries
    const count = view ? countSelected(view.grid.selection) : 0
    if (!view || count !== 2) {
      if (count > 2) return notify('Two entries are compared at a time; select two')
      return compareWith(place.entry ?? entries.focusedRow()?.key)
    }
    const ranges = view.grid.selection.ranges.map(([from, to]): [number, number] => [from, to])
    const [first, second] = await keysOf(view.result.id, ranges, 2)
    if (first === undefined || second === undefined) return notify('One of the two is gone; refresh the list')
    navigate({ view: 'compare', options: compareOptions(location, first, second) })
  }
  return {
    compare: () => void compareSelected().catch((error: unknown) => notify(String(error))),
    compareWith: () => compareWith(place.entry ?? entries.focusedRow()?.key),
    compareCaches: () => {
      const other = stores.find(({ id }) => id !== store.id)
      const options = withComparePlace(
        {},
        { about: 'caches', left: location, right: other?.location ?? location },
      )
      navigate({ view: 'compare', options })
    },
    viewCompare: () => navigate({ view: 'compare' }),
  }
}
