import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeValue } from '../decode/decode.ts'
import { writeJoblib } from '../joblib/write.ts'
import { MemorySource } from '../model/source.ts'
import { python } from '../testing/python.ts'
import { fromJs, tuple } from './from-js.ts'
import { NDArray } from './ndarray.ts'
import { toJs } from './to-js.ts'

// Values go JavaScript → joblib stream → Python (joblib.load) → Python (joblib.dump) → JavaScript.

const quick = process.env.HASHCACHE_QUICK === '1'
const throughPython = `
import joblib, os, sys
source, target, compress = sys.argv[1:]
for name in os.listdir(source):
    joblib.dump(joblib.load(os.path.join(source, name)), os.path.join(target, name), compress=int(compress))
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hashcache-values-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function throughJoblib(values: readonly unknown[], compress: number): Promise<unknown[]> {
  const [source, target] = ['source', 'target'].map((name) => path.join(folder, name)) as [string, string]
  for (const place of [source, target]) {
    rmSync(place, { recursive: true, force: true })
    mkdirSync(place)
  }
  for (const [index, value] of values.entries()) {
    writeFileSync(path.join(source, String(index)), writeJoblib(fromJs(value)))
  }
  execFileSync(python, ['-c', throughPython, source, target, String(compress)])
  const back: unknown[] = []
  for (const index of values.keys()) {
    using decoded = await decodeValue(new MemorySource(readFileSync(path.join(target, String(index)))))
    expect(decoded.problem).toBeUndefined()
    back.push(toJs(decoded.root!, decoded.source))
  }
  return back
}

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.bigInt().filter((value) => value > 2n ** 53n || value < -(2n ** 53n)),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }),
  fc.uint8Array({ maxLength: 40 }),
)

const numbers = fc.oneof(
  fc.float64Array({ maxLength: 9 }),
  fc.float32Array({ maxLength: 9 }),
  fc.int16Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
  fc.bigInt64Array({ maxLength: 9 }),
  fc
    .array(fc.integer(), { minLength: 6, maxLength: 6 })
    .map((items) => new NDArray(Int32Array.from(items), [2, 3])),
)

const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    numbers,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => tuple(...items)),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.uniqueArray(fc.oneof(fc.integer(), fc.string()), { maxLength: 5 }).map((items) => new Set(items)),
  ),
})).value

describe('values through Python and back', () => {
  it.each([0, 3])('are equal, with joblib compress=%i', async (compress) => {
    const values = fc.sample(anything, { numRuns: quick ? 100 : 1000, seed: 42 + compress })
    const back = await throughJoblib(values, compress)
    for (const [index, value] of values.entries()) expect(back[index]).toEqual(value)
  })

  it('keep sharing and cycles', async () => {
    const shared = [1, 2]
    const value: Record<string, unknown> = { first: shared, second: shared }
    value.self = value
    const [back] = (await throughJoblib([value], 0)) as [Record<string, unknown>]
    expect(back.self).toBe(back)
    expect(back.first).toBe(back.second)
  })

  it('keep a key named __proto__ as a plain key', async () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}}') as object
    const [back] = (await throughJoblib([value], 0)) as [object]
    expect(Object.keys(back)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
