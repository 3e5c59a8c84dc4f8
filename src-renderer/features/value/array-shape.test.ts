import { describe, expect, it } from 'vitest'
import { elementCount, fewerBins, itemBytes, shapeText, shortCell, tableShape } from './array-shape.ts'

describe('shapes', () => {
  it('puts the last two dimensions into the table', () => {
    expect(tableShape([])).toEqual({ rows: 1, columns: 1, leading: [] })
    expect(tableShape([7])).toEqual({ rows: 7, columns: 1, leading: [] })
    expect(tableShape([2, 3, 240, 96])).toEqual({ rows: 240, columns: 96, leading: [2, 3] })
  })

  it('counts elements and writes shapes as Python does', () => {
    expect(elementCount([])).toBe(1)
    expect(elementCount([4, 0, 2])).toBe(0)
    expect(shapeText([13])).toBe('(13,)')
    expect(shapeText([])).toBe('()')
    expect(shapeText([240, 96])).toBe('(240, 96)')
  })
})

describe('cells and bins', () => {
  it.each([
    ['7.456731704287e-17', '7.457e-17'],
    ['-0.012825912345', '-0.0128259'],
    ['123456.789012345', '123456.789'],
    ['12345678901234.5', '1.235e+13'],
    ['0.00001234567', '1.235e-5'],
    ['9007199254740993', '9007199254740993'],
    ['1234567890.12', '1.235e+9'],
    ["'a long text stays'", "'a long text stays'"],
    ['0.5', '0.5'],
    ['(0.9977637225451705+0.0668397634107412j)', '(0.9978+0.06684j)'],
    ['(-1.23456789e-08-9.87654321e+20j)', '(-1.235e-8-9.877e20j)'],
    ['(nan+0.0668397634107412123j)', '(nan+0.06684j)'],
    ['(1+2j)', '(1+2j)'],
  ])('%s is shown as %s', (text, short) => expect(shortCell(text)).toBe(short))

  it('joins bins and keeps their sum', () => {
    const bins = Array.from({ length: 64 }, (_, i) => i)
    const joined = fewerBins(bins, 24)
    expect(joined.length).toBeLessThanOrEqual(10)
    expect(joined.reduce((a, b) => a + b)).toBe(2_016)
    expect(fewerBins(bins, 1e6)).toHaveLength(32)
  })
})

describe('dtypes', () => {
  it('knows the size where the name has it', () => {
    expect(itemBytes('float64')).toBe(8)
    expect(itemBytes('<c16')).toBe(16)
    expect(itemBytes('bool')).toBe(1)
    expect(itemBytes('datetime64[ns]')).toBe(8)
    expect(['<U7', '|S7', '|V7'].map(itemBytes)).toEqual([28, 7, 7])
    expect(itemBytes('object')).toBeUndefined()
  })
})
