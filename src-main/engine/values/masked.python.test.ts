import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeFrame, type LineHeader, type PlaneHeader } from '../../../shared/api/pictures.ts'
import { openFileDocument } from '../../../shared/catalog/documents.ts'
import { python } from '../../../shared/testing/python.ts'
import { arrayStatistics, arrayWindow } from './arrays.ts'
import { exportOf } from './export.ts'
import { linePicture, planePicture } from './pictures.ts'
import { rootOf } from './root.ts'

const folder = mkdtempSync(join(tmpdir(), 'hashcache-masked-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Told {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly std: number
  readonly masked: number
  readonly rows: readonly (readonly (number | null)[])[]
}
let told: Record<string, Told> = {}

/** Masked elements are far outside of the others, so that none that is counted goes unnoticed. */
const make = `
import json, joblib, numpy as np, os, sys
os.chdir(sys.argv[1])
rng = np.random.default_rng(0)
numbers = rng.normal(size=(30, 40))
mask = rng.random((30, 40)) < 0.2
values = {
    'c': np.ma.masked_array(np.where(mask, 1e6, numbers), mask),
    'fortran': np.ma.masked_array(np.asfortranarray(np.where(mask, 1e6, numbers).astype('>f4')), mask),
    'integers': np.ma.masked_array(np.where(mask, 9999, numbers * 100).astype('i2'), mask),
    'none': np.ma.masked_array(numbers, False),
}
told = {}
for name, value in values.items():
    joblib.dump(value, name)
    told[name] = {**{each: float(getattr(value, each)()) for each in ('min', 'max', 'mean', 'std')},
                  'masked': int(np.ma.getmaskarray(value).sum()),
                  'rows': [[None if each is np.ma.masked else float(each) for each in row] for row in value]}
print(json.dumps(told))
`

beforeAll(() => {
  told = JSON.parse(execFileSync(python, ['-c', make, folder], { encoding: 'utf8' })) as typeof told
})

async function open(name: string) {
  const document = await openFileDocument(join(folder, name))
  const { source } = document.decoded
  return {
    document,
    source,
    node: rootOf(document, name),
    [Symbol.dispose]: () => document[Symbol.dispose](),
  }
}

describe.each(['c', 'fortran', 'integers', 'none'])('a masked array, %s', (name) => {
  it('has the statistics of what is not masked', async () => {
    using value = await open(name)
    const found = arrayStatistics(value.node, value.source)
    const { min, max, mean, std, masked } = told[name]!
    expect(Number(found.min)).toBeCloseTo(min, 5)
    expect(Number(found.max)).toBeCloseTo(max, 5)
    expect(found.mean).toBeCloseTo(mean, 5)
    expect(found.standardDeviation).toBeCloseTo(std, 5)
    expect(found.count).toBe(1200 - masked)
    expect(found.masked ?? 0).toBe(masked)
  })

  it('has gaps in its pictures, its table and its CSV where it is masked', async () => {
    using value = await open(name)
    const { rows, masked } = told[name]!
    const isGap = rows.map((row) => row.map((number) => number === null))
    const question = { rows: [0, 30], columns: [0, 40], height: 30, width: 40 } as const
    const plane = decodeFrame<PlaneHeader>(
      planePicture(value.node, value.source, { ...question, index: [], complex: 'magnitude' })
        .buffer as ArrayBuffer,
    )
    expect(plane.header.nan).toBe(masked)
    expect(plane.header.gap).toBe('masked or nan')
    expect(Array.from(plane.arrays['mean']!, Number.isNaN)).toEqual(isGap.flat())
    const line = decodeFrame<LineHeader>(
      linePicture(value.node, value.source, {
        column: 0,
        axis: 0,
        index: [0, 7],
        complex: 'magnitude',
        from: 0,
        to: 30,
        buckets: 30,
      }).buffer as ArrayBuffer,
    )
    expect(Array.from(line.arrays['mean']!, Number.isNaN)).toEqual(isGap.map((row) => row[7]))
    const { cells } = arrayWindow(value.node, value.source, { index: [], rows: [0, 30], columns: [0, 40] })
    expect(cells.map((row) => row.map((cell) => cell === '--'))).toEqual(isGap)
    const csv = [...exportOf(value.document, name, [], 'csv')].join('').trimEnd().split('\n')
    expect(csv.map((row) => row.split(',').map((cell) => cell === ''))).toEqual(isGap)
  })
})
