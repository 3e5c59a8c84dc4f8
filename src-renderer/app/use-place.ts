import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { formatPlace, parsePlace, type Place } from './place.ts'

const moved = 'hashcache:moved'

function subscribe(onChange: () => void): () => void {
  window.addEventListener('popstate', onChange)
  window.addEventListener(moved, onChange)
  return () => {
    window.removeEventListener('popstate', onChange)
    window.removeEventListener(moved, onChange)
  }
}

/** `push` makes a step that Back undoes; `replace` is for what changes with every key. */
export type Navigate = (change: Partial<Place>, step?: 'push' | 'replace') => void

/** The place in the address, and the way to change it. */
export function usePlace(): readonly [Place, Navigate] {
  const search = useSyncExternalStore(subscribe, () => window.location.search)
  const place = useMemo(() => parsePlace(search), [search])
  const navigate = useCallback<Navigate>((change, step = 'push') => {
    const before = window.location.search
    const after = formatPlace({ ...parsePlace(before), ...change })
    if (after === before) return
    const url = window.location.pathname + after
    if (step === 'push') window.history.pushState(null, '', url)
    else window.history.replaceState(null, '', url)
    window.dispatchEvent(new Event(moved))
  }, [])
  return [place, navigate]
}
