import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newestOf, withNews, type ToldList } from './newest.ts'

interface Thing {
  readonly id: string
  readonly asOf: number
  readonly step: number
}
type News = { list: ToldList<Thing> } | { item: Thing }

/** What an engine does: things begin, go on and end; each change is told, and lists are answered in between. */
const story = fc
  .array(fc.record({ act: fc.constantFrom('begin', 'go on', 'end', 'list'), which: fc.nat(9) }), {
    maxLength: 30,
  })
  .map((acts) => {
    let asOf = 0
    let begun = 0
    let items: Thing[] = []
    const news: News[] = []
    const list = (): void => void news.push({ list: { asOf: ++asOf, items } })
    for (const { act, which } of acts) {
      const item = items[which % Math.max(1, items.length)]
      if (act === 'begin') {
        const next = { id: `t${begun++}`, asOf: ++asOf, step: 0 }
        items = items.concat(next)
        news.push({ item: next })
      } else if (act === 'list') list()
      else if (!item) continue
      else if (act === 'end') {
        items = items.filter((each) => each !== item)
        list()
      } else {
        const next = { ...item, asOf: ++asOf, step: item.step + 1 }
        items = items.map((each) => (each === item ? next : each))
        news.push({ item: next })
      }
    }
    list()
    return news
  })

function heard(news: readonly News[]): ToldList<Thing> {
  let known: ToldList<Thing> | undefined
  for (const each of news) known = 'list' in each ? newestOf(known, each.list) : withNews(known, each.item)
  return known!
}

describe('a list that is told', () => {
  it('is that of the engine in whatever order its news come in', () => {
    const shuffled = story.chain((news) =>
      fc.tuple(fc.constant(news), fc.shuffledSubarray(news, { minLength: news.length })),
    )
    fc.assert(
      fc.property(shuffled, ([told, order]) => {
        expect(heard(order)).toEqual(heard(told))
        expect(heard(told)).toEqual((told.at(-1) as { list: ToldList<Thing> }).list)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the news that overtook an answer (a plan stayed "planning", a cache "being read" for ever)', () => {
    const state = (asOf: number, step: number): Thing => ({ id: 'a', asOf, step })
    const known = withNews(undefined, state(7, 1))
    expect(withNews(known, state(5, 0)).items).toEqual([state(7, 1)])
    expect(newestOf(known, { asOf: 6, items: [state(6, 0)] }).items).toEqual([state(7, 1)])
    expect(newestOf(known, { asOf: 6, items: [] }).items).toEqual([state(7, 1)])
    expect(newestOf(known, { asOf: 8, items: [] }).items).toEqual([])
  })

  it('does not bring back what has been closed when an answer comes late', () => {
    const closed = newestOf<Thing>(undefined, { asOf: 8, items: [] })
    expect(withNews(closed, { id: 'a', asOf: 7, step: 1 }).items).toEqual([])
    expect(withNews(closed, { id: 'a', asOf: 9, step: 0 }).items).toHaveLength(1)
  })
})
