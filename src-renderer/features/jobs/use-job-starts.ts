import type { Connection } from '../../../shared/api/contract.ts'
import type { JobSelection } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { countSelected } from '../../virtual/selection.ts'
import type { Entries } from '../entries/use-entries.ts'
import { chooseEntries } from './chosen-entries.ts'
import { usePlanJob } from './use-job-commands.ts'

export interface ChosenRows {
  readonly selection: JobSelection
  readonly entries: number
}

/** The rows that a command is about: the selection, else the row with the focus. */
export function chosenRows({ view }: Entries): ChosenRows | undefined {
  if (!view) return undefined
  const { selection, row } = view.grid
  const count = countSelected(selection)
  const ranges = count > 0 ? selection.ranges : row < 0 ? [] : [[row, row + 1] as const]
  if (ranges.length === 0) return undefined
  return {
    entries: Math.max(1, count),
    selection: { result: { id: view.result.id, ranges: ranges.map(([from, to]) => [from, to]) } },
  }
}

/** The commands that begin a job. They lead to its plan or its form: nothing is changed by them. */
export function useJobStarts(store: Connection, entries: Entries, notify: (text: string) => void) {
  const { place, navigate } = useDesk()
  const plan = usePlanJob()
  const show = (form: 'migrate' | 'clean' | 'verify'): void =>
    navigate({ view: 'jobs', options: { ...place.options, new: form, job: '' } })
  return {
    evict: () => {
      const chosen = chosenRows(entries)
      if (!chosen) return notify('No entry is chosen')
      plan.mutate(
        { kind: 'evict', store: store.id, selection: chosen.selection },
        { onError: (error) => notify(error.message) },
      )
    },
    migrate: () => {
      const count = entries.view ? countSelected(entries.view.grid.selection) : 0
      const chosen = count > 0 ? chosenRows(entries) : undefined
      chooseEntries(chosen && { ...chosen, store: store.id })
      show('migrate')
    },
    clean: () => show('clean'),
    verify: () => show('verify'),
    viewEntries: () => navigate({ view: 'entries' }),
    viewJobs: () => navigate({ view: 'jobs' }),
    viewTrash: () => navigate({ view: 'trash' }),
  }
}
