import type { EntryInside, EntrySummary } from '../model/record.ts'
import type { Decoded, Value } from '../value/value.ts'
import { argumentPairs } from './arguments.ts'
import type { Canonical } from './canonical.ts'
import { canonicalText } from './canonical.ts'
import type { RecordField } from './fields.ts'
import { recordFields } from './fields.ts'
import { argumentsText, outputText } from './inside-text.ts'
import { leavesOf, mayHoldLeaves } from './leaves.ts'
import { shapeOf } from './shape.ts'

/** Of a record its output; a value that is no record is an output itself. */
export function insideOf({ root, problem, source }: Decoded, summary: EntrySummary): EntryInside {
  if (!root || root.kind === 'cut') return { nested: [], output: [] }
  const fields = recordFields(root, problem !== undefined)
  const field = (name: string): Value | undefined => fields?.find((each) => each.name === name)?.value
  const output = fields ? field('output') : root
  const pairs = fields ? argumentPairs(fields, source) : []
  const roots = pairs.filter(([, value]) => mayHoldLeaves(value)).map(([path, value]) => ({ path, value }))
  const hash = field('hash')
  return {
    // An argument that is a scalar though it may hold some (a numpy float) is no part of itself.
    nested: leavesOf(roots, source).filter(({ name }) => !roots.some(({ path }) => path === name)),
    output: output ? leavesOf([{ path: '', value: output }], source) : [],
    ...(output && shapeOf(output, source)),
    argumentsText: fields && argumentsText(pairs, summary.args, summary.call ?? '', source),
    outputText: output && outputText(output, summary.outputPreview ?? '', source),
    ...(hash?.kind === 'str' && { recordedHash: hash.value }),
    ...(fields && !problem && alikeTexts(fields, { source })),
  }
}

/** What a call is compared by, as in jobs; the output of any record. */
function alikeTexts(
  fields: readonly RecordField[],
  { source }: Pick<Decoded, 'source'>,
): { sameCall?: Canonical; sameOutput?: Canonical } {
  const isStandardized = fields.some(({ name }) => name === 'standardized-kwargs')
  const names = isStandardized
    ? ['func', 'module', 'standardized-kwargs']
    : ['func', 'module', 'args', 'kwargs']
  const parts = names.map((name) => fields.find((field) => field.name === name)?.value)
  const present = parts.filter((part) => part !== undefined)
  const call = canonicalText(present, source)
  const output = fields.find(({ name }) => name === 'output')
  return {
    sameCall: { ...call, text: `${parts.map((part) => (part ? '+' : '-')).join('')}${call.text}` },
    ...(output && { sameOutput: canonicalText([output.value], source) }),
  }
}
