import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemorySource } from '../model/source.ts'
import {
  makeBool,
  makeBytes,
  makeCall,
  makeDict,
  makeFields,
  makeFloat,
  makeGlobal,
  makeInstance,
  makeInt,
  makeList,
  makeNone,
  makeSet,
  makeStr,
  makeTuple,
} from '../value/make.ts'
import type { Value } from '../value/value.ts'
import { readPickle } from './read.ts'
import { writePickle } from './write.ts'

/** A tree without spans and with bytes inlined: what two equal values have in common. */
function plain(node: Value, source: MemorySource, seen = new Map<Value, number>()): unknown {
  const known = seen.get(node)
  if (known !== undefined) return { seen: known }
  // A class is one object in Python however often it is named.
  if (node.kind !== 'global') seen.set(node, seen.size)
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name, part]) => part !== undefined && name !== 'start' && name !== 'end')
      .map(([name, part]) => [name, plainPart(part, source, seen)]),
  )
}

function plainPart(part: unknown, source: MemorySource, seen: Map<Value, number>): unknown {
  if (Array.isArray(part)) return part.map((item) => plainPart(item, source, seen))
  if (typeof part !== 'object' || part === null) return part
  if ('kind' in part) return plain(part as Value, source, seen)
  const ref = part as { at?: number; length: number; inline?: Uint8Array }
  return [...(ref.inline ?? source.read(ref.at!, ref.length))]
}

function roundTrip(value: Value): unknown {
  const source = new MemorySource(writePickle(value))
  const decoded = readPickle(source)
  expect(decoded.problem).toBeUndefined()
  expect(decoded.end).toBe(source.byteLength)
  return plain(decoded.root!, source)
}

function expectRoundTrip(value: Value): void {
  expect(roundTrip(value)).toEqual(plain(value, new MemorySource(new Uint8Array())))
}

const hashable = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(0).map(makeNone),
    fc.boolean().map(makeBool),
    fc.oneof(fc.maxSafeInteger(), fc.bigInt(), fc.integer({ min: -300, max: 70_000 })).map(makeInt),
    fc.double().map(makeFloat),
    fc.string({ unit: 'binary' }).map(makeStr),
    fc.uint8Array({ maxLength: 300 }).map(makeBytes),
    fc.array(tie('value'), { maxLength: 5 }).map(makeTuple),
  ),
})).value

const anyValue = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    hashable,
    fc.array(tie('value'), { maxLength: 6 }).map(makeList),
    fc.array(hashable, { maxLength: 6 }).map(makeSet),
    fc.array(fc.tuple(hashable, tie('value')), { maxLength: 6 }).map(makeDict),
    fc.array(tie('value'), { maxLength: 4 }).map((args) => makeCall(makeGlobal('lab', 'make'), args)),
    tie('value').map((state) => makeInstance(makeGlobal('lab', 'Model'), [], makeFields({ state }))),
  ),
})).value

describe('writePickle', () => {
  it('is undone by readPickle, for any tree', () => {
    fc.assert(fc.property(anyValue, expectRoundTrip), { numRuns: 300 })
  })

  it('keeps shared values and cycles', () => {
    const shared = makeList([makeInt(1)]) as Value & { kind: 'list' }
    const root = makeList([shared, shared]) as Value & { kind: 'list' }
    root.items.push(root)
    expectRoundTrip(root)
    const inner = makeList([]) as Value & { kind: 'list' }
    const recursiveTuple = makeTuple([inner])
    inner.items.push(recursiveTuple)
    const read = readPickle(new MemorySource(writePickle(recursiveTuple))).root as Value & { kind: 'tuple' }
    expect((read.items[0] as Value & { kind: 'list' }).items[0]).toBe(read)
  })

  it('writes 200,000 levels without a deep call stack', () => {
    let value = makeList([])
    for (let i = 0; i < 200_000; i++) value = makeList([value])
    const bytes = writePickle(value)
    expect(bytes.length).toBeGreaterThan(600_000)
  })

  it('batches long lists and dicts', () => {
    expectRoundTrip(makeList(Array.from({ length: 2001 }, (_, i) => makeInt(i))))
    expectRoundTrip(makeDict(Array.from({ length: 1001 }, (_, i) => [makeInt(i), makeStr(`v${i}`)] as const)))
  })

  it('refuses what no pickle can say', () => {
    const cut: Value = { kind: 'cut', problem: { code: 'TRUNCATED', sentence: 'it ended' }, start: 0, end: 0 }
    expect(() => writePickle(makeList([cut]))).toThrow(/was cut when it was read \(it ended\)/)
    const buffer: Value = { kind: 'buffer', readonly: true, start: 0, end: 0 }
    expect(() => writePickle(buffer)).toThrow(/outside of its pickle/)
    const elsewhere: Value = { kind: 'bytes', bytes: { at: 5, length: 3 }, start: 0, end: 0 }
    expect(() => writePickle(elsewhere)).toThrow(/`source`/)
  })
})
