import { once } from 'node:events'
import type { Store } from '../../stores/contract.ts'
import { openStore } from '../../stores/registry.ts'
import { toAppError } from '../../model/errors.ts'
import { runPlanned } from '../jobs.ts'

/**
 * Runs a planned job in small batches, as a process of its own, for tests that change the world in the middle of it:
 * `run-held.ts DATA ID`. After the first batch that changed a store it says `held` and waits for a line. At its end it
 * tells the job as JSON, or the error that kept it from running.
 */
const [dataFolder = '', id = ''] = process.argv.slice(2)
const changing = ['apply', 'setAside', 'bringBack'] as const
let isHeld = false

async function hold(): Promise<void> {
  if (isHeld) return
  isHeld = true
  process.stdout.write('held\n')
  await once(process.stdin, 'data')
}

function heldAfterChange(store: Store): Store {
  for (const name of changing) {
    const change = store[name]?.bind(store) as ((...given: unknown[]) => Promise<unknown>) | undefined
    if (!change) continue
    const held = async (...given: unknown[]): Promise<unknown> => {
      const outcomes = await change(...given)
      await hold()
      return outcomes
    }
    Object.assign(store, { [name]: held })
  }
  return store
}

try {
  const job = await runPlanned(id, {
    dataFolder,
    limits: { items: 20, bytes: 1 << 20 },
    open: async (location, how) => {
      const store = await openStore(location, how)
      return how.write ? heldAfterChange(store) : store
    },
  })
  process.stdout.write(JSON.stringify(job))
} catch (thrown) {
  process.stdout.write(JSON.stringify({ problem: toAppError(thrown).toJSON() }))
}
process.stdin.destroy()
