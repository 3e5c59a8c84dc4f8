import fc from 'fast-check'
import { expect, test } from 'vitest'

import { showKey } from '../../model/keys.ts'
import type { Store, WriteOperation } from '../contract.ts'
import { expectBytes, keyOf, shownKeys, valueBytes } from './harness.ts'
import type { Harness } from './harness.ts'
import { outcomesOf } from './plain.ts'

const keyCount = 5

type Step = readonly Planned[] | 'reopen'

interface Planned {
  readonly kind: 'put' | 'put absent' | 'delete'
  readonly key: number
  readonly seed: string
  readonly length: number
}

const planned: fc.Arbitrary<Planned> = fc.record({
  kind: fc.constantFrom('put' as const, 'put absent' as const, 'delete' as const),
  key: fc.nat(keyCount - 1),
  seed: fc.constantFrom('x', 'y', 'z'),
  length: fc.constantFrom(1, 2, 100, 5_000, 70_000),
})

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.array(planned, { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constant('reopen' as const) },
  ),
  { maxLength: 12 },
)

/** Any sequence of batches does to the store what it does to a `Map`. */
export function modelLaw(harness: Harness): void {
  test('behaves as a map does, whatever is done to it', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        await using subject = await harness.create()
        await using stack = new AsyncDisposableStack()
        const model = new Map<string, Uint8Array>()
        let store = subject.store
        for (const step of sequence) {
          if (step === 'reopen') {
            store = stack.use(await subject.reopen({ write: true }))
            continue
          }
          const operations = step.map((item) => operationOf(harness, store, item))
          const expected = operations.map((operation) => applyToModel(model, operation))
          expect(outcomesOf(await store.apply(operations))).toEqual(expected)
        }
        await expectSame(store, model)
      }),
      { numRuns: 30 },
    )
  })
}

function operationOf(harness: Harness, store: Store, item: Planned): WriteOperation {
  const key = keyOf(item.key)
  if (item.kind === 'delete') return { kind: 'delete', key }
  const value =
    harness.makeValue?.(item.seed, item.length) ?? valueBytes(store.capabilities, item.seed, item.length)
  return item.kind === 'put' ? { kind: 'put', key, value } : { kind: 'put', key, value, expect: 'absent' }
}

function applyToModel(model: Map<string, Uint8Array>, operation: WriteOperation): string {
  const shown = showKey(operation.key)
  if (operation.kind === 'delete') return model.delete(shown) ? 'done' : 'ABSENT'
  if (operation.expect === 'absent' && model.has(shown)) return 'EXISTS'
  model.set(shown, operation.value)
  return 'done'
}

async function expectSame(store: Store, model: ReadonlyMap<string, Uint8Array>): Promise<void> {
  expect(await shownKeys(store)).toEqual([...model.keys()].toSorted())
  const keys = Array.from({ length: keyCount }, (_, index) => keyOf(index))
  const values = await store.getMany(keys)
  for (const [index, key] of keys.entries()) expectBytes(values[index], model.get(showKey(key)))
}
