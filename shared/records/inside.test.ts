import { describe, expect, it } from 'vitest'
import type { EntryInside } from '../model/record.ts'
import { MemorySource } from '../model/source.ts'
import { bool, float, int, list, none, record, str, tuple } from '../testing/nodes.ts'
import type { Decoded, Value } from '../value/value.ts'
import { canonicalText } from './canonical.ts'
import { insideOf } from './inside.ts'
import { summarize } from './summarize.ts'

const source = new MemorySource(new Uint8Array(0))
const insideOfDecoded = (decoded: Decoded): EntryInside => insideOf(decoded, summarize(decoded))
const insideOfRoot = (root: Value, rest: Partial<Decoded> = {}): EntryInside =>
  insideOfDecoded({ root, format: 'pickle', source, end: 0, ...rest })
const paths = (leaves: EntryInside['output']): unknown[] =>
  leaves.map(({ name, number, text, preview }) => [name, number ?? text ?? preview])
const call = (output: Value, args: Record<string, Value> = {}): Value =>
  record({
    func: str('f'),
    module: str('m'),
    'standardized-kwargs': record(args),
    'run-at': float(1),
    output,
  })

describe('insideOf', () => {
  it('finds scalars by their paths, level by level', () => {
    const output = record({
      info: record({ steps: int(12), converged: bool(true), run: record({ host: str('n7') }) }),
      energy: float(-3.5),
      cell: tuple(float(1), list(int(2), none)),
      label: str('Cu'),
    })
    const params = record({ cutoff: int(400), mixing: record({ beta: float(0.3) }) })
    const inside = insideOfRoot(call(output, { params, element: str('Cu'), k: tuple(int(8), int(4)) }))
    expect(paths(inside.output)).toEqual([
      ['energy', -3.5],
      ['label', 'Cu'],
      ['info.steps', 12],
      ['info.converged', 1],
      ['cell.0', 1],
      ['info.run.host', 'n7'],
      ['cell.1.0', 2],
      ['cell.1.1', 'None'],
    ])
    expect(paths(inside.nested)).toEqual([
      ['params.cutoff', 400],
      ['k.0', 8],
      ['k.1', 4],
      ['params.mixing.beta', 0.3],
    ])
  })

  it('takes an output that is a scalar by an empty path, and a value that is no record for an output', () => {
    expect(paths(insideOfRoot(call(float(2.5))).output)).toEqual([['', 2.5]])
    expect(paths(insideOfRoot(record({ a: int(1) })).output)).toEqual([['a', 1]])
    expect(paths(insideOfRoot(int(7)).output)).toEqual([['', 7]])
  })

  it('is bounded: 64 scalars, 4 levels, lists of 8, keys of 60 and texts of 200 characters', () => {
    const many = record(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, int(i)])))
    expect(paths(insideOfRoot(call(many)).output).at(-1)).toEqual(['k63', 63])
    const nine = list(...Array.from({ length: 9 }, (_, i) => int(i)))
    const deep = record({ a: record({ b: record({ c: record({ d: int(1), e: record({ f: int(2) }) }) }) }) })
    const output = record({
      nine,
      ['k'.repeat(61)]: int(1),
      long: str('x'.repeat(201)),
      deep: deep,
      end: int(3),
    })
    expect(paths(insideOfRoot(call(output)).output)).toEqual([['end', 3]])
    expect(paths(insideOfRoot(call(deep)).output)).toEqual([['a.b.c.d', 1]])
  })

  it('does not go round in cycles', () => {
    const cycle = list(int(1))
    if (cycle.kind === 'list') cycle.items.push(cycle)
    expect(paths(insideOfRoot(call(cycle)).output)).toEqual([
      ['0', 1],
      ['1.0', 1],
      ['1.1.0', 1],
      ['1.1.1.0', 1],
    ])
    expect(canonicalText([cycle], source)).toEqual(canonicalText([cycle], source))
  })

  it('tells under which key the record was stored', () => {
    const stored = record({ func: str('f'), args: tuple(), hash: str('ab12') })
    expect(insideOfRoot(stored).recordedHash).toBe('ab12')
    expect(insideOfRoot(call(int(1))).recordedHash).toBeUndefined()
  })

  it('has no texts to compare of what was cut or is no record', () => {
    const problem = { code: 'TRUNCATED', sentence: 'It ends early.' } as const
    expect(insideOfRoot(call(int(1)), { problem })).not.toHaveProperty('sameCall')
    expect(insideOfRoot(record({ a: int(1) }))).not.toHaveProperty('sameOutput')
  })
})

describe('canonicalText', () => {
  const textOf = (...parts: Value[]): string => canonicalText(parts, source).text

  it('is equal whatever the order of a dict', () => {
    expect(textOf(record({ a: int(1), b: int(2) }))).toBe(textOf(record({ b: int(2), a: int(1) })))
  })

  it('tells types, places and lengths apart', () => {
    const different = [
      [int(1)],
      [float(1)],
      [bool(true)],
      [str('1')],
      [none],
      [str('')],
      [list(int(1))],
      [tuple(int(1))],
      [list(int(1), int(1))],
      [list(list(int(1)), int(1))],
      [list(int(1), list(int(1)))],
      [str('1'), str('1')],
      [str('1|s1:1')],
      [record({ a: int(1) })],
      [record({ 'a=i1,s1:b': int(1) })],
      [record({ a: int(1), b: int(1) })],
    ].map((parts) => textOf(...parts))
    expect(new Set(different).size).toBe(different.length)
  })

  it('says when it is not whole', () => {
    expect(canonicalText([list(...Array.from({ length: 20_000 }, () => int(1)))], source).isWhole).toBe(false)
    expect(canonicalText([str('x'.repeat(300_000))], source).isWhole).toBe(false)
    expect(canonicalText([list(int(1))], source).isWhole).toBe(true)
  })
})
