import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generatedEntry } from '../../../bench/generated-entries.ts'
import { points as pointsSchema, pointFields, pointsRequest, withClauses } from '../../api/points.ts'
import type { Points, PointsRequest } from '../../api/points.ts'
import { showKey } from '../../model/keys.ts'
import type { ArgumentSummary } from '../../model/record.ts'
import { Catalog } from '../catalog.ts'
import { entry, text } from '../testing/entries.ts'
import type { CatalogEntry } from '../writer.ts'

const nowSeconds = Date.UTC(2026, 5, 15, 12) / 1000

const leaf = (name: string, number: number, preview = String(number)): ArgumentSummary => ({
  name,
  type: 'float',
  preview,
  ...(!Number.isNaN(number) && { number }),
})

/** The number of a field, as plainly as can be; `undefined`: it cannot be drawn. */
function naiveNumber({ summary, sizeBytes }: CatalogEntry, field: string): number | undefined {
  const found = {
    took: summary.elapsedSeconds,
    size: sizeBytes,
    run: summary.runAtSeconds,
  }[field]
  const leaves = field.startsWith('output') ? summary.inside?.output : summary.args
  const name = field.replace(/^output\.?/, '').replaceAll('"', '')
  const number =
    field === 'took' || field === 'size' || field === 'run'
      ? found
      : (
          leaves?.find((each) => each.name === name) ??
          summary.inside?.nested.find((each) => each.name === name)
        )?.number
  if (number === undefined || Math.abs(number) > 1e300) return undefined
  if (field === 'run' && (number < 0 || number > nowSeconds + 2 * 366 * 86_400)) return undefined
  return (field === 'took' || field === 'size') && number < 0 ? undefined : number
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** Marks with their filters; of many cells and places some, those at the edges among them. */
function marksOf({ base, total, drawable, shown, without, color, bins, line, y }: Points) {
  const categories = color?.kind === 'categories' ? color.categories : []
  const some = (i: number, count: number): boolean => i % 40 === 0 || i < 5 || i > count - 5
  const cells = (bins?.entries ?? []).flatMap((entries, i, all) =>
    some(i, all.length)
      ? [
          {
            entries,
            filter: withClauses(base, bins!.xCells.clauses[bins!.x[i]!]!, bins!.yCells.clauses[bins!.y[i]!]!),
          },
        ]
      : [],
  )
  const places = (line?.series ?? []).flatMap(({ category, at, entries }) =>
    at.flatMap((place, i) =>
      some(i, at.length)
        ? [
            {
              entries: entries[i]!,
              filter: withClauses(base, line!.clauses[place]!, y.clause, categories[category]?.clause ?? ''),
            },
          ]
        : [],
    ),
  )
  const missing = color?.kind === 'number' ? [color.without] : []
  return [
    { filter: base, entries: total },
    drawable,
    shown,
    ...without,
    ...categories,
    ...missing,
    ...cells,
    ...places,
  ]
}

function countsOf({ color, bins, line }: Points): number[][] {
  return [
    ...(color?.kind === 'categories' ? [color.categories.map(({ entries }) => entries)] : []),
    ...(bins ? [bins.entries] : []),
    ...(line ? [line.series.flatMap(({ entries }) => entries)] : []),
  ]
}

/**
 * The law: what is drawn is what a plain model says, and the filter of every mark finds just as many entries as the mark
 * stands for.
 */
describe('points', () => {
  let catalog: Catalog
  beforeEach(() => {
    catalog = Catalog.open(':memory:')
  })
  afterEach(() => catalog.close())

  const ask = (request: Partial<Record<keyof PointsRequest, string>>): Points =>
    pointsSchema.parse(catalog.points(pointsRequest.parse(request), nowSeconds))
  const expectFinds = (filter: string, entries: number): void =>
    expect([filter, catalog.search(filter, [], nowSeconds).entries]).toEqual([filter, entries])

  function expectFilters(answer: Points): void {
    for (const { filter, entries } of marksOf(answer)) expectFinds(filter, entries)
    // Marks of one kind together are all that is shown.
    const wholes = countsOf(answer)
    expect(wholes.map(sum)).toEqual(wholes.map(() => answer.shown.entries))
    for (const { mean, least, greatest } of answer.line?.series ?? []) {
      const isBetween = mean.map((each, i) => {
        const slack = 1e-9 * Math.max(Math.abs(least[i]!), Math.abs(greatest[i]!))
        return each >= least[i]! - slack && each <= greatest[i]! + slack
      })
      expect(isBetween).not.toContain(false)
    }
  }

  function expectLaw(
    entries: readonly CatalogEntry[],
    request: Partial<Record<keyof PointsRequest, string>>,
  ): Points {
    const answer = ask(request)
    const { x, y } = answer
    const drawable = entries.flatMap((each) => {
      const [left, right] = [naiveNumber(each, request.x!), naiveNumber(each, request.y!)]
      if (left === undefined || right === undefined) return []
      if ((x.isLog && left <= 0) || (y.isLog && right <= 0)) return []
      return [{ key: showKey(each.key), x: left, y: right }]
    })
    const extent =
      drawable.length === 0 ? [] : [Math.min, Math.max].map((of) => of(...drawable.map((each) => each.x)))
    expect([x.least, x.greatest].filter((end) => end !== undefined)).toEqual(extent)
    expect(answer.drawable.entries).toBe(drawable.length)
    const drawn = answer.points?.keys.map((key, i) => ({
      key,
      x: answer.points!.x[i]!,
      y: answer.points!.y[i]!,
    }))
    const byKey = (one: { key: string }, other: { key: string }): number => (one.key < other.key ? -1 : 1)
    const isWhole = answer.shown.entries === drawable.length
    expect((isWhole ? drawn : undefined)?.toSorted(byKey) ?? []).toEqual(
      isWhole && drawn ? drawable.toSorted(byKey) : [],
    )
    expectFilters(answer)
    return answer
  }

  /** Numbers of every awkward kind, beside what is no number at all. */
  function awkward(): CatalogEntry[] {
    const numbers = [
      0,
      -0,
      1,
      -1,
      0.1,
      1e-7,
      1e21,
      123_456.789,
      1e299,
      -1e299,
      1e301,
      Infinity,
      -Infinity,
      NaN,
      5e-324,
    ]
    return Array.from({ length: 420 }, (_, i) => {
      const number = numbers[i % numbers.length]!
      const args: ArgumentSummary[] = []
      if (i % 11 !== 0)
        args.push(leaf('x', number, Number.isSafeInteger(number) ? String(number) : `${number}.`))
      if (i % 11 === 5) args[0] = text('x', String(i % 3))
      if (i % 11 === 6) args[0] = { name: 'x', type: 'NoneType', preview: 'None' }
      if (i % 3 !== 0) args.push(text('mark', ['a', 'b c', 'say "hi"', '*', 'None', '5', ''][i % 7]!))
      if (i % 5 === 0) args.push(leaf('size', i))
      if (i % 4 === 0)
        args.push({
          name: 'flag',
          type: 'bool',
          preview: i % 8 === 0 ? 'True' : 'False',
          number: Number(i % 8 === 0),
        })
      return entry(
        `k${i}`,
        {
          func: i % 2 === 0 ? 'f' : 'g h',
          ...(i % 9 !== 0 && { user: `user ${i % 13}` }),
          status: i % 17 === 0 ? 'partial' : 'ok',
          args,
          ...(i % 6 !== 0 && {
            runAtSeconds: [-5, 0, 1e10, 1e15, nowSeconds - i * 3_600.5, nowSeconds - i][i % 6]!,
          }),
          ...(i % 7 !== 0 && { elapsedSeconds: [1e-9, 1.5, 0, -2, 3e7][i % 5]! }),
          inside: {
            nested: i % 2 === 0 ? [leaf('p.q', i / 7)] : [],
            output:
              i % 10 === 0 ? [leaf('', i)] : [leaf('energy', -i / 3), leaf('free energy', (i * i) % 97)],
          },
        },
        { sizeBytes: 10 ** (i % 13) },
      )
    })
  }

  const fields = [
    'x',
    'p.q',
    '"size"',
    'flag',
    'output',
    'output.energy',
    'output."free energy"',
    'took',
    'size',
    'run',
    'nothing',
  ]
  const colors = [
    undefined,
    'mark',
    'func',
    'user',
    'status',
    'x',
    'output',
    'output.energy',
    'took',
    'flag',
    'nothing',
    'version',
  ]

  it('are what a plain model says, for awkward numbers, every pair of fields, every colour', () => {
    const entries = awkward()
    catalog.write({ put: entries })
    for (const [i, x] of fields.entries()) {
      for (const [j, y] of fields.entries()) {
        const color = colors[(i * fields.length + j) % colors.length]
        const log = { xlog: String(Number(i % 2 === 0)), ylog: String(Number(j % 3 === 0)) }
        expectLaw(entries, {
          x,
          y,
          ...log,
          as: (i + j) % 2 === 0 ? 'line' : 'points',
          ...(color !== undefined && { color }),
        })
      }
    }
  })

  it('are those in the window, and the rest of a filter with “or” stays as it is', () => {
    catalog.write({ put: awkward() })
    for (const [x, xfrom, xto] of [
      ['x', '0', '1'],
      ['output.energy', '-40', ''],
      ['took', '', '1.5'],
      ['run', String(nowSeconds - 86_400 * 3), String(nowSeconds - 7)],
      ['size', '1000', '1e6'],
    ] as const) {
      for (const as of ['points', 'line'])
        for (const xlog of ['0', '1']) {
          const ends = { ...(xfrom !== '' && { xfrom }), ...(xto !== '' && { xto }) }
          const answer = ask({
            q: 'func:f or user:"user 3"',
            x,
            y: 'size',
            as,
            xlog,
            ...ends,
            yfrom: '10',
            color: 'mark',
          })
          expectFilters(answer)
          const isOfTime = x === 'run' ? 1 : 0
          for (const number of answer.points?.x ?? []) {
            expect(number).toBeGreaterThanOrEqual(Number(xfrom || -1e300) - isOfTime)
            expect(number).toBeLessThanOrEqual(Number(xto || 1e300) + isOfTime)
          }
        }
    }
  })

  it('are counted in cells where they are many, in every scale and window', () => {
    const entries = Array.from({ length: 22_000 }, (_, i) => generatedEntry(i))
    catalog.write({ put: entries })
    const { bins, color } = expectLaw(entries, { x: 'cutoff', y: 'took', ylog: '1', color: 'element' })
    expect(bins!.entries.length).toBeGreaterThan(1_000)
    expect(color).toMatchObject({ kind: 'categories', categories: { length: 8 } })
    for (const request of [
      { x: 'size', y: 'took', xlog: '1', ylog: '1', color: 'params.mixing' },
      { x: 'run', y: 'size', color: 'user' },
      { x: 'params.mixing', y: 'size', xfrom: '0.005', color: 'run' },
      { x: 'cutoff', y: 'run', as: 'line', color: 'element' },
      { x: 'run', y: 'took', as: 'line', color: 'label' },
    ])
      expectLaw(entries, request)
    const windowed = ask({ x: 'size', y: 'took', xfrom: '300', xto: '900000', ylog: '1' })
    expect(windowed.bins).toBeDefined()
    expectFilters(windowed)
    expect(ask({ x: 'cutoff', y: 'output.energy', q: 'func:md' }).points!.keys.length).toBeGreaterThan(100)
  })

  it('makes lines of means, least and greatest', () => {
    const put = [1, 1, 1, 2].map((x, i) =>
      entry(`k${i}`, {
        func: 'f',
        args: [leaf('x', x), text('mark', i === 1 ? 'b' : 'a')],
        inside: { nested: [], output: [leaf('', [10, 7, 14, -1][i]!)] },
      }),
    )
    catalog.write({ put })
    const { line } = ask({ x: 'x', y: 'output', as: 'line', color: 'mark' })
    expect(line).toMatchObject({
      x: [1, 2],
      isBinned: false,
      series: [
        { category: 0, at: [0, 1], mean: [12, -1], least: [10, -1], greatest: [14, -1], entries: [2, 1] },
        { category: 1, at: [0], mean: [7], least: [7], greatest: [7], entries: [1] },
      ],
    })
  })

  it('refuses what is no field with a sentence, and words that would change the filter', () => {
    for (const x of ['func', 'age', 'cutoff:1 or a', 'a b', '', '(a', 'key'])
      expect(() => ask({ x, y: 'took' })).toThrow(/such as/)
    expect(() => ask({ x: 'took', y: 'size', color: 'key' })).toThrow(/tells no colours/)
    expect(() => ask({ x: 'took', y: 'size', q: 'size>' })).toThrow(/expected/)
    expect(ask({ x: 'nothing', y: 'took' })).toMatchObject({ drawable: { entries: 0 }, points: { keys: [] } })
  })

  it('have filters that can be read, however long the texts are that tell their colours', () => {
    const put = (lengths: readonly number[]): CatalogEntry[] =>
      lengths.map((length, i) =>
        entry(`k${i}`, {
          args: [leaf('x', i), text('label', String(i).padEnd(length, '"')), leaf('y', i / 3)],
        }),
      )
    const namesOf = (lengths: readonly number[], more: Parameters<typeof ask>[0] = {}): number[] => {
      catalog.close()
      catalog = Catalog.open(':memory:')
      catalog.write({ put: put(lengths) })
      const answer = ask({ x: 'x', y: 'y', color: 'label', ...more })
      expectFilters(answer)
      const { color } = answer
      return color?.kind === 'categories' ? color.categories.map(({ name }) => name?.length ?? 0) : []
    }
    const long = Array.from({ length: 10 }, () => 4_500)
    expect(namesOf(long)).toEqual([4_500, 0])
    // Without a rest each has only its own.
    expect(namesOf(long.slice(0, 8))).toEqual(long.slice(0, 8))
    expect(namesOf([20_000, 10, 20_000, 20])).toEqual([10, 20, 0])
    expect(namesOf([20_000, 20_000])).toEqual([0])
    for (const length of [4_880, 4_900, 4_920, 4_940, 4_960, 4_980])
      namesOf([length, 10, length], { as: 'line', q: 'x>=0', xfrom: '0.1', ylog: '1' })
  })

  describe('their fields', () => {
    const fieldsOf = (query: string) => pointFields.parse(catalog.pointFields(query, nowSeconds))

    it('have counts that filters find, and a choice of what varies', () => {
      catalog.write({
        put: Array.from({ length: 60 }, (_, i) =>
          entry(`k${i}`, {
            func: i < 50 ? 'relax' : 'other',
            args: [
              leaf('fixed', 3),
              text('element', i % 2 === 0 ? 'Cu' : 'Ag'),
              leaf('cutoff', i % 10),
              leaf('steps', i % 4),
            ],
            elapsedSeconds: i,
            inside: {
              nested: [],
              output: [
                {
                  name: 'converged',
                  type: 'bool',
                  preview: i % 3 === 0 ? 'True' : 'False',
                  number: Number(i % 3 === 0),
                },
                ...(i % 5 === 0 ? [] : [leaf('energy', -i)]),
              ],
            },
          }),
        ),
      })
      const answer = fieldsOf('func:relax')
      expect(answer.suggested).toEqual({ x: 'cutoff', y: 'output.energy', color: 'element' })
      expect(answer.functions).toMatchObject([{ func: 'relax', entries: 50 }])
      const counts = Object.fromEntries(answer.fields.map(({ field, entries }) => [field, entries]))
      expect(counts).toMatchObject({ cutoff: 50, element: 50, 'output.energy': 40, took: 50, run: 0 })
      for (const { field, numbers, of } of answer.fields)
        if (of !== 'entry') expectFinds(`func:relax ${field}:-1e300..1e300`, numbers)
      expect(fieldsOf('func:relax cutoff<3').fields.find(({ field }) => field === 'cutoff')!.entries).toBe(15)
      expect(fieldsOf('').functions).toHaveLength(2)
      expect(fieldsOf('func:nobody')).toMatchObject({ total: 0, suggested: { y: 'size' } })
    })

    it('are told from a sample where there are many entries, exactly where functions are whole', () => {
      catalog.write({ put: Array.from({ length: 6_000 }, (_, i) => generatedEntry(i)) })
      const whole = fieldsOf('func:relax')
      expect(whole.sampled).toBeUndefined()
      const energies = whole.fields.find(({ field }) => field === 'output.energy')!
      expectFinds('func:relax output.energy:-1e300..1e300', energies.numbers)
      expect(whole.suggested).toEqual({ x: 'params.steps', y: 'output.energy', color: 'element' })
      const part = fieldsOf('cutoff>220')
      expect(part.sampled).toBeGreaterThan(1_000)
      const mixing = part.fields.find(({ field }) => field === 'params.mixing')!
      expect(Math.abs(mixing.entries - part.total)).toBeLessThan(2)
    })
  })
})
