import { describe, expect, it } from 'vitest'
import type { Job } from '../../../shared/api/jobs.ts'
import { matchesJob } from './job-filter.ts'

const nothing = { entries: 0, bytes: 0, computeSeconds: 0 }
const job: Job = {
  id: '20261129-020631-3847',
  asOf: 1,
  kind: 'migrate',
  state: 'stopped',
  title: 'Migrate Проект/cache to third',
  store: { kind: 'fs', location: 'fs:/data/third', label: 'third' },
  from: { kind: 'fs', location: 'fs:/home/ana/Проект/cache', label: 'Проект/cache' },
  user: 'ana',
  createdAtMs: 0,
  asked: [['Entries', 'func:relax cutoff>400']],
  planned: nothing,
  finished: nothing,
  outcomes: { done: 0, skipped: 0, changed: 0, failed: 0 },
  canRun: true,
  canUndo: false,
}

describe('looking for a job', () => {
  it.each(['', '  ', 'MIGRATE', 'stopped', 'проект', 'ana third', '/data/th', 'cutoff>400 relax', '3847'])(
    'finds it by %j',
    (words) => expect(matchesJob(job, words)).toBe(true),
  )

  it.each(['evict', 'stopped evict', 'done', 'lena'])('does not by %j', (words) =>
    expect(matchesJob(job, words)).toBe(false),
  )
})
