import type { Context } from 'hono'
import type { Connections } from '../connections.ts'
import type { WorkerPool } from '../workers/pool.ts'
import type { EntryAddress, ValueAnswers, ValueTask } from '../workers/value-task.ts'

export interface EntryRoutesOptions {
  readonly connections: Connections
  readonly values: WorkerPool<ValueTask, unknown>
}

/** A task of the value worker before it is said which entry it is about. */
export type Question<Ask extends keyof ValueAnswers> = Omit<
  Extract<ValueTask, { ask: Ask }>,
  keyof EntryAddress
>

/** The entry that a request below `/stores/:store/entries/:key` is about. */
export function addressIn({ connections }: EntryRoutesOptions, context: Context): EntryAddress {
  const id = context.req.param('store') ?? ''
  return { id, store: connections.get(id).store, key: context.req.param('key') ?? '' }
}

/** Asks the value worker about the request's entry; a request that is dropped ends the task. */
export async function askValue<Ask extends keyof ValueAnswers>(
  options: EntryRoutesOptions,
  context: Context,
  question: Question<Ask>,
): Promise<ValueAnswers[Ask]> {
  const task = { ...question, ...addressIn(options, context) } as unknown as ValueTask
  return (await options.values.run(task, { signal: context.req.raw.signal })) as ValueAnswers[Ask]
}
