import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Document } from '../../../shared/catalog/documents.ts'
import { RangedSource } from '../../../shared/catalog/ranged-source.ts'
import { decodeValue } from '../../../shared/decode/decode.ts'
import { python } from '../../../shared/testing/python.ts'
import { opcodePage } from './bytes.ts'
import { findPage } from './find.ts'

const folder = mkdtempSync(join(tmpdir(), 'hashcache-far-'))
const file = join(folder, 'array.joblib')

beforeAll(() => {
  const make = `import joblib, numpy, sys; joblib.dump({'x': numpy.arange(4e6), 'after': 'needle'}, sys.argv[1])`
  execFileSync(python, ['-c', make, file])
})

afterAll(() => rmSync(folder, { recursive: true }))

it('lists opcodes and finds texts of a value that comes by ranges without fetching its arrays', async () => {
  const bytes = readFileSync(file)
  let fetched = 0
  using ranged = new RangedSource(bytes.length, (from, to) => {
    fetched += to - from
    return Promise.resolve(bytes.subarray(from, to))
  })
  using decoded = await ranged.answer(() => decodeValue(ranged, { trace: true }))
  const document: Document = {
    decoded,
    stored: ranged,
    inner: ranged,
    stamp: '',
    answer: (question) => ranged.answer(question),
    [Symbol.dispose]: () => undefined,
  }
  const { known, isComplete } = await ranged.answer(() => opcodePage(document, 'k', { from: 0, to: 0 }))
  expect(isComplete).toBe(true)
  const { rows } = await ranged.answer(() => opcodePage(document, 'k', { from: 0, to: known }))
  const array = rows.find(({ kind }) => kind === 'array')
  expect(array!.end - array!.offset).toBeGreaterThanOrEqual(32e6)
  expect(rows.at(-1)?.name).toBe('STOP')
  const found = await ranged.answer(() => findPage(document, 'needle', 0))
  expect(found).toMatchObject({ isComplete: true, hits: [{ path: '1', text: 'needle' }] })
  expect(fetched).toBeLessThan(2e6)
  let number = await ranged.answer(() => findPage(document, '3999999', 0))
  while (!number.isComplete) number = await ranged.answer(() => findPage(document, '3999999', 0))
  expect(number.hits).toMatchObject([{ path: '0', text: '[3999999] = 3999999.0' }])
})
