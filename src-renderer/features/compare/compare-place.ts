import type { ChangeSection, CompareRelation, ToleranceAmounts } from '../../../shared/api/compare.ts'
import type { Place } from '../../app/place.ts'

export const allSections: readonly ChangeSection[] = ['output', 'arguments', 'metadata']
export const relationGroups = [
  'different',
  'unclear',
  'metadata',
  'onlyLeft',
  'onlyRight',
  'sameCall',
  'sameValue',
  'same',
] as const satisfies readonly CompareRelation[]

/** What the comparison of a place is about. Caches are named by location; an absent one is the open cache. */
export interface ComparePlace {
  readonly left: string | undefined
  readonly right: string | undefined
  readonly leftKey: string | undefined
  readonly rightKey: string | undefined
  /** Two entries, or two caches. */
  readonly about: 'entries' | 'caches'
  readonly by: 'key' | 'call'
  readonly tolerance: ToleranceAmounts
  readonly sections: readonly ChangeSection[]
  readonly find: string
  readonly group: CompareRelation | undefined
  /** Path of the chosen change; of the comparison of whole texts, `text`. */
  readonly change: string | undefined
  readonly asText: boolean
}

type Options = Place['options']

export function readComparePlace(options: Options): ComparePlace {
  const sections = options['sections']?.split(',')
  return {
    left: options['left'],
    right: options['right'],
    leftKey: options['leftKey'],
    rightKey: options['rightKey'],
    about: options['about'] === 'caches' ? 'caches' : 'entries',
    by: options['by'] === 'call' ? 'call' : 'key',
    tolerance: parseTolerance(options['tolerance'] ?? ''),
    sections: sections ? allSections.filter((section) => sections.includes(section)) : allSections,
    find: options['find'] ?? '',
    group: relationGroups.find((group) => group === options['group']),
    change: options['change'],
    asText: options['as'] === 'text',
  }
}

/** The options with changes; what is at its default is left out of the address by its empty text. */
export function withComparePlace(options: Options, change: Partial<ComparePlace>): Options {
  const { tolerance, sections, asText, about, by, ...texts } = change
  const next: Record<string, string> = { ...options }
  for (const [name, value] of Object.entries(texts)) next[name] = value ?? ''
  if (tolerance) next['tolerance'] = formatTolerance(tolerance)
  if (sections) next['sections'] = sections.length === allSections.length ? '' : sections.join(',') || 'none'
  if (asText !== undefined) next['as'] = asText ? 'text' : ''
  if (about) next['about'] = about === 'caches' ? about : ''
  if (by) next['by'] = by === 'call' ? by : ''
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ''))
}

const amountNames = ['absolute', 'relative', 'ulp'] as const

/** As `--tolerance` of the command line has it: `absolute=1e-9,ulp=4`. What cannot be read is left out. */
export function parseTolerance(text: string): ToleranceAmounts {
  const tolerance: ToleranceAmounts = {}
  for (const part of text.split(',')) {
    const [name, amount = ''] = part.split('=')
    const known = amountNames.find((each) => each === name)
    const value = amount.trim() === '' ? Number.NaN : Number(amount)
    if (known && value >= 0 && Number.isFinite(value)) tolerance[known] = value
  }
  return tolerance
}

export function formatTolerance(tolerance: ToleranceAmounts): string {
  return amountNames
    .flatMap((name) => (tolerance[name] === undefined ? [] : [`${name}=${tolerance[name]}`]))
    .join(',')
}
