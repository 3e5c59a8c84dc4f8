import { MessageChannel } from 'node:worker_threads'
import type { StoreLocation } from '../../shared/stores/contract.ts'
import type { IndexProgress, IndexResult, IndexTask } from './workers/index-task.ts'
import type { WorkerPool } from './workers/pool.ts'

export interface IndexRunOptions {
  readonly pool: WorkerPool<IndexTask, IndexResult>
  readonly store: StoreLocation
  readonly catalogFile: string
  readonly onlyIfChanged: boolean
  /** Cancels in the worker, which keeps what was written. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: IndexProgress) => void
}

/** Indexes in a worker thread. Throws `CANCELLED` and whatever the store or the catalog say. */
export async function runIndex({ pool, signal, onProgress, ...task }: IndexRunOptions): Promise<IndexResult> {
  const { port1: own, port2: port } = new MessageChannel()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
  const cancel = (): void => own.postMessage('cancel')
  own.on('message', onProgress)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  try {
    return await pool.run({ ...task, port }, { transfer: [port] })
  } finally {
    signal.removeEventListener('abort', cancel)
    own.close()
  }
}
