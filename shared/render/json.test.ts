import { describe, expect, test } from 'vitest'

import { MemorySource } from '../model/source.ts'
import {
  bool,
  bytes,
  call,
  dict,
  dtype,
  float,
  int,
  list,
  named,
  none,
  record,
  set,
  str,
  tuple,
} from '../testing/nodes.ts'
import { nodeSha256 } from '../testing/sha256.ts'
import type { Value } from '../value/value.ts'
import type { JsonLimits } from './json.ts'
import { jsonText, renderJson } from './json.ts'

const source = new MemorySource(new Uint8Array(0))
const render = (node: Value, limits?: Partial<JsonLimits>) =>
  jsonText(node, { source, sha256: nodeSha256, limits })

describe('scalars', () => {
  test.each<[Value, string]>([
    [none, 'null'],
    [bool(true), 'true'],
    [float(2), '2.0'],
    [float(-0), '-0.0'],
    [float(1e-6), '1e-06'],
    [float(1e16), '1e+16'],
    [float(123456789012345680), '1.2345678901234568e+17'],
    [float(0.0001), '0.0001'],
    [float(Number.NaN), '{"$float":"nan"}'],
    [float(-Infinity), '{"$float":"-inf"}'],
    [int(2 ** 53 - 1), '9007199254740991'],
    [int(2n ** 53n), '{"$int":"9007199254740992"}'],
    [int(-(2n ** 70n)), '{"$int":"-1180591620717411303424"}'],
    [str('"\\\n\u0001\u007fé\ud83d😀'), String.raw`"\"\\\n\u0001\u007f\u00e9\ud83d\ud83d\ude00"`],
  ])('%# %s', (node, expected) => {
    expect(render(node)).toBe(expected)
  })

  test('ints beyond 10,000 bits are hexadecimal', () => {
    expect(render(int(2n ** 10_000n - 1n))).toMatch(/^\{"\$int":"\d{3011}"\}$/)
    expect(render(int(2n ** 10_000n))).toBe(`{"$int":"0x1${'0'.repeat(2500)}"}`)
    expect(render(int(-(2n ** 10_000n)))).toBe(`{"$int":"-0x1${'0'.repeat(2500)}"}`)
  })

  test('texts are counted in code points', () => {
    expect(render(str('😀'.repeat(2000)))).toHaveLength(2 + 12 * 2000)
    const long = JSON.parse(render(str('é' + '😀'.repeat(2000)))) as { $str: Record<string, unknown> }
    expect(long.$str).toMatchObject({ length: 2001, utf8_length: 8002, head: 'é' + '😀'.repeat(79) })
  })

  test('bytes', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    expect(render(bytes())).toBe(`{"$bytes":{"length":0,"sha256":"${empty}","hex":""}}`)
    const beyond: Value = { kind: 'bytes', bytes: { at: 0, length: 5 }, start: 0, end: 0 }
    expect(render(beyond)).toBe('{"$bytes":{"length":5,"sha256":null,"hex":""}}')
  })
})

describe('containers', () => {
  test('dicts are objects if their keys allow it', () => {
    expect(render(record({ b: int(1), a: int(2), 1: none }))).toBe('{"1":null,"b":1,"a":2}')
    expect(render(dict([int(1), none]))).toBe('{"$dict":[[1,null]]}')
    expect(render(record({ $int: str('no int') }))).toBe('{"$dict":[["$int","no int"]]}')
    expect(render(dict([str('__proto__'), int(1)]))).toBe('{"__proto__":1}')
  })

  test('of equal keys the first place and the last value count', () => {
    expect(render(dict([str('a'), int(1)], [str('b'), int(2)], [str('a'), int(3)]))).toBe('{"a":3,"b":2}')
  })

  test('long lists are told by their ends, sets are sorted', () => {
    const numbers = Array.from({ length: 1001 }, (_, i) => int(i))
    expect(render(list(...numbers))).toBe(
      '{"$list":{"length":1001,"first":[0,1,2,3,4,5,6,7,8,9],"last":1000}}',
    )
    expect(render(list(...numbers.slice(1)))).toMatch(/^\[1,2,.*,1000\]$/)
    expect(render(set(str('b'), int(3), tuple(int(1)), str('a')))).toBe('{"$set":["a","b",3,{"$tuple":[1]}]}')
  })
})

describe('cycles', () => {
  test('a list in itself, through a tuple, in an object', () => {
    const own = list(int(1))
    own.items.push(own)
    expect(render(own)).toBe('[1,{"$cycle":1}]')
    const inner = list()
    const outer = tuple(inner)
    inner.items.push(outer)
    expect(render(outer)).toBe('{"$tuple":[[{"$cycle":2}]]}')
    const job = call(named('labs', 'Job'), [], { made: 'newobj' })
    job.state = record({ parent: job })
    expect(render(job)).toBe('{"$class":"labs.Job","state":{"parent":{"$cycle":2}}}')
    const arg = call(named('labs', 'Job'), [], { made: 'newobj' })
    arg.args.push(arg)
    expect(render(arg)).toBe('{"$class":"labs.Job","args":[{"$cycle":1}]}')
  })

  test('a set that holds an object that holds the set', () => {
    const holder = call(named('labs', 'Job'), [], { made: 'newobj' })
    const own = set(holder, int(1))
    holder.state = own
    expect(render(own)).toBe('{"$set":[1,{"$class":"labs.Job","state":{"$cycle":2}}]}')
  })
})

describe('objects', () => {
  test('class, function, change, extension', () => {
    const filled = call(named('labs', 'Row'), [int(1)], {
      made: 'newobj_ex',
      kwargs: record({ a: int(2) }),
      state: record({ b: int(3) }),
      listItems: [int(4)],
      dictKeys: [int(5)],
      dictValues: [int(6)],
    })
    expect(render(filled)).toBe(
      '{"$class":"labs.Row","kwargs":{"a":2},"args":[1],"state":{"b":3},"listitems":[4],"dictitems":[[5,6]]}',
    )
    expect(render(call(named('labs', 'rebuild'), [none]))).toBe('{"$reduce":"labs.rebuild","args":[null]}')
    const change = call(named('labs', 'settings'), [], { made: 'build', state: record({ a: int(1) }) })
    expect(render(change)).toBe('{"$change":{"$global":"labs.settings"},"state":{"a":1}}')
    const extension: Value = { kind: 'extension', code: 240, start: 0, end: 0 }
    expect(render(call(extension, [], { made: 'newobj' }))).toBe('{"$class":{"$extension":240}}')
  })
})

describe('arrays', () => {
  const array = (shape: number[], data: Value, type = dtype('f8')): Value => ({
    kind: 'ndarray',
    dtype: type,
    shape,
    order: 'C',
    data: data.kind === 'bytes' ? data.bytes : undefined,
    start: 0,
    end: 0,
  })

  test('whose bytes are not here say so', () => {
    expect(render(array([2], bytes(1, 2, 3)))).toBe(
      '{"$ndarray":{"dtype":"<f8","shape":[2],"order":"C","sha256":null,"$cut":"The bytes of this array are not here."}}',
    )
    expect(render(array([-1], bytes()))).toMatch(/^\{"\$cut":/)
  })

  test('with numbers that are none', () => {
    const special = Float64Array.of(Number.NaN, 1, Infinity, 3)
    const rendered = JSON.parse(render(array([4], bytes(...new Uint8Array(special.buffer))))) as Record<
      string,
      unknown
    >
    expect(rendered.$ndarray).toMatchObject({
      first: [{ $float: 'nan' }, 1, { $float: 'inf' }, 3],
      nonfinite: 2,
      min: 1,
      max: 3,
      mean: 2,
    })
  })
})

describe('limits', () => {
  /** 2^depth leaves out of `depth` nodes. */
  function doubling(depth: number): Value {
    let node: Value = tuple(str('x'))
    for (let i = 0; i < depth; i++) node = tuple(node, node)
    return node
  }

  test('a value that repeats its parts without end is cut', () => {
    for (const bomb of [
      doubling(120),
      set(doubling(60)),
      dict([doubling(60), int(1)]),
      record({ a: doubling(60) }),
    ]) {
      let length = 0
      let whole = ''
      for (const piece of renderJson(bomb, { source, sha256: nodeSha256, limits: { maxRepeats: 10_000 } })) {
        length += piece.length
        whole += piece
      }
      expect(length).toBeLessThan(400_000)
      expect(whole).toContain('{"$cut":"The value repeats its parts too often to be written out."}')
      expect(() => JSON.parse(whole) as unknown).not.toThrow()
    }
  })

  test('repeats within the limit are written in full', () => {
    expect(render(doubling(10)).split('"x"')).toHaveLength(2 ** 10 + 1)
    const wide = list(...Array.from({ length: 1000 }, () => tuple(int(1))))
    expect(render(list(wide, wide), { maxRepeats: 4000 })).not.toContain('$cut')
  })

  test('depth: a list 100,000 deep is cut at 1,000, one of 999 is whole', () => {
    const nested = (depth: number) => {
      let node: Value = list()
      for (let i = 1; i < depth; i++) node = list(node)
      return node
    }
    expect(render(nested(1000))).toBe('['.repeat(1000) + ']'.repeat(1000))
    expect(render(nested(100_000))).toBe(
      '['.repeat(1000) + '{"$cut":"The value is nested more than 1000 levels deep."}' + ']'.repeat(1000),
    )
  })

  test('characters', () => {
    const items = record(
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => ['k' + i, str('x'.repeat(100))])),
    )
    const text = render(items, { maxCharacters: 1000 })
    expect(text.length).toBeLessThan(1300)
    expect(JSON.parse(text)).toMatchObject({ $cut: 'The rendering would be too long.' })
  })

  test('the same bytes are not hashed without end', () => {
    const content: Value = {
      kind: 'bytes',
      bytes: { inline: new Uint8Array(1000), length: 1000 },
      start: 0,
      end: 0,
    }
    const text = render(list(...Array.from({ length: 100 }, () => content)), { maxHashedBytes: 10_000 })
    expect(text).toContain('"sha256":null')
    expect(text).toContain('$cut')
  })
})
