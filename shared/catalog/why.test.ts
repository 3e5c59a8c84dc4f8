import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Why } from '../api/why.ts'
import { why as schema } from '../api/why.ts'
import type { ArgumentSummary, EntrySummary } from '../model/record.ts'
import { Catalog } from './catalog.ts'
import { entry, relax, text } from './testing/entries.ts'
import type { CatalogEntry } from './writer.ts'

function whyOf(entries: readonly CatalogEntry[], key: string): Why {
  using catalog = Catalog.open(':memory:')
  catalog.write({ put: entries })
  return schema.parse(catalog.why(key))
}

const codes = ({ reasons }: Why): string[] => reasons.map(({ code }) => code)
const hex = (digit: string): string => digit.repeat(40)
const at = (seconds: number): Partial<EntrySummary> => ({ runAtSeconds: seconds })

describe('why', () => {
  it('puts the call with the fewest and smallest differences first, then the newest', () => {
    const found = whyOf(
      [
        relax(hex('1'), 'Cu', 400, at(10)),
        relax(hex('2'), 'Ag', 500, at(99)),
        relax(hex('3'), 'Cu', 900, at(50)),
        relax(hex('4'), 'Cu', 410, at(20)),
        relax(hex('5'), 'Cu', 410, at(30)),
        entry(hex('6'), { func: 'other', module: 'alloys.bulk', args: [text('element', 'Cu')] }),
      ],
      hex('1'),
    )
    expect(found.callsOfFunction).toBe(5)
    expect(found.nearest.map(({ row }) => row.key)).toEqual([hex('5'), hex('4'), hex('3'), hex('2')])
    expect(found.nearest[0]!.differing).toEqual([
      { name: 'cutoff', here: { type: 'int', preview: '400' }, there: { type: 'int', preview: '410' } },
    ])
    expect(codes(found)).toEqual(['arguments', 'unseen'])
    expect(found.reasons[0]!.sentence).toBe('The nearest other call differs in cutoff (400 here, 410 there).')
  })

  it('knows that only the key differs, and which entry is newer', () => {
    const entries = [
      relax(hex('1'), 'Cu', 400, { ...at(10), version: '0.1.0' }),
      relax(hex('2'), 'Cu', 400, { ...at(30), version: '0.2.0' }),
      relax(hex('3'), 'Cu', 400, at(20)),
    ]
    const older = whyOf(entries, hex('1'))
    expect(older.sameCall).toMatchObject({ total: 2, isCertain: true })
    expect(older.sameCall.rows.map(({ key }) => key)).toEqual([hex('2'), hex('3')])
    expect(older.newerKey).toBe(hex('2'))
    expect(codes(older)).toEqual(['keyOnly', 'superseded', 'unseen'])
    expect(older.reasons[0]!.sentence).toContain('hashcache 0.1.0 and 0.2.0')
    const newest = whyOf(entries, hex('2'))
    expect([newest.newerKey, codes(newest)]).toEqual([undefined, ['keyOnly', 'unseen']])
  })

  it('says that arguments of which the index has a part may still differ', () => {
    const grid: ArgumentSummary = { name: 'grid', type: 'ndarray', preview: 'float64 (3,)' }
    const call = (key: string): CatalogEntry =>
      entry(key, { func: 'f', module: 'm', args: [grid], call: 'f(…)' })
    const found = whyOf([call(hex('1')), call(hex('2'))], hex('1'))
    expect(found.sameCall).toMatchObject({ total: 1, isCertain: false })
    expect(found.reasons[0]!.sentence).toContain('compare the entries to be sure')
  })

  it('tells equal numbers of other types apart', () => {
    const call = (key: string, type: string, preview: string): CatalogEntry =>
      entry(key, {
        func: 'f',
        module: 'm',
        args: [{ name: 'n', type, preview, number: 1 }],
        call: `f(n=${preview})`,
      })
    const found = whyOf([call(hex('1'), 'int', '1'), call(hex('2'), 'bool', 'True')], hex('1'))
    expect(found.sameCall.total).toBe(0)
    expect(codes(found)).toEqual(['arguments', 'types', 'unseen'])
  })

  it('sees arguments that one of them has not', () => {
    const call = (key: string, ...args: ArgumentSummary[]): CatalogEntry =>
      entry(key, { func: 'f', module: 'm', args, call: 'f()' })
    const found = whyOf(
      [call(hex('1'), text('a', 'x')), call(hex('2'), text('a', 'x'), text('b', 'y'))],
      hex('1'),
    )
    expect(found.nearest[0]!.differing).toEqual([{ name: 'b', there: { type: 'str', preview: "'y'" } }])
  })

  it('has a word for what is no call, for lone calls and for other keys', () => {
    const entries = [
      entry('a'.repeat(32), { kind: 'dump', args: [text('x', 'y')] }),
      entry(hex('2'), { kind: 'foreign' }),
      entry('f/1', { func: 'f', module: 'm', call: 'f()' }),
    ]
    expect(codes(whyOf(entries, 'a'.repeat(32)))).toEqual(['noCall'])
    expect(codes(whyOf(entries, hex('2')))).toEqual(['noCall'])
    expect(codes(whyOf(entries, 'f/1'))).toEqual(['onlyCall', 'otherKeys'])
  })

  it('refuses a key that is not there', () => {
    expect(() => whyOf([], hex('1'))).toThrow(/only of existing ones/)
  })
})

describe('law', () => {
  it('the nearest differ in no more arguments than any other call', () => {
    const calls = fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)), {
      minLength: 2,
      maxLength: 30,
      selector: ([a, b, c]) => `${a},${b},${c}`,
    })
    fc.assert(
      fc.property(calls, (all) => {
        const made = all.map((values, i) =>
          entry(`k${String(i).padStart(2, '0')}`, {
            func: 'f',
            module: 'm',
            args: values.map((value, n) => ({
              name: `a${n}`,
              type: 'int',
              preview: String(value),
              number: value,
            })),
          }),
        )
        const { nearest, sameCall } = whyOf(made, 'k00')
        const counts = all.slice(1).map((values) => values.filter((value, n) => value !== all[0]![n]).length)
        expect(sameCall.total).toBe(0)
        expect(nearest.map(({ differing }) => differing.length)).toEqual(
          counts.toSorted((a, b) => a - b).slice(0, 10),
        )
      }),
      { numRuns: 50 },
    )
  })
})
