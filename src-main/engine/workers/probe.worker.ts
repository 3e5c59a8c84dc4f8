import { discoverCaches } from '../../../shared/stores/discover.ts'
import { detectLocation, listDatabases, probeStore, testStore, unlockStore } from '../probe.ts'
import { lookAtTarget } from '../migration-target.ts'
import type { ProbeTask } from './probe-task.ts'
import { replying } from './reply.ts'

async function run(task: ProbeTask): Promise<unknown> {
  switch (task.ask) {
    case 'open':
      return probeStore(task.location, task.kind)
    case 'test':
      return testStore(task.location, task.kind)
    case 'target':
      return lookAtTarget(task.location, task.from)
    case 'databases':
      return listDatabases(task.location, task.kind)
    case 'detect':
      return detectLocation(task.location)
    case 'unlock':
      return unlockStore(task.store)
    case 'discover':
      return discover(task)
  }
}

async function discover({ folder, port }: Extract<ProbeTask, { ask: 'discover' }>): Promise<undefined> {
  const cancelling = new AbortController()
  port.on('message', () => cancelling.abort())
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
    for await (const event of discoverCaches(folder, { signal: cancelling.signal })) port.postMessage(event)
  } finally {
    port.close()
  }
  return undefined
}

export default replying(run)
