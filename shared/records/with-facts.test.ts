import { describe, expect, test } from 'vitest'

import type { EntrySummary } from '../model/record.ts'
import { damagedSummary } from './summarize.ts'
import { withFacts } from './with-facts.ts'

const foreign: EntrySummary = {
  kind: 'foreign',
  status: 'ok',
  args: [],
  outputType: 'float',
  outputPreview: '1.5',
}

describe('withFacts', () => {
  test('a value that is no record is the result of the call that its store knows', () => {
    const args = [
      { name: 'element', text: "'Cu'" },
      { name: 'cutoff', text: '400' },
      { name: '*', text: '[1]' },
      { name: '**', text: "{'spin': True}" },
    ]
    const summary = withFacts(foreign, {
      func: 'relax',
      module: 'lab.physics',
      args,
      runAtSeconds: 1.7e9,
      elapsedSeconds: 12.5,
    })
    expect(summary).toMatchObject({
      kind: 'call',
      status: 'ok',
      func: 'relax',
      module: 'lab.physics',
      runAtSeconds: 1.7e9,
      elapsedSeconds: 12.5,
      call: "relax(element='Cu', cutoff=400, *[1], **{'spin': True})",
      outputType: 'float',
      outputPreview: '1.5',
    })
    expect(summary.args.map(({ name, number, text }) => [name, number ?? text])).toEqual([
      ['element', 'Cu'],
      ['cutoff', 400],
      ['*', undefined],
      ['**', undefined],
    ])
  })

  test('rests that are empty say nothing', () => {
    const args = [
      { name: '*', text: '[]' },
      { name: 'x', text: '[]' },
      { name: '**', text: '{}' },
    ]
    expect(withFacts(foreign, { func: 'f', args }).call).toBe('f(x=[])')
  })

  test('a damaged result is told with its call', () => {
    const damaged = damagedSummary({ code: 'EMPTY', sentence: 'No byte at all.' })
    expect(withFacts(damaged, { func: 'relax' })).toMatchObject({
      kind: 'call',
      status: 'damaged',
      problem: { code: 'EMPTY' },
      func: 'relax',
      call: 'relax()',
    })
  })

  test('a record in the value has the last word; no facts change nothing', () => {
    const record: EntrySummary = { ...foreign, kind: 'call', func: 'inner', call: 'inner()' }
    expect(withFacts(record, { func: 'outer', tag: 't' })).toBe(record)
    expect(withFacts(foreign, undefined)).toBe(foreign)
  })

  test('a tag is found like an argument, and a key is shown as Python writes it', () => {
    expect(withFacts(foreign, { tag: 'a\nb', keyText: "('solve', 3)", runAtSeconds: 5 })).toEqual({
      ...foreign,
      args: [{ name: 'tag', type: 'str', preview: "'a\ufffdb'", text: 'a\ufffdb' }],
      call: "('solve', 3)",
      runAtSeconds: 5,
    })
  })

  test('numbers that are no moments or durations are left out', () => {
    const summary = withFacts(foreign, { runAtSeconds: Number.NaN, elapsedSeconds: -1 })
    expect([summary.runAtSeconds, summary.elapsedSeconds]).toEqual([undefined, undefined])
  })
})
