import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { stampOf } from './stamp.ts'

const nowMs = 1_700_000_000_000
const status = (changes: Partial<Stats> = {}): Stats =>
  ({ mtimeMs: nowMs - 5_000.25, ctimeMs: nowMs - 4_000.5, size: 100, ino: 7, ...changes }) as Stats

test('an old file has one stamp', () => {
  expect(stampOf(status(), nowMs)).toEqual(stampOf(status(), nowMs + 99_999))
  expect(stampOf(status(), nowMs).fresh).toBe(false)
})

test.each([{ mtimeMs: nowMs - 5_000.251 }, { ctimeMs: nowMs - 4_000.499 }, { size: 101 }, { ino: 8 }])(
  '%j makes another',
  (changes) => {
    expect(stampOf(status(changes), nowMs).text).not.toBe(stampOf(status(), nowMs).text)
  },
)

test.each([
  [{ mtimeMs: nowMs - 1.5, ctimeMs: nowMs - 1.5 }, 'a moment ago'],
  [{ mtimeMs: nowMs - 900_000, ctimeMs: nowMs - 19.25 }, 'a moment ago, with its time put back'],
  [{ mtimeMs: nowMs + 3.5, ctimeMs: nowMs + 3.5 }, 'by a clock that is ahead'],
  [{ mtimeMs: nowMs - 2_000, ctimeMs: nowMs - 2_000 }, 'on a file system that counts seconds'],
])('%j changed %s: no stamp comes twice', (changes) => {
  const first = stampOf(status(changes), nowMs)
  expect(first.fresh).toBe(true)
  expect(stampOf(status(changes), nowMs).text).not.toBe(first.text)
})

test('a time far in the future does not make a file new for ever', () => {
  expect(stampOf(status({ mtimeMs: nowMs + 9e9 + 0.5 }), nowMs).fresh).toBe(false)
})

test('an overwrite whose time was put back is seen', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  const path = join(folder, 'file')
  writeFileSync(path, 'one')
  utimesSync(path, 1_600_000_000, 1_600_000_000)
  const before = stampOf(statSync(path), Date.now() + 5_000).text
  writeFileSync(path, 'two')
  utimesSync(path, 1_600_000_000, 1_600_000_000)
  expect(stampOf(statSync(path), Date.now() + 5_000).text).not.toBe(before)
  rmSync(folder, { recursive: true })
})
