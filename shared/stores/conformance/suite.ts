import { describe } from 'vitest'

import type { Harness } from './harness.ts'
import { modelLaw } from './model-law.ts'
import { readLaws } from './read-laws.ts'
import { writeLaws } from './write-laws.ts'

/**
 * The law of a store: what `contract.ts` promises, as tests. A backend that writes calls
 * it from its `*.conformance.test.ts`; every backend calls `unchangedLaw` too, with caches that
 * its Python program made.
 */
export function storeConformance(name: string, harness: Harness): void {
  describe(`${name} keeps the contract of a store`, () => {
    readLaws(harness)
    writeLaws(harness)
    modelLaw(harness)
  })
}
