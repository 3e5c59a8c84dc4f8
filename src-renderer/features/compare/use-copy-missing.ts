import { useMutation } from '@tanstack/react-query'
import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { readLines } from '../../client/compare.ts'
import { chooseEntries } from '../jobs/chosen-entries.ts'

export interface Missing {
  /** The comparison, and the group of it that the other cache does not have. */
  readonly id: string
  readonly relation: 'onlyLeft' | 'onlyRight'
  readonly entries: number
  readonly from: Connection
  readonly to: Connection
}

const pageLines = 1_000
/** Of more, the whole cache is planned: what the other has stays as it is there. */
const keysAtMost = 50_000

/** Goes to the form of a migration of what the other cache does not have. */
export function useCopyMissing() {
  const { navigate } = useDesk()
  return useMutation({
    mutationFn: async ({ id, relation, from, to, entries }: Missing) => {
      const keys = entries > keysAtMost ? undefined : await keysOf(id, relation, entries)
      chooseEntries(keys && { store: from.id, selection: { keys }, entries: keys.length })
      const options = {
        new: 'migrate',
        from: from.location,
        to: to.location,
        which: 'missing',
        conflict: 'skip',
      }
      navigate({ view: 'jobs', store: from.location, query: '', entry: undefined, options })
    },
  })
}

async function keysOf(id: string, relation: Missing['relation'], entries: number): Promise<string[]> {
  const keys: string[] = []
  for (let from = 0; from < entries; from += pageLines) {
    const { lines } = await readLines(id, [relation], from, from + pageLines)
    if (lines.length === 0) break
    keys.push(...lines.flatMap(({ left, right }) => left ?? right ?? []))
  }
  return keys
}
