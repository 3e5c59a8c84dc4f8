import type { Job as ShownJob } from '../../shared/api/jobs.ts'
import type { Job, JobSpec, Policy, Selection } from '../../shared/jobs/contract.ts'

/** A job as it goes out: what was asked for in words, without the lists of keys. */
export function showJob({ spec, plan, ...job }: Job, revision: number): ShownJob {
  return {
    ...job,
    revision,
    asked: askedWords(spec),
    ...(plan === undefined
      ? {}
      : { plan: { ...plan, warnings: [...plan.warnings], losses: [...plan.losses] } }),
  }
}

function askedWords(spec: JobSpec): [string, string][] {
  switch (spec.kind) {
    case 'migrate':
      return [
        ['Entries', selectionWords(spec.selection)],
        ['Conflicts', spec.onConflict],
        ...(spec.form === undefined ? [] : [['Form', spec.form] as [string, string]]),
      ]
    case 'evict':
      return [
        ['Entries', selectionWords(spec.selection)],
        ...(spec.policy === undefined ? [] : policyWords(spec.policy)),
      ]
    case 'repair':
      return [['Findings', spec.findings.join(', ')]]
    case 'undo':
      return [['Takes back', spec.job]]
  }
}

function selectionWords({ query, keys }: Selection): string {
  const parts = [
    ...(keys === undefined ? [] : [`${keys.length} chosen`]),
    ...(query === undefined || query.trim() === '' ? [] : [query]),
  ]
  return parts.length === 0 ? 'all' : parts.join(', ')
}

function policyWords(policy: Policy): [string, string][] {
  return Object.entries(policy).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ])
}
