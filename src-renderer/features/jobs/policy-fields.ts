import type { Policy } from '../../../shared/api/jobs.ts'
import { parseBytes, parseSpan } from '../../../shared/model/units.ts'

const day = 86_400
const megabyte = 1e6

/** A rule of a policy as a person types it, and the number it stands for. */
export interface PolicyField {
  readonly name:
    | 'maxAgeSeconds'
    | 'maxIdleSeconds'
    | 'maxBytes'
    | 'maxEntriesPerFunction'
    | 'keepLastPerFunction'
  readonly label: string
  readonly placeholder: string
  /** What the number counts, in words. */
  readonly counts: 'days' | 'MB' | 'entries'
  /** It names what stays, and lets nothing go. */
  readonly isKept?: boolean
  /** What one unit of the field is in units of the policy. */
  readonly unit: number
}

export const policyFields: readonly PolicyField[] = [
  { name: 'maxAgeSeconds', label: 'Older than', placeholder: '365, or 1y', counts: 'days', unit: day },
  {
    name: 'maxIdleSeconds',
    label: 'Not read for',
    placeholder: 'where it is known',
    counts: 'days',
    unit: day,
  },
  {
    name: 'maxBytes',
    label: 'More in all than',
    placeholder: '10000, or 10GB',
    counts: 'MB',
    unit: megabyte,
  },
  {
    name: 'maxEntriesPerFunction',
    label: 'More of a function than',
    placeholder: '1000',
    counts: 'entries',
    unit: 1,
  },
  {
    name: 'keepLastPerFunction',
    label: 'Newest of each function',
    placeholder: '0',
    counts: 'entries',
    isKept: true,
    unit: 1,
  },
]

export type Typed = Readonly<Partial<Record<PolicyField['name'], string>>>

export interface Choices {
  readonly superseded: boolean
  readonly damaged: boolean
  readonly duplicates: boolean
  readonly protect: string
  /** With spaces or commas between. */
  readonly protectTags: string
  readonly order: NonNullable<Policy['order']>
}

export const noChoices: Choices = {
  superseded: false,
  damaged: false,
  duplicates: false,
  protect: '',
  protectTags: '',
  order: 'value',
}

/** What was typed as numbers of the policy's units; the names of fields that are no numbers. */
export function policyOf(
  typed: Typed,
  choices: Choices,
): { policy: Policy; wrong: readonly PolicyField['name'][] } {
  const wrong: PolicyField['name'][] = []
  const policy: Policy = { order: choices.order }
  for (const field of policyFields) {
    const text = typed[field.name]?.trim() ?? ''
    if (text === '') continue
    const number = amountOf(text, field)
    if (number === undefined) wrong.push(field.name)
    else policy[field.name] = number
  }
  for (const name of ['superseded', 'damaged', 'duplicates'] as const) if (choices[name]) policy[name] = true
  if (choices.protect.trim() !== '') policy.protect = choices.protect.trim()
  const tags = choices.protectTags.split(/[\s,]+/).filter((tag) => tag !== '')
  if (tags.length > 0) policy.protectTags = tags
  return { policy, wrong }
}

/** A number counts what stands behind its field; sizes and spans may say their own unit: `1y`, `20GB`. */
function amountOf(text: string, { counts, unit }: PolicyField): number | undefined {
  const number = Number(text)
  if (Number.isNaN(number)) {
    const ownUnit = text.replaceAll(/\s/g, '')
    return counts === 'days' ? parseSpan(ownUnit) : counts === 'MB' ? parseBytes(ownUnit) : undefined
  }
  const isAmount = Number.isFinite(number) && number >= 0 && (unit !== 1 || Number.isInteger(number))
  return isAmount ? number * unit : undefined
}

/** The inverse, for a policy that is kept somewhere. */
export function typedOf(policy: Policy): { typed: Typed; choices: Choices } {
  const typed = Object.fromEntries(
    policyFields.flatMap(({ name, unit }) => {
      const number = policy[name]
      return number === undefined ? [] : [[name, String(number / unit)]]
    }),
  )
  const { superseded = false, damaged = false, duplicates = false, protect = '', order = 'value' } = policy
  const protectTags = (policy.protectTags ?? []).join(' ')
  return { typed, choices: { superseded, damaged, duplicates, protect, protectTags, order } }
}

/** Whether two policies say the same; what is not said and what is `false` are one, as is the order of tags. */
export function isSamePolicy(one: Policy, other: Policy): boolean {
  const normal = (policy: Policy): string => {
    const { typed, choices } = typedOf(policy)
    const tags = choices.protectTags.split(' ').toSorted()
    return JSON.stringify([policyFields.map(({ name }) => typed[name]), { ...choices, protectTags: tags }])
  }
  return normal(one) === normal(other)
}
