import type { Job } from '../../../shared/api/jobs.ts'
import { stateText } from './words.ts'

const kindWords: Readonly<Record<Job['kind'], string>> = {
  migrate: 'migrate merge copy',
  evict: 'evict clean up',
  repair: 'repair verify',
  undo: 'undo take back',
}

/** Whether each of the words is somewhere in what the list or the detail says of a job, in any case of letters. */
export function matchesJob(job: Job, words: string): boolean {
  const { kind, title, store, from, user, id, asked } = job
  const said = [
    title,
    kindWords[kind],
    stateText(job),
    store.location,
    from?.location ?? '',
    user,
    id,
    ...asked.flat(),
  ]
    .join('\n')
    .toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word))
}
