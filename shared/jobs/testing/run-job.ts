import { openStore } from '../../stores/registry.ts'
import { runPlanned, type JobsOptions } from '../jobs.ts'
import { onAnotherDisk } from './caches.ts'

/**
 * Runs a planned job in small batches, as a process of its own, for tests that kill it: `run-job.ts DATA ID`.
 * It says `running` when that is in the journal. `run-job.ts DATA ID copy`: as if the trash were on another disk.
 */
const [dataFolder = '', id = '', how] = process.argv.slice(2)
let isTold = false
const open: JobsOptions['open'] = async (location, options) =>
  onAnotherDisk(await openStore(location, options))
const job = await runPlanned(id, {
  dataFolder,
  ...(how === 'copy' ? { open } : {}),
  readBeside: Number(id.slice(-1)) % 2 === 0,
  limits: { items: 8, bytes: 1 << 20 },
  onProgress: ({ state }) => {
    if (!isTold) process.stdout.write(`${state}\n`)
    isTold = true
  },
})
process.stdout.write(`${job.state}\n`)
