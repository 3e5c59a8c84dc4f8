import { describe, expect, it } from 'vitest'
import { cellNumber, elementCount, isDrawable, itemBytes, shapeText, tableShape } from './array-shape.ts'

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

describe('dtypes', () => {
  it('knows the size where the name has it', () => {
    expect(itemBytes('float64')).toBe(8)
    expect(itemBytes('<c16')).toBe(16)
    expect(itemBytes('bool')).toBe(1)
    expect(itemBytes('object')).toBeUndefined()
  })

  it('draws real numbers only', () => {
    expect(['float32', 'uint8', '<f8', 'bool'].every(isDrawable)).toBe(true)
    expect(['complex128', 'object', '<U7', 'datetime64[ns]', 'table'].some(isDrawable)).toBe(false)
  })

  it('reads cells as Python writes them', () => {
    expect(['1.5e-7', 'True', '-inf', 'nan', ''].map(cellNumber)).toEqual([
      1.5e-7,
      1,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.NaN,
    ])
  })
})
