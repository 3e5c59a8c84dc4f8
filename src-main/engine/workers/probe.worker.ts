import { detectLocation, probeStore } from '../probe.ts'
import type { ProbeTask } from './probe-task.ts'
import { replying } from './reply.ts'

export default replying((task: ProbeTask): Promise<unknown> =>
  task.ask === 'open' ? probeStore(task.location, task.kind) : detectLocation(task.location),
)
