import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeFile } from '../decode/decode.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import type { TrustReport } from './trust.ts'
import { trustOf } from './trust.ts'

async function trustOfFile(path: string): Promise<TrustReport> {
  using decoded = await decodeFile(path, { trace: true, skim: true })
  return trustOf(decoded)
}

function folder(name: string): string {
  const found = corpusFolder(name)
  if (found === undefined) throw new Error(`The corpus has no ${name}`)
  return found
}

const hostile = folder('hostile')
const attacks = readdirSync(hostile).filter((name) => name.startsWith('run-'))

describe('hostile files', () => {
  it.each(attacks)('%s is not known', async (name) => {
    const report = await trustOfFile(join(hostile, name))
    expect(report.verdict).toBe('unknown')
    expect(report.unknownCount).toBeGreaterThan(0)
  })

  it('are all there', () => expect(attacks.length).toBeGreaterThan(40))

  it('that run code when Python loads them are never called known, whatever their names are', async () => {
    const truth = JSON.parse(readFileSync(join(hostile, 'expected.json'), 'utf8')) as {
      files: { file: string; runs_code?: boolean }[]
    }
    const run = truth.files.filter(({ file, runs_code: runs }) => runs && /\.(?:pkl|joblib)$/.test(file))
    expect(run.length).toBeGreaterThan(40)
    for (const { file } of run) {
      expect([file, (await trustOfFile(join(hostile, file))).verdict]).toEqual([file, 'unknown'])
    }
  })

  const side = readdirSync(hostile).filter((name) => name.startsWith('side-'))
  it.each(side)('%s: a side file that was not looked at is not known', async (name) => {
    const { verdict, warnings } = await trustOfFile(join(hostile, name))
    expect(verdict).toBe('unknown')
    expect(warnings[0]!.sentence).toContain('which was not looked at')
  })

  it('sees the pickle within a .npy file', async () => {
    const { verdict, calls } = await trustOfFile(join(hostile, 'npy-object.npy'))
    expect(verdict).toBe('unknown')
    expect(calls[0]).toMatchObject({ callee: 'posix.system', args: "'touch HASHCACHE_PWNED'" })
  })

  it('that are damaged are never data or known', async () => {
    const truncated = join(hostile, 'truncated')
    for (const name of readdirSync(truncated).filter((each) => /\.(?:pkl|joblib)$/.test(each))) {
      using decoded = await decodeFile(join(truncated, name), { trace: true, skim: true })
      if (!decoded.problem) continue
      expect([name, trustOf(decoded).verdict]).toEqual([name, expect.stringMatching(/^(?:broken|unknown)$/)])
    }
    for (const name of readdirSync(hostile).filter((each) => /^(?:garbage|magic|empty)/.test(each))) {
      expect([name, (await trustOfFile(join(hostile, name))).verdict]).toEqual([
        name,
        expect.stringMatching(/^(?:broken|unknown)$/),
      ])
    }
  })
})

/** Files of the corpus that name what is not known, and which names these are. */
const unknownNames =
  /^(?:labs\.|lab_gone|old_lab|sklearn\.|dill\.|cloudpickle\.|functools|_operator|dataclasses|itertools|builtins (?:__dict__|setattr)|__builtin__ (?:file|reduce))/

describe('what Python, numpy, pandas, scipy and joblib write', () => {
  const pickles = folder('pickles')
  const names = readdirSync(pickles).filter((name) => /\.(?:pkl|joblib)$/.test(name))

  it('is data or known, but for classes of one’s own', async () => {
    const verdicts = new Map<string, number>()
    for (const name of names) {
      const { verdict, imports, warnings, calls, problem } = await trustOfFile(join(pickles, name))
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
      const unknown = imports.filter(({ what }) => what === 'unknown')
      for (const { module, name: title } of unknown) expect(`${module} ${title}`).toMatch(unknownNames)
      expect([name, problem]).toEqual([name, undefined])
      const asksForMore = /persistent-id|extension-codes/.test(name)
      expect([name, warnings.length > 0]).toEqual([name, asksForMore])
      // A calculator's method that the pickle takes from the calculator.
      const isExpected = asksForMore || name === 'np2-ase-atoms-calc.joblib' || unknown.length > 0
      expect([name, verdict === 'unknown']).toEqual([name, isExpected])
      expect([name, isExpected ? [] : calls.filter(isUnknown)]).toEqual([name, []])
    }
    expect(verdicts.get('known')).toBeGreaterThan(300)
    expect(verdicts.get('data')).toBeGreaterThan(10)
  })

  it.each(['fs-class', 'fs-v002', 'fs-compressed', 'fs-py38'])('%s has nothing unknown', async (name) => {
    const base = join(folder(name), 'cache')
    let files = 0
    for (const entry of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
      const path = join(base, entry)
      if (!statSync(path).isFile()) continue
      files++
      expect([entry, (await trustOfFile(path)).verdict]).toEqual([
        entry,
        expect.stringMatching(/^(?:data|known)$/),
      ])
    }
    expect(files).toBeGreaterThan(50)
  })

  it('is data where it is JSON', async () => {
    const base = folder('json-class')
    const name = readdirSync(base, { recursive: true, encoding: 'utf8' }).find((each) =>
      /[0-9a-f]{40}\.json$/.test(each),
    )!
    expect(await trustOfFile(join(base, name))).toMatchObject({ verdict: 'data', imports: [], calls: [] })
  })
})

function isUnknown({ what }: { what: string }): boolean {
  return what === 'unknown'
}
