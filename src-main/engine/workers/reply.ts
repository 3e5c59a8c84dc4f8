import type { SerializedError } from '../../../shared/model/errors.ts'
import { toAppError } from '../../../shared/model/errors.ts'

/** What a worker answers. Errors are data on this border: a cloned `AppError` would lose its code. */
export type Reply<Result> = { readonly result: Result } | { readonly error: SerializedError }

/** Makes a worker's task function of a plain one. */
export function replying<Task, Result>(
  run: (task: Task) => Result | Promise<Result>,
): (task: Task) => Promise<Reply<Result>> {
  return async (task) => {
    try {
      return { result: await run(task) }
    } catch (thrown) {
      return { error: toAppError(thrown).toJSON() }
    }
  }
}
