import { describe, expect, it } from 'vitest'
import { AppError } from '../../model/errors.ts'
import { isNumber, readSeconds, readSizeBytes, readTimeSpan } from './units.ts'

const local = (...fields: [number, number, number, number?, number?, number?]) =>
  new Date(...fields).getTime() / 1000

describe('units', () => {
  it.each([
    ['0', 0],
    ['17', 17],
    ['17B', 17],
    ['1kB', 1000],
    ['1KB', 1000],
    ['1.5MB', 1_500_000],
    ['.5g', 500_000_000],
    ['2GiB', 2_147_483_648],
    ['1ki', 1024],
    ['1TB', 1e12],
  ])('reads the size %s', (text, bytes) => {
    expect(readSizeBytes(text, 1)).toBe(bytes)
  })

  it.each([
    ['10', 10],
    ['10s', 10],
    ['250ms', 0.25],
    ['1.5h', 5400],
    ['30d', 2_592_000],
    ['2w', 1_209_600],
    ['6mo', 15_552_000],
    ['1y', 31_536_000],
    ['5MIN', 300],
  ])('reads the time span %s', (text, seconds) => {
    expect(readSeconds(text, 1, false)).toBe(seconds)
  })

  it('refuses other words with their column', () => {
    for (const read of [
      () => readSizeBytes('1XB', 7),
      () => readSizeBytes('-1', 7),
      () => readSizeBytes('', 7),
      () => readSeconds('5m', 7, false),
      () => readSeconds('30', 7, true),
      () => readSeconds('1e3', 7, false),
      () => readTimeSpan('2025-13', 7, 0),
      () => readTimeSpan('2025-02-30', 7, 0),
      () => readTimeSpan('2025-02-03T24:00', 7, 0),
      () => readTimeSpan('25-02-03', 7, 0),
      () => readTimeSpan('', 7, 0),
    ]) {
      expect(read).toThrow(AppError)
      expect(read).toThrow(/column 7/)
    }
    expect(() => readSeconds('5m', 1, false)).toThrow(/min or mo/)
  })

  it('reads dates as the spans they name', () => {
    expect(readTimeSpan('2025', 1, 0)).toEqual([local(2025, 0, 1), local(2026, 0, 1)])
    expect(readTimeSpan('2025-12', 1, 0)).toEqual([local(2025, 11, 1), local(2026, 0, 1)])
    expect(readTimeSpan('2024-02-29', 1, 0)).toEqual([local(2024, 1, 29), local(2024, 2, 1)])
    expect(readTimeSpan('2025-06-01T12:30', 1, 0)).toEqual([
      local(2025, 5, 1, 12, 30),
      local(2025, 5, 1, 12, 31),
    ])
    expect(readTimeSpan('2025-06-01T23:59:59', 1, 0)).toEqual([
      local(2025, 5, 1, 23, 59, 59),
      local(2025, 5, 2),
    ])
    expect(readTimeSpan('2025-12-31T23:59', 1, 0)).toEqual([local(2025, 11, 31, 23, 59), local(2026, 0, 1)])
    const now = local(2025, 2, 1, 15)
    expect(readTimeSpan('today', 1, now)).toEqual([local(2025, 2, 1), local(2025, 2, 2)])
    expect(readTimeSpan('Yesterday', 1, now)).toEqual([local(2025, 1, 28), local(2025, 2, 1)])
  })

  it('knows a number', () => {
    for (const text of ['0', '-1', '+2', '1.', '.5', '1e-6', '2E+10']) expect(isNumber(text)).toBe(true)
    for (const text of ['', '.', 'e5', '1e', '0x10', '1_000', 'nan', '1 ', '--1'])
      expect(isNumber(text)).toBe(false)
  })
})
