import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { dateOfDay, dayOfDate } from './calendar.ts'
import { datetime64Text, nanosecondsOf, timedelta64Text } from './datetime.ts'

const text = (count: bigint | undefined, unit: string, step = 1) => datetime64Text({ count, unit, step })

describe('datetime64', () => {
  test.each([
    [0n, 'Y', '1970'],
    [-1970n, 'Y', '0000'],
    [-1975n, 'Y', '-005'],
    [-14_315n, 'Y', '-12345'],
    [-1n, 'M', '1969-12'],
    [-1n, 'W', '1969-12-25'],
    [-1n, 'D', '1969-12-31'],
    [-719_529n, 'D', '-001-12-31'],
    [-123_456_789_012n, 'D', '-338011238-04-22'],
    [-1n, 'h', '1969-12-31T23'],
    [123_456_789_012n, 'm', '236701-05-25T06:12'],
    [-1n, 's', '1969-12-31T23:59:59'],
    [-123_456_789_012n, 'ms', '1966-02-02T02:26:50.988'],
    [4_611_686_018_427_387_904n, 'ns', '2116-02-20T23:53:38.427387904'],
    [-1n, 'as', '1969-12-31T23:59:59.999999999999999999'],
  ])('%s %s', (count, unit, expected) => {
    expect(text(count, unit)).toBe(expected)
  })

  test('NaT, units without a meaning, steps', () => {
    expect(text(undefined, 's')).toBe('NaT')
    expect(text(5n, 'generic')).toBe('NaT')
    expect(text(4n, 's', 25)).toBe('1970-01-01T00:01:40')
    expect(timedelta64Text({ count: 5n, unit: 's', step: 25 })).toBe('125 seconds')
    expect(timedelta64Text({ count: undefined, unit: 's', step: 1 })).toBe('NaT')
    expect(nanosecondsOf({ count: 2n, unit: 'ms', step: 3 })).toBe(6_000_000n)
    expect(nanosecondsOf({ count: 2n, unit: 'Y', step: 1 })).toBeUndefined()
  })
})

test('the calendar agrees with Date wherever that reaches', () => {
  const day = fc.integer({ min: -100_000_000, max: 100_000_000 })
  fc.assert(
    fc.property(day, (days) => {
      const date = new Date(days * 86_400_000)
      const ours = dateOfDay(BigInt(days))
      expect([Number(ours.year), ours.month, ours.day]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ])
      expect(dayOfDate(Number(ours.year), ours.month, ours.day)).toBe(days)
    }),
  )
})
