import { describe, expect, it } from 'vitest'
import { MemorySource } from '../model/source.ts'
import {
  makeBytes,
  makeCall,
  makeDict,
  makeFields,
  makeFloat,
  makeGlobal,
  makeInstance,
  makeInt,
  makeList,
  makeStr,
  makeTuple,
} from '../value/make.ts'
import type { Value } from '../value/value.ts'
import { orjsonForm } from './orjson.ts'

const form = (value: Value) => orjsonForm(value, new MemorySource(new Uint8Array()))

describe('orjsonForm', () => {
  it('keeps what JSON can hold, without a loss', () => {
    const { text, losses } = form(
      makeFields({
        a: makeInt(2n ** 63n),
        b: makeList([makeFloat(2), makeFloat(1e-6), makeFloat(-0)]),
        c: makeStr('ü"\n'),
      }),
    )
    expect(text).toBe(
      '{"a":9223372036854775808,"b":[2.0,1.0e-6,-0.0],"c":"ü\\"\\n"}'.replace('1.0e-6', '1e-6'),
    )
    expect(losses).toEqual([])
  })

  it('lists what changes its type, with its path', () => {
    const { losses } = form(makeFields({ steps: makeTuple([makeInt(1), makeBytes(Uint8Array.of(0xfc))]) }))
    expect(losses).toEqual([
      { path: "value['steps']", type: 'tuple', becomes: 'list', kept: 'changed' },
      { path: "value['steps'][1]", type: 'bytes', becomes: 'str', kept: 'changed' },
    ])
  })

  it('lists what is lost: instances, NaN, cycles', () => {
    const model = makeInstance(makeGlobal('lab', 'Model'), [], makeFields({ n: makeInt(1) }))
    const cycle = makeList([]) as Value & { kind: 'list' }
    cycle.items.push(cycle)
    const { text, losses } = form(makeList([model, makeFloat(Number.NaN), cycle]))
    expect(JSON.parse(text)).toEqual([expect.stringContaining('lab.Model'), null, [null]])
    expect(losses.map(({ kept }) => kept)).toEqual(['lost', 'lost', 'lost'])
  })

  it('writes keys that are no texts as Python texts, and big ints as texts', () => {
    const { text, lossCounts } = form(
      makeDict([[makeTuple([makeInt(1), makeStr('x')]), makeInt(10n ** 30n)]]),
    )
    expect(JSON.parse(text)).toEqual({ "(1, 'x')": '1000000000000000000000000000000' })
    expect([...lossCounts]).toEqual([
      ['tuple as key → str', 1],
      ['int beyond 64 bits → text', 1],
    ])
  })

  it('writes subclasses of dict as dicts', () => {
    const result = makeCall(makeGlobal('scipy.optimize', 'OptimizeResult'), [])
    result.dictKeys = [makeStr('fun')]
    result.dictValues = [makeFloat(0.5)]
    expect(form(result).text).toBe('{"fun":0.5}')
  })

  it('counts all losses but lists a limited number', () => {
    const { losses, lossCounts } = orjsonForm(
      makeList(Array.from({ length: 50 }, () => makeTuple([]))),
      new MemorySource(new Uint8Array()),
      { maxLosses: 3 },
    )
    expect(losses).toHaveLength(3)
    expect(lossCounts.get('tuple → list')).toBe(50)
  })
})
