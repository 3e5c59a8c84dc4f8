import { useSyncExternalStore } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { JobSelection } from '../../../shared/api/jobs.ts'
import { countOf } from '../../ui/format.ts'

interface Chosen {
  readonly store: string
  readonly selection: JobSelection
  readonly entries: number
}

/** Rows that were selected for a job that still needs to be told where to. They belong to a result set of the engine, so no address can hold them. */
let chosen: Chosen | undefined
const changes = new EventTarget()

export function chooseEntries(next: Chosen | undefined): void {
  chosen = next
  changes.dispatchEvent(new Event('change'))
}

function subscribe(onChange: () => void): () => void {
  changes.addEventListener('change', onChange)
  return () => changes.removeEventListener('change', onChange)
}

/** The selection that the user came with, of this cache. */
export function useChosenEntries(store: Connection) {
  const now = useSyncExternalStore(subscribe, () => chosen)
  if (now?.store !== store.id) return undefined
  return {
    selection: now.selection,
    words: `${countOf(now.entries, 'selected entry', 'selected entries')}.`,
    drop: () => chooseEntries(undefined),
  }
}
