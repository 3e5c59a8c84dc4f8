import { runPlanned } from '../jobs.ts'

/**
 * Runs a planned job in small batches, as a process of its own, for tests that kill it: `run-job.ts DATA ID`.
 * It says `started` when it begins.
 */
const [dataFolder = '', id = ''] = process.argv.slice(2)
process.stdout.write('started\n')
const job = await runPlanned(id, { dataFolder, limits: { items: 8, bytes: 1 << 20 } })
process.stdout.write(`${job.state}\n`)
