import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policy as policySchema } from '../../../shared/api/jobs.ts'
import { isSamePolicy, noChoices, policyFields, policyOf, typedOf } from './policy-fields.ts'

const typed = fc.record(
  Object.fromEntries(policyFields.map(({ name }) => [name, fc.integer({ min: 1, max: 1e6 }).map(String)])),
  { requiredKeys: [] },
)
const choices = fc.record({
  superseded: fc.boolean(),
  damaged: fc.boolean(),
  duplicates: fc.boolean(),
  protect: fc.constantFrom('', 'user:ana', 'tag:"paper"'),
  protectTags: fc.constantFrom('', 'keep', 'keep paper-2'),
  order: fc.constantFrom(
    'oldest' as const,
    'largest' as const,
    'least-recently-used' as const,
    'value' as const,
  ),
})

describe('the rules of a policy as typed', () => {
  it('make a policy that the engine takes, and come back from it', () => {
    fc.assert(
      fc.property(typed, choices, (fields, chosen) => {
        const { policy, wrong } = policyOf(fields, chosen)
        expect(wrong).toEqual([])
        expect(policySchema.parse(policy)).toEqual(policy)
        expect(typedOf(policy)).toEqual({ typed: fields, choices: chosen })
      }),
    )
  })

  it('are the same however they are written, and others when one is changed', () => {
    const rules = { maxAgeSeconds: 86_400, superseded: true, protectTags: ['a', 'b'] }
    expect(isSamePolicy(rules, { ...rules, damaged: false, order: 'value', protectTags: ['b', 'a'] })).toBe(
      true,
    )
    expect(isSamePolicy(rules, { ...rules, maxAgeSeconds: 86_401 })).toBe(false)
    expect(isSamePolicy(rules, { ...rules, protectTags: ['a'] })).toBe(false)
    expect(isSamePolicy(rules, { ...rules, order: 'oldest' })).toBe(false)
  })

  it('may say their own units', () => {
    const { policy, wrong } = policyOf(
      { maxAgeSeconds: '1y', maxIdleSeconds: '2 w', maxBytes: '1.5 GB' },
      noChoices,
    )
    expect(wrong).toEqual([])
    expect(policy).toMatchObject({ maxAgeSeconds: 31_536_000, maxIdleSeconds: 1_209_600, maxBytes: 1.5e9 })
    const other = policyOf({ maxAgeSeconds: '1m', maxBytes: '1y', keepLastPerFunction: '5kB' }, noChoices)
    expect(other.wrong).toEqual(['maxAgeSeconds', 'maxBytes', 'keepLastPerFunction'])
  })

  it('name the fields that are no numbers', () => {
    const { policy, wrong } = policyOf(
      { maxAgeSeconds: 'soon', maxBytes: '-1', keepLastPerFunction: '1.5' },
      noChoices,
    )
    expect(wrong).toEqual(['maxAgeSeconds', 'maxBytes', 'keepLastPerFunction'])
    expect(policy).toEqual({ order: 'value' })
  })
})
