import type { Job as ShownJob } from '../../shared/api/jobs.ts'
import type {
  ConflictRule,
  Job,
  JobSpec,
  MigrateSpec,
  Policy,
  Selection,
} from '../../shared/jobs/contract.ts'
import { formatBytes, formatCount, formatDuration } from '../../shared/model/amounts.ts'
import { commandOf } from './job-command.ts'

/** A job as it goes out: what was asked for in words, without the lists of keys. */
export function showJob(whole: Job, asOf: number): ShownJob {
  const { spec, plan, ...job } = whole
  const command = commandOf(whole)
  return {
    ...job,
    asOf,
    asked: askedWords(spec),
    ...(command === undefined ? {} : { command }),
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
        ['Conflicts', conflictsText(spec)],
        ...(spec.form === undefined ? [] : [['Values as', formWords[spec.form]] as [string, string]]),
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

const conflictWords: Readonly<Record<ConflictRule, string>> = {
  fail: 'are listed, and nothing is run',
  skip: 'the target’s value stays',
  overwrite: 'the target’s value goes to the trash',
  newest: 'the newer stays',
  fastest: 'what took longer to compute stays',
  'keep-both': 'both are kept, one under another key',
  ask: 'each is decided',
}
const formWords = { pickle: 'pickles', json: 'JSON', any: 'they are' } as const
const orderWords: Readonly<Record<NonNullable<Policy['order']>, string>> = {
  value: 'least compute lost per byte',
  oldest: 'oldest',
  largest: 'largest',
  'least-recently-used': 'least recently read',
}

function conflictsText({ onConflict, decisions = {}, otherwise }: MigrateSpec): string {
  const decided = Object.keys(decisions).length
  return [
    conflictWords[onConflict],
    ...(decided === 0 ? [] : [`${decided} decided`]),
    ...(otherwise === undefined ? [] : [`of the others ${conflictWords[otherwise]}`]),
  ].join('; ')
}

function selectionWords({ query, keys }: Selection): string {
  const parts = [
    ...(keys === undefined ? [] : [`${keys.length} chosen`]),
    ...(query === undefined || query.trim() === '' ? [] : [query]),
  ]
  return parts.length === 0 ? 'all' : parts.join(', ')
}

const policyNames: Readonly<Record<keyof Policy, string>> = {
  maxAgeSeconds: 'Older than',
  maxIdleSeconds: 'Not read for',
  maxBytes: 'More in all than',
  maxEntriesPerFunction: 'Entries a function, more than',
  keepLastPerFunction: 'Keep of each function, newest',
  superseded: 'Superseded calls',
  damaged: 'Damaged entries',
  duplicates: 'Duplicates',
  protect: 'Never those of',
  protectTags: 'Never those tagged',
  order: 'Go first',
}

/** As the form says it; a rule that is off says nothing. */
function policyWords(policy: Policy): [string, string][] {
  const named = Object.entries(policy) as [keyof Policy, Policy[keyof Policy]][]
  return named
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => [policyNames[name], ruleWords(name, value)])
}

function ruleWords(name: keyof Policy, value: Policy[keyof Policy]): string {
  if (value === true) return 'yes'
  if (name === 'order') return orderWords[value as NonNullable<Policy['order']>]
  if (typeof value !== 'number') return typeof value === 'object' ? value.join(', ') : String(value)
  if (name === 'maxBytes') return formatBytes(value)
  return name.endsWith('Seconds') ? formatDuration(value) : formatCount(value)
}
