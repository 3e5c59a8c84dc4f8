import type { Row } from '../../shared/api/contract.ts'

export const statsGroups = [
  'func',
  'module',
  'user',
  'host',
  'version',
  'day',
  'month',
  'size',
  'age',
] as const
export type StatsGroup = (typeof statsGroups)[number]

/** Whether its groups go by their own order, not by bytes. */
export function isOrdered(by: StatsGroup): boolean {
  return by === 'day' || by === 'month' || by === 'size' || by === 'age'
}

const day = 86_400
const sizes = steps(['100 B', 1e2], ['1 kB', 1e3], ['10 kB', 1e4], ['100 kB', 1e5], ['1 MB', 1e6])
const largeSizes = steps(['10 MB', 1e7], ['100 MB', 1e8], ['1 GB', 1e9], ['10 GB', 1e10])
const ages = steps(['1 d', day], ['1 w', 7 * day], ['30 d', 30 * day], ['90 d', 90 * day])
const longAges = steps(['180 d', 180 * day], ['1 y', 365 * day], ['2 y', 730 * day], ['5 y', 1825 * day])

type Step = readonly [words: string, below: number]

function steps(...all: readonly Step[]): readonly Step[] {
  return all
}

/** The group of an entry; without a name if it has none. Groups go by `order`, those of one order by name. */
export function groupName(
  row: Row,
  by: StatsGroup,
  nowSeconds: number,
): { name: string | undefined; order: number } {
  switch (by) {
    case 'day':
      return { name: dateOf(row.runAtSeconds, 10), order: 0 }
    case 'month':
      return { name: dateOf(row.runAtSeconds, 7), order: 0 }
    case 'size':
      return stepOf([...sizes, ...largeSizes], row.sizeBytes)
    case 'age':
      return stepOf(
        [...ages, ...longAges],
        row.runAtSeconds === undefined ? undefined : nowSeconds - row.runAtSeconds,
      )
    default:
      return { name: row[by], order: 0 }
  }
}

function stepOf(
  all: readonly Step[],
  value: number | undefined,
): { name: string | undefined; order: number } {
  if (value === undefined) return { name: undefined, order: all.length + 1 }
  const order = all.findIndex(([, below]) => value < below)
  return order < 0
    ? { name: `from ${all.at(-1)![0]}`, order: all.length }
    : { name: `under ${all[order]![0]}`, order }
}

/** The beginning of a date in UTC: 10 characters are the day, 7 the month. */
function dateOf(seconds: number | undefined, characters: number): string | undefined {
  if (seconds === undefined) return undefined
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().slice(0, characters)
}
