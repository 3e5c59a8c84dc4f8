import { Command } from 'commander'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policy as policySchema } from '../../shared/api/jobs.ts'
import { policyArguments } from '../../shared/api/policies.ts'
import type { Policy } from '../../shared/jobs/contract.ts'
import { addPolicyOptions, rulesIn } from './policy-options.ts'

function read(words: readonly string[]): Policy | undefined {
  const command = addPolicyOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  return rulesIn(command.parse(words, { from: 'user' }).opts())
}

const seconds = fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.constantFrom(86_400, 365 * 86_400, 0.5, 1.25))
const policies: fc.Arbitrary<Policy> = fc.record(
  {
    maxAgeSeconds: seconds,
    maxIdleSeconds: seconds,
    maxBytes: fc.oneof(fc.nat(), fc.constantFrom(2e10, 1_500_000, 2 ** 40)),
    maxEntriesPerFunction: fc.nat(1e6),
    keepLastPerFunction: fc.nat(1e6),
    superseded: fc.constant(true),
    damaged: fc.constant(true),
    duplicates: fc.constant(true),
    protect: fc.string({ minLength: 1 }),
    protectTags: fc.array(fc.stringMatching(/^[\w+.-]{1,60}$/), { minLength: 1, maxLength: 4 }),
    order: fc.constantFrom(...policySchema.shape.order.unwrap().options),
  },
  { requiredKeys: [] },
)

describe('rules as options', () => {
  it('that a policy does not take are told by their name', () => {
    expect(() => read(['--keep-last', '2', '--max-age', '0s'])).toThrow(/^--max-age cannot be that: .*>0/)
    expect(() => read(['--protect-tag', ''])).toThrow(/^--protect-tag cannot be that: /)
  })

  it('say the policy that they were made of', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(read(policyArguments(policy))).toEqual(Object.keys(policy).length === 0 ? undefined : policy)
      }),
    )
  })

  it.each([
    ['--max-age=1m', 'time span'],
    ['--max-age=5', 'time span'],
    ['--max-bytes=much', 'size'],
    ['--keep-last=1.5', 'whole number'],
    ['--order=newest', 'oldest, largest'],
  ])('refuse %s', (word, reason) => expect(() => read([word])).toThrow(reason))
})
