import { useMemo } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { pathOfLocation } from '../../ui/format.ts'
import { readComparePlace, withComparePlace, type ComparePlace } from './compare-place.ts'

/** A side of a comparison: the cache, if it is open. */
export interface CompareSide {
  readonly location: string
  readonly store: Connection | undefined
}

export interface Compare extends ComparePlace {
  readonly sides: readonly [CompareSide, CompareSide]
  readonly set: (change: Partial<ComparePlace>, step?: 'push' | 'replace') => void
  readonly swap: () => void
}

/** The comparison of the place, and the way to change it. */
export function useCompare(present: Connection): Compare {
  const { place, navigate, stores } = useDesk()
  return useMemo(() => {
    const wanted = readComparePlace(place.options)
    const sideOf = (location: string | undefined): CompareSide => {
      if (location === undefined) return { location: present.location, store: present }
      const store = stores.find(
        (each) => each.location === location || pathOfLocation(each.location) === location,
      )
      return { location: store?.location ?? location, store }
    }
    const set: Compare['set'] = (change, step = 'push') =>
      navigate({ options: withComparePlace(place.options, change) }, step)
    const sides = [sideOf(wanted.left), sideOf(wanted.right)] as const
    const swap = (): void => {
      const { leftKey, rightKey } = wanted
      const group =
        wanted.group === 'onlyLeft' ? 'onlyRight' : wanted.group === 'onlyRight' ? 'onlyLeft' : wanted.group
      set({ left: sides[1].location, right: sides[0].location, leftKey: rightKey, rightKey: leftKey, group })
    }
    return { ...wanted, sides, set, swap }
  }, [place.options, navigate, stores, present])
}
