import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { corpusFolder } from '../testing/corpus-folder.ts'
import type { Measured } from './measure-hostile.ts'

const folder = corpusFolder('hostile')!
const program = fileURLToPath(new URL('measure-hostile.ts', import.meta.url))
const longestMs = 2_000
const usualBytes = 64 * 2 ** 20
const marker = 'HASHCACHE_PWNED'

interface Row {
  file: string
  kind: string
  what: string
  expect: string
  good?: boolean
}

const { files } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as { files: Row[] }
const rows = files.filter(
  ({ file, kind }) => /^(pickle|joblib|json|npy)\b/.test(kind) && existsSync(join(folder, file)),
)

describe('hostile files, decoded in a process of their own', () => {
  let place: string
  let measured: Map<string, Measured>
  let last: unknown
  let left: string[]

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
    const names = rows.map(({ file }) => file)
    const options = {
      cwd: place,
      timeout: 300_000,
      maxBuffer: 1 << 26,
      env: { ...process.env, TMPDIR: place },
    }
    const output = execFileSync(process.execPath, ['--expose-gc', program, folder, ...names], options)
    const lines = output
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Measured)
    last = lines.pop()
    measured = new Map(lines.map((line) => [line.file, line]))
    left = readdirSync(place)
  }, 300_000)
  afterAll(() => rmSync(place, { recursive: true }))

  test('there are files of each kind', () => {
    expect(rows.length).toBeGreaterThan(200)
    expect(measured.size).toBe(rows.length)
  })

  test.each(rows)('$file: $what', (row) => {
    const { milliseconds, grownBytes, inputBytes, problem, root } = measured.get(row.file)!
    expect(milliseconds).toBeLessThan(longestMs)
    expect(grownBytes ?? 0).toBeLessThan(4 * inputBytes + usualBytes)
    // The corpus names the outcome where only one will do; everything else is a value, or a typed problem.
    const isError = row.expect === 'error'
    expect({
      isGood: problem === undefined && root !== undefined,
      isTold: problem !== undefined || root !== undefined,
    }).toEqual({
      isGood: row.good === true || (!isError && problem === undefined),
      isTold: true,
    })
  })

  test('nothing was run, polluted or left behind', () => {
    expect(left).toEqual([])
    expect(existsSync(join(folder, marker))).toBe(false)
    expect(existsSync(join(process.cwd(), marker))).toBe(false)
    expect(last).toEqual({ prototype: Object.getOwnPropertyNames(Object.prototype).length })
  })
})
