import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connection, SearchResult } from '../../shared/api/contract.ts'
import { pointFields, points, type PointFields, type Points } from '../../shared/api/points.ts'
import { corpus, refusal, startEngine } from './testing/client.ts'

const client = await startEngine()
const { folder, ask, get, post, ready } = client
let store: Connection

beforeAll(async () => {
  await cp(join(corpus, 'fs-class', 'cache'), join(folder, 'cache'), { recursive: true })
  store = await ready(await post<Connection>('stores', { location: join(folder, 'cache') }))
})

afterAll(() => client[Symbol.asyncDispose]())

const pathOf = (part: string, parameters: Record<string, string>): string =>
  `stores/${store.id}/points${part}?${new URLSearchParams(parameters).toString()}`

describe('points over HTTP', () => {
  it('have fields, of which the suggested ones can be drawn', async () => {
    const fields = pointFields.parse(await get<PointFields>(pathOf('/fields', {})))
    const { x, y, color } = fields.suggested
    const answer = points.parse(
      await get<Points>(pathOf('', { x: x!, y, ...(color !== undefined && { color }) })),
    )
    expect(answer.total).toBe(fields.total)
    expect(answer.shown.entries).toBeGreaterThan(1)
    const { entries } = await post<SearchResult>(`stores/${store.id}/search`, {
      query: answer.shown.filter,
      sort: [],
    })
    expect(entries).toBe(answer.shown.entries)
  })

  it('are a file of CSV too, of the window', async () => {
    const request = { x: 'a', y: 'took', color: 'func', xfrom: '3.3', q: 'user:*' }
    const answer = await get<Points>(pathOf('', request))
    const response = await ask(pathOf('/csv', request))
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toContain('took-against-a.csv')
    const [head, ...lines] = (await response.text()).trimEnd().split('\n')
    expect(head).toBe('key,a,took,func')
    expect(new Set(lines.map((line) => line.split(',')[0]))).toEqual(new Set(answer.points!.keys))
    expect(lines.every((line) => Number(line.split(',')[1]) >= 3.3)).toBe(true)
  })

  it('refuse what cannot be read', async () => {
    expect(await refusal(ask(pathOf('', { x: 'func', y: 'took' })))).toMatchObject({
      status: 400,
      code: 'USAGE',
    })
    expect(await refusal(ask(pathOf('', { x: 'a', y: 'took', xfrom: 'low' })))).toMatchObject({
      code: 'USAGE',
    })
    expect(await refusal(ask(pathOf('', { x: 'a', y: 'took', q: 'size>' })))).toMatchObject({
      code: 'BAD_QUERY',
    })
    expect(await refusal(ask(pathOf('/csv', { x: 'a', y: 'key' })))).toMatchObject({ code: 'USAGE' })
  })
})
