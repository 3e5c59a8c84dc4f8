import { describe, expect, it } from 'vitest'
import {
  countOf,
  exactBytes,
  formatBytes,
  formatCompute,
  formatDuration,
  formatFigure,
  formatOffset,
  formatRelative,
  formatTime,
  middleCut,
  pathOfLocation,
  shortKey,
} from './format.ts'

describe('sizes and counts', () => {
  it.each([
    [0, '0 B'],
    [742, '742 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [4_096, '4.1 kB'],
    [478_214, '478 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [18_200_000_000, '18.2 GB'],
    [3e18, '3000 PB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it('counts with the right word', () => {
    expect(countOf(1, 'entry', 'entries')).toBe('1 entry')
    expect(countOf(128_340, 'entry', 'entries')).toBe('128,340 entries')
    expect(exactBytes(0)).toBe('0 bytes')
  })
})

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [0.000_000_4, '0.4 µs'],
    [0.000_236_7, '237 µs'],
    [0.0042, '4.2 ms'],
    [0.835, '835 ms'],
    [1.5, '1.50 s'],
    [21.965, '22.0 s'],
    [59.97, '1 m'],
    [453, '7 m 33 s'],
    [3_599.7, '1 h'],
    [171_780, '47 h 43 m'],
    [300_000, '3 d 11 h'],
    [18_489_600, '214 d'],
    [-5, '−5.00 s'],
    [Number.NaN, 'NaN'],
  ])('%d seconds took %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))

  it.each([
    [0, '0 s'],
    [0.01, '0.1 s'],
    [1_361, '23 min'],
    [147_600, '41 h'],
    [18_489_600, '214 days'],
    [126_230_400, '4.0 years'],
  ])('%d seconds cost %s', (seconds, text) => expect(formatCompute(seconds)).toBe(text))
})

describe('times', () => {
  const now = 1_800_000_000
  it.each([
    [0, 'just now'],
    [50, '1 min ago'],
    [7_300, '2 h ago'],
    [86_400 * 3, '3 d ago'],
    [86_400 * 426, '14 mo ago'],
    [86_400 * 913, '2.5 y ago'],
    [-86_400 * 3, 'in 3 d'],
  ])('%d seconds before now is %s', (past, text) => expect(formatRelative(now - past, now)).toBe(text))

  it('writes UTC exactly and impossible times as numbers', () => {
    expect(formatTime(1_758_716_707, 'utc')).toBe('24 Sep 2025, 12:25:07')
    expect(formatTime(1e300, 'utc')).toBe('1e+300 s')
  })
})

it('takes the path out of a location', () => {
  expect(pathOfLocation('fs:/home/ana/cache')).toBe('/home/ana/cache')
  expect(pathOfLocation('json:C:\\caches\\a')).toBe('C:\\caches\\a')
  expect(pathOfLocation('redis://host:6379/0')).toBe('redis://host:6379/0')
  expect(pathOfLocation('/plain')).toBe('/plain')
})

describe('keys and figures', () => {
  it('shortens hashes to their first figures and others in the middle', () => {
    expect(shortKey('b184130abcd6dc019db254e44dd99ebfa3c2e313')).toBe('b184130a')
    expect(shortKey('notes')).toBe('notes')
    expect(shortKey('a key that is no hash but is long')).toBe('a key that is …t is long')
    expect(middleCut('b184130abcd6dc019db254e44dd99ebfa3c2e313', 16)).toBe('b184130ab…c2e313')
  })

  it('writes offsets and statistics', () => {
    expect(formatOffset(4_096)).toBe('4,096 (0x1000)')
    expect(formatFigure(0.1 + 0.2)).toBe('0.3')
    expect(formatFigure(1.234_567e-7)).toBe('1.235e-7')
    expect(formatFigure(Number.NEGATIVE_INFINITY)).toBe('-inf')
  })
})
