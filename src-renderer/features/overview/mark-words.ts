import type { Overview, OverviewLook, OverviewMark } from '../../../shared/api/overview.ts'
import { countOf, formatBytes, formatCompute } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'

/** `1,284 entries · 4.2 GB · 9 h of compute`. */
export function sumsWords({ entries, bytes, computeSeconds }: OverviewMark): string {
  return `${countOf(entries, 'entry', 'entries')} · ${formatBytes(bytes)} · ${formatCompute(computeSeconds)} of compute`
}

/** What the title of something that is worth a look means. */
export const lookHints: Readonly<Record<OverviewLook['id'], string>> = {
  superseded: 'A newer entry of the same call exists',
  'maybe-superseded': 'So it seems, but the arguments were not read to their end',
  duplicate: 'A newer entry has the same output',
  'maybe-duplicate': 'So it seems, but the outputs were not read to their end',
  misplaced: 'The record says that it has another key',
  old: 'Calls that ran more than a year ago',
  largeCheap: '1 MB or more, and computed in less than 1 s',
  damaged: 'Nothing of the value could be read',
  partial: 'A limit or a fault cut the value',
  noRecord: 'Values that hashcache did not write',
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A bar's name: `Jun 2025`, `week of 2 Jun 2025`, `2 Jun 2025`, `2025`. */
export function barWords(unit: Overview['time']['unit'], start: string): string {
  const [year = '', month = '', day = ''] = start.split('-')
  const name = months[Number(month) - 1] ?? month
  if (unit === 'year') return year
  if (unit === 'month') return `${name} ${year}`
  return `${unit === 'week' ? 'week of ' : ''}${Number(day)} ${name} ${year}`
}

/** The same for the axis, where room is short. */
export function barTick(unit: Overview['time']['unit'], start: string): string {
  return barWords(unit, start).replace('week of ', '')
}

export function functionName({ func, module }: { func?: string; module?: string }): string {
  if (func === undefined) return module === undefined ? 'no function' : `no function, ${visibleText(module)}`
  return module === undefined ? visibleText(func) : visibleText(`${module}.${func}`)
}

const ageNames: Readonly<Record<number, string>> = {
  86_400: '1 d',
  604_800: '1 w',
  2_592_000: '1 mo',
  7_776_000: '3 mo',
  15_552_000: '6 mo',
  31_536_000: '1 y',
  63_072_000: '2 y',
  157_680_000: '5 y',
}

export function ageName(seconds: number): string {
  return ageNames[seconds] ?? `${seconds} s`
}

/** `1 kB – 10 kB`, `under 1 kB`, `5 y and more`. */
export function rangeWords(
  { from, to }: { from?: number; to?: number },
  name: (number: number) => string,
): string {
  if (from === undefined) return to === undefined ? 'any' : `under ${name(to)}`
  return to === undefined ? `${name(from)} and more` : `${name(from)} – ${name(to)}`
}
