import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openTruthCatalog } from '../../testing/truth-catalog.ts'
import { caretPlace } from './caret.ts'
import { parseQuery } from './parse.ts'

/** A text with a bar at the caret. */
function split(marked: string): [text: string, caret: number] {
  return [marked.replace('|', ''), marked.indexOf('|')]
}

describe('caretPlace', () => {
  it.each([
    ['|', 'term', '', ''],
    ['fu|nc', 'term', 'fu', 'func'],
    ['a (-us|)', 'term', 'us', 'us'],
    ['a or not us|', 'term', 'us', 'us'],
    ['a |b', 'term', '', 'b'],
    ['func:|', 'value', '', ''],
    ['func:re|lax x', 'value', 're', 'relax'],
    ['func: re|', 'value', 're', 're'],
    ['func:|  x', 'value', '', ''],
    ['cutoff >= 4|', 'value', '4', '4'],
    ['func:"re|lax a" b', 'value', 're', '"relax a"'],
    ['func:"re|', 'value', 're', '"re'],
    ['element:(Cu, A|g) x', 'value', 'A', 'Ag'],
    ['element:(|', 'value', '', ''],
    ['element:(Cu,|)', 'value', '', ''],
    ['cutoff:400..5|', 'value', '5', '5'],
    ['cutoff:4|00..500', 'value', '4', '400..500'],
    ['output.energy<-|', 'value', '-', '-'],
    ['output."free energy"<|', 'value', '', ''],
    ['/step 1/i us|', 'term', 'us', 'us'],
  ])('of %s is a %s', (marked, kind, typed, replaced) => {
    const [text, caret] = split(marked)
    const place = caretPlace(text, caret)
    expect(
      place.kind === 'none' ? place : { ...place, replaced: text.slice(place.from, place.to) },
    ).toMatchObject({
      kind,
      typed,
      replaced,
    })
  })

  it.each(['/ab|c/', 'func:/ab|c/', '"te|xt"', 'size>|=3', 'element:(Cu)|'])('of %s is none', (marked) => {
    expect(caretPlace(...split(marked)).kind).toBe(marked.endsWith(')|') ? 'term' : 'none')
  })
})

const { catalog, close } = await openTruthCatalog()

describe('what is offered', () => {
  afterAll(close)

  function offered(marked: string): string[] {
    const { items } = catalog.complete(...split(marked), 1_000)
    return items.map(({ text, entries }) => (entries === undefined ? text : `${text} ${entries}`))
  }

  it('beyond the end of a text is what is offered at its end', () => {
    for (const text of ['', 'ele', 'func:rel', 'element:(Cu,', '(cutoff>4 '])
      for (const beyond of [1, 5, 999_999_999_999_999])
        expect(catalog.complete(text, text.length + beyond, 10)).toEqual(
          catalog.complete(text, text.length, 10),
        )
  })

  it.each([
    ['us|', ['user:']],
    ['func:|', ['relax 4', 'energy 3', 'eos_fit 2', 'dump 1', 'image 1', 'label 1']],
    ['func:E|', ['energy 3', 'eos_fit 2', 'relax 4', 'image 1', 'label 1']],
    ['user:bo func:|', ['relax 2']],
    ['func:| user:bo', ['relax 2']],
    ['func:relax element:|', ['Cu 3', 'Ag 1']],
    ['element:(Cu,|', ['Cu 3', 'Ag 1']],
    ['func:relax user:bo cutoff>|', ['400 2']],
    ['rel|', ['func:relax 4']],
    ['user:bo cut|', ['cutoff: 4']],
    ['params.mi|', ['params.mixing: 4']],
    ['mixing|', ['params.mixing: 4']],
    ['free|', ['output."free energy": 1']],
    ['output.info.steps:|', ['9 1', '11 1', '12 1', '40 1']],
    ['params.method:"f|', ['"fast" 3']],
    ['status:d|', ['damaged']],
    ['is:maybe-d|', ['maybe-duplicate']],
    ['size>10k|', ['10kB', '10KiB']],
    ['age>3|', ['3s', '3min', '3h', '3d', '3w', '3mo', '3y']],
    ['run:|', ['today', 'yesterday', '2025', '2024']],
    ['run:2025-1|', ['2025-10', '2025-11', '2025-12']],
    ['"size":|', ['4 1']],
    ['kpoints:|', ['"(8, 8, 8)" 1']],
    ['shape:|', ['3x4 1']],
    ['nothing:|', []],
    ['func:relax user:nobody func:|', []],
    ['a) func:i|', ['image 1']],
  ])('at %s', (marked, expected) => {
    const all = offered(marked)
    expect(expected.length === 0 ? all : all.slice(0, expected.length)).toEqual(expected)
  })

  it('are the operators of a name that is whole, and never what is there already', () => {
    expect(offered('cutoff|').slice(0, 4)).toEqual(['cutoff:', 'cutoff=', 'cutoff!=', 'cutoff>'])
    expect(offered('status|')).toEqual(['status:', 'status!='])
    expect(offered('func:relax|')).toEqual([])
  })

  it('can be read wherever they are put, and never throw, whatever is typed', () => {
    const filters = readFileSync(new URL('truth-table.txt', import.meta.url), 'utf8')
      .split('\n')
      .map((line) => line.split('  =>  ')[0]!)
    const half = fc
      .tuple(fc.constantFrom(...filters), fc.nat())
      .map(([filter, cut]) => filter.slice(0, cut % (filter.length + 1)))
    const anyText = fc.string({ unit: fc.constantFrom(...Array.from('ab:"\\( )/-.,=><!üé')) })
    fc.assert(
      fc.property(fc.oneof(half, anyText), (text) => {
        const { from, to, items } = catalog.complete(text, text.length, 40)
        for (const item of items) {
          const value = /^(?:value|unit|function)$/.test(item.kind) ? '' : '1d'
          const whole = text.slice(0, from) + item.text + text.slice(to) + value
          if (isReadable(`${text.slice(0, from)}x`) && !isReadable(whole)) return false
        }
        return true
      }),
      { numRuns: 500 },
    )
  })
})

function isReadable(text: string): boolean {
  try {
    parseQuery(text)
    return true
  } catch {
    return false
  }
}
