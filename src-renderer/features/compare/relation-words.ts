import type { CompareRelation, Comparison } from '../../../shared/api/compare.ts'
import { countOf, formatBytes, formatCompute } from '../../ui/format.ts'

/** Titles of the groups, and what belongs to each. */
export function relationTitle(
  relation: CompareRelation,
  by: 'key' | 'call',
): { title: string; means: string } {
  const words: Record<CompareRelation, { title: string; means: string }> = {
    different: { title: 'Different', means: 'What came out differs' },
    unclear: { title: 'Unclear', means: 'Damaged, cut or too large: whether they differ cannot be told' },
    metadata: { title: 'Only metadata', means: 'Who ran it, when or how long differs; the output does not' },
    onlyLeft: { title: 'Only left', means: 'The right cache does not have it' },
    onlyRight: { title: 'Only right', means: 'The left cache does not have it' },
    sameCall: {
      title: 'Same call, other key',
      means:
        'Of those that only one has: the same function with the same arguments is in both, under other keys',
    },
    sameValue:
      by === 'key'
        ? {
            title: 'Same value',
            means: 'Equal values in other bytes: another compressor, protocol or backend',
          }
        : { title: 'Same output', means: 'The call is in both, with equal output' },
    same: { title: 'Same', means: 'Byte for byte' },
  }
  return words[relation]
}

/** The result in a sentence. */
export function totalsSentence({ totals, state }: Comparison, left: string, right: string): string {
  const priced = ({ entries, bytes, computeSeconds }: Comparison['totals']['same']): string =>
    `${countOf(entries, 'entry', 'entries')} (${formatBytes(bytes)}, ${formatCompute(computeSeconds)} of compute)`
  const unlike = totals.different.entries + totals.unclear.entries
  const parts = [
    totals.onlyLeft.entries > 0 ? `${priced(totals.onlyLeft)} only in ${left}` : undefined,
    totals.onlyRight.entries > 0 ? `${priced(totals.onlyRight)} only in ${right}` : undefined,
    unlike > 0 ? `${countOf(unlike, 'entry', 'entries')} with another value` : undefined,
    totals.metadata.entries > 0
      ? `${countOf(totals.metadata.entries, 'entry', 'entries')} with other metadata`
      : undefined,
    `${countOf(totals.same.entries + totals.sameValue.entries, 'entry', 'entries')} the same`,
  ].filter((part) => part !== undefined)
  return `${state === 'running' ? 'So far ' : ''}${parts.join(', ')}.`
}
