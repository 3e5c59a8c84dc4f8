import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFileDocument } from '../../../shared/catalog/documents.ts'
import { summarizeColumn } from '../../../shared/lenses/column-summary.ts'
import type { Column } from '../../../shared/lenses/table.ts'
import { cellText } from '../../../shared/render/cell.ts'
import { expectedKinds, kindFile, kindsFolder } from '../../../shared/testing/kinds.ts'
import { arrayWindow } from './arrays.ts'
import { exportOf } from './export.ts'
import { linePicture } from './pictures.ts'
import { rootOf } from './root.ts'
import { tableColumns, tableHead } from './tables.ts'
import { nodeAt } from './tree.ts'
import { decodeFrame } from '../../../shared/api/pictures.ts'
import type { LineHeader } from '../../../shared/api/pictures.ts'

async function outputOf(name: string) {
  const document = await openFileDocument(kindFile(name))
  const { value: node } = nodeAt(rootOf(document, name), [0])
  return { node, source: document.decoded.source, [Symbol.dispose]: () => document[Symbol.dispose]() }
}

describe('columns of a table', () => {
  it('have the figures, the gaps and the counts that pandas finds', async () => {
    using output = await outputOf('frame')
    const { summaries } = tableColumns(output.node, output.source, [0, 100])
    const expected = Object.entries(expectedKinds().frame)
    expect(summaries.map(({ name }) => name)).toEqual(expected.map(([name]) => `'${name}'`))
    const sum = (counts: readonly number[] | undefined) => counts?.reduce((a, b) => a + b, 0)
    const found = summaries.map(({ dtype, missing, looked, numbers, values }) => ({
      dtype: dtype.toLowerCase(),
      missing,
      looked,
      figures: numbers && [numbers.min, numbers.max, numbers.mean].map((figure) => figure.toPrecision(10)),
      binned: sum(numbers?.histogram),
      distinct: numbers ? undefined : values?.distinct,
      top: numbers ? undefined : values?.top[0]?.count,
    }))
    const wanted = expected.map(([name, { dtype, missing, counts, min, max, mean }]) => ({
      dtype: dtype.toLowerCase(),
      missing,
      looked: 400,
      figures: mean && [min, max, mean].map((figure) => figure?.toPrecision(10)),
      binned: mean && 400 - missing,
      // pandas counts complex numbers one by one, and each is there once.
      distinct: name === 'wave' ? 400 : counts && Object.keys(counts).length,
      top: name === 'wave' ? 1 : counts && Math.max(...Object.values(counts)),
    }))
    expect(found).toEqual(wanted)
  })

  it('of records have their own field alone', async () => {
    using output = await outputOf('structured')
    const { summaries } = tableColumns(output.node, output.source, [0, 100])
    expect(summaries.map(({ name, dtype, missing }) => [name, dtype, missing])).toEqual([
      ["'site'", '<U4', 0],
      ["'x'", 'float64', 1],
      ["'spin'", 'int8', 0],
      ["'pos'", "('<f4', (3,))", 0],
    ])
    expect(summaries[1]!.numbers).toMatchObject({ min: 0, max: 1 })
    expect(summaries[2]!.numbers).toMatchObject({ min: -2, max: 2 })
  })

  it('are found by number far to the right, a page at a time', async () => {
    using output = await outputOf('wide')
    expect(tableHead(output.node, output.source)).toMatchObject({ rows: 5, columns: 2000 })
    const { columns, summaries } = tableColumns(output.node, output.source, [1990, 2100])
    expect([columns, summaries.length, summaries.at(-1)?.name]).toEqual([[1990, 2000], 10, "'gene 1999'"])
    expect(tableColumns(output.node, output.source, [0, 2000]).summaries).toHaveLength(32)
  })

  it('of a MultiIndex are its levels, each with its name', async () => {
    using output = await outputOf('multi')
    const { index } = tableHead(output.node, output.source)
    expect(index.map(({ name }) => name)).toEqual(["'metal'", "'kelvin'", 'None'])
    const { rowLevels, columnNames } = arrayWindow(output.node, output.source, {
      index: [],
      rows: [7, 9],
      columns: [0, 2],
    })
    expect(rowLevels).toEqual([
      ["'Cu'", '200', "'d'"],
      ["'Ni'", '100', "'a'"],
    ])
    expect(columnNames).toEqual(["('energy', 'min')", "('energy', 'max')"])
  })

  it('are lines over the times of the index, gaps of masks and records as gaps', async () => {
    const lineOf = async (name: string, column: number) => {
      using output = await outputOf(name)
      const question = { column, index: [], complex: 'magnitude', from: 0, to: 400, buckets: 400 } as const
      const bytes = linePicture(output.node, output.source, question)
      return decodeFrame<LineHeader>(new Uint8Array(bytes).buffer)
    }
    const drift = await lineOf('series', 0)
    expect(drift.header).toMatchObject({ x: 'time', length: 300, name: "'drift'" })
    expect(drift.arrays['x']![4]! - drift.arrays['x']![0]!).toBe(86_400)
    const rank = await lineOf('frame', 8)
    expect([rank.header.nan, rank.arrays['mean']![399]]).toEqual([40, 99])
    const field = await lineOf('structured', 1)
    expect([field.header.nan, field.arrays['mean']![199]]).toEqual([1, 1])
  })

  it('are sampled evenly within the budget, and say so', () => {
    const rows = 1_000_000
    let made = 0
    const column: Column = {
      dtype: 'object',
      length: rows,
      cells: (from, to) => {
        made += to - from
        return Array.from({ length: to - from }, (_, i) => ({
          kind: 'node',
          node: { kind: 'bool', value: from + i >= rows / 2, start: 0, end: 0 },
        }))
      },
      numbers: undefined,
    }
    const textOf = (cell: Parameters<typeof cellText>[0]) =>
      cell.kind === 'node' ? JSON.stringify(cell.node) : ''
    const summary = summarizeColumn(column, rows, { numberBytes: 0, cells: 10_000, textOf })
    expect(made).toBe(summary.looked)
    expect(summary.looked).toBeLessThanOrEqual(10_000)
    const [one, other] = summary.values!.top
    expect(one!.count).toBe(other!.count)
  })
})

describe('CSV', () => {
  it('of a DataFrame is what pandas writes', async () => {
    using document = await openFileDocument(kindFile('frame'))
    const csv = [...exportOf(document, 'frame', [0], 'csv')].join('')
    expect(csv).toBe(readFileSync(join(kindsFolder, 'frame.csv'), 'utf8'))
  })
})
