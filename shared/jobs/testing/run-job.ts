import { runPlanned } from '../jobs.ts'

/**
 * Runs a planned job in small batches, as a process of its own, for tests that kill it: `run-job.ts DATA ID`.
 * It says `running` when that is in the journal.
 */
const [dataFolder = '', id = ''] = process.argv.slice(2)
let isTold = false
const job = await runPlanned(id, {
  dataFolder,
  limits: { items: 8, bytes: 1 << 20 },
  onProgress: ({ state }) => {
    if (!isTold) process.stdout.write(`${state}\n`)
    isTold = true
  },
})
process.stdout.write(`${job.state}\n`)
