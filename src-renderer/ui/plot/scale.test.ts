import { describe, expect, it } from 'vitest'
import { makeScale, tickText, type ScaleOptions } from './scale.ts'

const scale = (options: Partial<ScaleOptions>) =>
  makeScale({ least: 0, greatest: 10, isLog: false, unit: 'number', ticks: 6, isPadded: false, ...options })
const texts = (options: Partial<ScaleOptions>): string[] => scale(options).ticks.map(({ text }) => text)

describe('a scale', () => {
  it('places numbers from end to end, and finds them again', () => {
    for (const isLog of [false, true]) {
      const { share, at } = scale({ least: 2, greatest: 50, isLog })
      expect([share(2), share(50)]).toEqual([0, 1])
      for (const number of [2, 3, 17, 50]) expect(at(share(number))).toBeCloseTo(number, 1)
    }
  })

  it('has room beyond what is drawn, and some for a single number', () => {
    const padded = scale({ isPadded: true })
    expect(padded.share(0)).toBeGreaterThan(0.01)
    expect(padded.share(10)).toBeLessThan(0.99)
    for (const number of [0, 7, -3, 1e20]) {
      const alone = scale({ least: number, greatest: number })
      expect(alone.share(number)).toBeCloseTo(0.5)
    }
    expect(scale({ least: 5, greatest: 5, isLog: true }).share(5)).toBeCloseTo(0.5)
  })

  it('gives a window no more figures than can be pointed at', () => {
    expect(scale({ least: 0, greatest: 1 }).at(1 / 3)).toBe(0.333)
    expect(scale({ least: 400, greatest: 800 }).at(1 / 3)).toBe(533.3)
    expect(scale({ least: 1, greatest: 1e6, isLog: true }).at(1 / 3)).toBe(100)
    expect(scale({ least: 0, greatest: 1e6, unit: 'time' }).at(1 / 3)).toBe(333_333)
  })

  it('has lines at round numbers', () => {
    expect(texts({})).toEqual(['0', '2', '4', '6', '8', '10'])
    expect(texts({ least: -0.31, greatest: 0.12 })).toEqual(['-0.3', '-0.2', '-0.1', '0', '0.1'])
    expect(texts({ least: 1, greatest: 1e6, isLog: true })).toEqual(
      ['1', '10', '100', '1000', '10000', '1e5', '1e6'].map((text) => (text === '1e5' ? '100000' : text)),
    )
    expect(texts({ least: 2, greatest: 60, isLog: true })).toEqual(['2', '5', '10', '20', '50'])
    expect(texts({ least: 41, greatest: 44, isLog: true }).length).toBeGreaterThan(2)
    expect(texts({ least: 2e-3, greatest: 2e5, isLog: true, unit: 'seconds', ticks: 9 })).toEqual([
      '10 ms',
      '100 ms',
      '1 s',
      '10 s',
      '1 m',
      '10 m',
      '1 h',
      '10 h',
    ])
    expect(texts({ least: 0, greatest: 9_000, unit: 'seconds' })).toEqual([
      '0 s',
      '30 m',
      '1 h',
      '1 h 30 m',
      '2 h',
      '2 h 30 m',
    ])
    expect(texts({ least: 0, greatest: 5e6, unit: 'bytes' })).toEqual([
      '0 B',
      '1 MB',
      '2 MB',
      '3 MB',
      '4 MB',
      '5 MB',
    ])
  })

  it('has lines where clocks and calendars have them', () => {
    const at = (text: string): number => new Date(text).getTime() / 1_000
    const of = (from: string, to: string): string[] =>
      texts({ unit: 'time', least: at(from), greatest: at(to), ticks: 6 })
    expect(of('2025-06-01T00:00', '2025-06-01T06:00')).toEqual([
      '1 Jun',
      '01:00',
      '02:00',
      '03:00',
      '04:00',
      '05:00',
      '06:00',
    ])
    expect(of('2024-11-10T00:00', '2025-05-10T00:00')).toEqual([
      'Dec 2024',
      'Jan 2025',
      'Feb 2025',
      'Mar 2025',
      'Apr 2025',
      'May 2025',
    ])
    expect(of('2011-01-02T00:00', '2025-05-10T00:00')).toEqual(['2013', '2016', '2019', '2022', '2025'])
    expect(of('2025-06-01T00:00', '2025-06-06T00:00').at(-1)).toBe('6 Jun')
  })
})

describe('a number at an axis', () => {
  it('has no zeros that say nothing', () => {
    expect([10, 1, 0.001, 0.0015, 1.5, 90, 0].map((number) => tickText(number, 'seconds'))).toEqual([
      '10 s',
      '1 s',
      '1 ms',
      '1.5 ms',
      '1.5 s',
      '1 m 30 s',
      '0 s',
    ])
    expect(tickText(2.5e9, 'number')).toBe('2.5e9')
    expect(tickText(1e-7, 'number')).toBe('1e-7')
  })
})
