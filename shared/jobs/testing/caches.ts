import { AppError } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { Store, WriteOperation, WriteOutcome } from '../../stores/contract.ts'
import { openStore } from '../../stores/registry.ts'
import type { JobsOptions } from '../jobs.ts'
import { sha256Of } from '../trash-bin.ts'

/** The digest of each value by its shown key. */
export async function contentOf(url: string): Promise<Record<string, string>> {
  await using store = await openStore(url)
  const content: Record<string, string> = {}
  for await (const batch of store.entries()) {
    const values = await store.getMany(batch.map(({ key }) => key))
    for (const [i, { key }] of batch.entries()) content[showKey(key)] = sha256Of(values[i] as Uint8Array)
  }
  return content
}

/** The store, but for how it does what it is told. */
export function withApply(
  store: Store,
  apply: (store: Store, operations: readonly WriteOperation[]) => Promise<WriteOutcome[]>,
): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'apply') return (operations: readonly WriteOperation[]) => apply(target, operations)
      const value: unknown = Reflect.get(target, name, target)
      // What `bind` makes is no function to an AsyncDisposableStack of V8.
      return typeof value === 'function'
        ? (...given: unknown[]): unknown => Reflect.apply(value, target, given)
        : value
    },
  })
}

/** Opens caches that end as a kill does, just before or after what they are told to do for the second time. */
export function killedBy(when: 'before' | 'after'): NonNullable<JobsOptions['open']> {
  let batches = 0
  return async (location, how) =>
    withApply(await openStore(location, how), async (store, operations) => {
      const isSecond = ++batches === 2
      if (isSecond && when === 'before') throw new AppError('INTERNAL', 'killed')
      const outcomes = await store.apply(operations)
      if (isSecond) throw new AppError('INTERNAL', 'killed')
      return outcomes
    })
}

/** The store as if the trash were on another disk: nothing can be renamed into it. */
export function onAnotherDisk(store: Store): Store {
  return Object.assign(store, { canSetAside: () => false })
}
