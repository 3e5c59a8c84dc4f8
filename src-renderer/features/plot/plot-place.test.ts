import { describe, expect, it } from 'vitest'
import { readPlotPlace, withPlotPlace } from './plot-place.ts'

describe('the place of a plot', () => {
  it('is read as it was written, beside the options of others', () => {
    const change = {
      x: 'params.cut:off',
      y: 'output."free energy"',
      color: '-',
      as: 'line',
      xlog: true,
      ylog: false,
      xr: [-1.5, 2e-7],
      yr: undefined,
    } as const
    const options = withPlotPlace({ left: 'a' }, change)
    expect(options['left']).toBe('a')
    expect(readPlotPlace(options)).toEqual(change)
  })

  it('forgets the window of a field with the field', () => {
    const options = withPlotPlace({}, { x: 'a', y: 'b', xr: [1, 2], yr: [3, 4] })
    expect(readPlotPlace(withPlotPlace(options, { x: 'c' }))).toMatchObject({
      x: 'c',
      xr: undefined,
      yr: [3, 4],
    })
  })

  it('takes no window that is none', () => {
    for (const text of ['', '1', '2:1', 'a:b', ':', '1:2:3', 'Infinity:1', ' :3'])
      expect(readPlotPlace({ 'plot.xr': text }).xr).toBeUndefined()
  })
})
