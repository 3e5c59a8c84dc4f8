import { cp, readFile, rm, writeFile, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  Comparison,
  ComparePage,
  EntryDifferences,
  TextPair,
  ArrayMap,
} from '../../shared/api/compare.ts'
import * as schemas from '../../shared/api/compare.ts'
import type { Connection } from '../../shared/api/contract.ts'
import { entryStates, insideColumn } from '../../shared/api/inside.ts'
import { why as whySchema } from '../../shared/api/why.ts'
import { backendAt } from '../../shared/hashcache/backends.ts'
import { corpus, expectedOf, refusal, startEngine } from './testing/client.ts'

const client = await startEngine()
const { folder, ask, get, post, send, ready } = client
const keys = expectedOf('fs-class')
  .entries.map(({ key }) => key)
  .filter((key) => /^[0-9a-f]{40}$/.test(key))
const [first, second, third] = keys as [string, string, string]
const place = (cache: string, key: string): string => join(folder, cache, key.slice(0, 2), key)
const key = (digit: string): string => digit.repeat(40)
let left: Connection
let right: Connection
let made: Connection

function record(args: Record<string, unknown>, output: unknown, runAt: number) {
  return {
    func: 'relax',
    module: 'alloys',
    'standardized-kwargs': args,
    'run-at': runAt,
    output,
  }
}

beforeAll(async () => {
  const source = join(corpus, 'fs-class', 'cache')
  for (const name of ['left', 'right']) await cp(source, join(folder, name), { recursive: true })
  await copyFile(place('left', second), place('right', first))
  await rm(place('right', third))
  const forces = new Float64Array(600)
  const changed = forces.slice()
  changed[599] = 2.5
  const log = Array.from({ length: 30 }, (_, i) => `step ${i}: ok`)
  const backend = backendAt(`fs:${join(folder, 'made')}`)
  const dump = async (name: string, value: object): Promise<void> => {
    await backend.dump(key(name), value as never, false)
  }
  await dump('1', record({ element: 'Cu', cutoff: 400 }, { energy: -3.5, forces, log: log.join('\n') }, 10))
  await dump(
    '2',
    record(
      { element: 'Cu', cutoff: 420 },
      { energy: -3.25, forces: changed, log: log.toSpliced(7, 1).join('\n') },
      20,
    ),
  )
  await dump('3', record({ element: 'Cu', cutoff: 400 }, { energy: -3.5 }, 30))
  const open = async (name: string): Promise<Connection> =>
    ready(await post<Connection>('stores', { location: join(folder, name) }))
  left = await open('left')
  right = await open('right')
  made = await open('made')
})

afterAll(() => client[Symbol.asyncDispose]())

const sides = (a: string, b: string): string =>
  `left=${made.id}&leftKey=${key(a)}&right=${made.id}&rightKey=${key(b)}`

describe('two entries', () => {
  it('are compared by arguments, output and metadata', async () => {
    const found = schemas.entryDifferences.parse(
      await get<EntryDifferences>(`compare/entries?${sides('1', '2')}`),
    )
    expect(found.arguments).toEqual([
      {
        name: 'element',
        left: { type: 'str', preview: "'Cu'" },
        right: { type: 'str', preview: "'Cu'" },
        differs: false,
      },
      {
        name: 'cutoff',
        left: { type: 'int', preview: '400' },
        right: { type: 'int', preview: '420' },
        differs: true,
      },
    ])
    expect(
      found.changes.map(({ section, path, hasMap, hasText }) => [section, path, hasMap, hasText]),
    ).toEqual([
      ['arguments', "['standardized-kwargs']['cutoff']", false, false],
      ['metadata', "['run-at']", false, false],
      ['output', "['output']['energy']", false, false],
      ['output', "['output']['forces']", true, false],
      ['output', "['output']['log']", false, true],
    ])
    expect(found).toMatchObject({
      isSame: false,
      isComplete: true,
      sections: { output: 3, arguments: 1, metadata: 1 },
    })
  })

  it('are filtered and paged, with a tolerance', async () => {
    const some = await get<EntryDifferences>(
      `compare/entries?${sides('1', '2')}&sections=output&find=energy&from=0&to=1`,
    )
    expect(some.changes.map(({ path }) => path)).toEqual(["['output']['energy']"])
    const tolerant = await get<EntryDifferences>(
      `compare/entries?${sides('1', '2')}&sections=output&absolute=0.5&relative=1e-9&ulp=4`,
    )
    expect(tolerant.changes.map(({ path }) => path)).toEqual(["['output']['forces']", "['output']['log']"])
  })

  it('have a map of two arrays and both texts', async () => {
    const map = schemas.arrayMap.parse(await get<ArrayMap>(`compare/entries/map?${sides('1', '2')}&change=3`))
    expect(map).toMatchObject({ shape: [1, 600], differing: 1, max: 2.5, maxAt: [599] })
    const text = schemas.textPair.parse(
      await get<TextPair>(`compare/entries/text?${sides('1', '2')}&change=4`),
    )
    expect(text.left.split('\n')).toHaveLength(30)
    expect(text.right.split('\n')).toHaveLength(29)
    const whole = await get<TextPair>(`compare/entries/text?${sides('1', '2')}`)
    expect(JSON.parse(whole.left)).toBeInstanceOf(Object)
    expect(await refusal(ask(`compare/entries/map?${sides('1', '2')}&change=0`))).toMatchObject({
      status: 400,
    })
    expect(await refusal(ask(`compare/entries/text?${sides('1', '2')}&change=99`))).toMatchObject({
      status: 404,
    })
  })

  it('are equal to themselves', async () => {
    const found = await get<EntryDifferences>(`compare/entries?${sides('1', '1')}`)
    expect(found).toMatchObject({ isSame: true, total: 0, changes: [] })
  })

  it('refuse what cannot be compared', async () => {
    expect(await refusal(ask(`compare/entries?${sides('1', '9')}`))).toMatchObject({ status: 404 })
    expect(await refusal(ask(`compare/entries?${sides('1', '2')}&ulp=-1`))).toMatchObject({ status: 400 })
    expect(await refusal(ask(`compare/entries?${sides('1', '2')}&sections=all`))).toMatchObject({
      status: 400,
    })
  })

  it('are read again when one of them changes', async () => {
    const path = `compare/entries?left=${left.id}&leftKey=${second}&right=${right.id}&rightKey=${second}`
    expect(await get<EntryDifferences>(path)).toMatchObject({ isSame: true })
    const bytes = await readFile(place('right', second))
    await writeFile(place('right', second), await readFile(place('left', third)))
    expect(await get<EntryDifferences>(path)).toMatchObject({ isSame: false })
    await writeFile(place('right', second), bytes)
  })
})

async function compared(body: object): Promise<Comparison> {
  let shown = await post<Comparison>('compare/stores', body)
  while (shown.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 20))
    shown = await get<Comparison>(`compare/stores/${shown.id}`)
  }
  return schemas.comparison.parse(shown)
}

describe('two caches', () => {
  const request = () => ({ left: left.id, right: right.id, by: 'key' as const, tolerance: {} })

  it('are compared, and what was found is paged and filtered', async () => {
    const shown = await compared(request())
    expect(shown.error).toBeUndefined()
    expect(shown.state).toBe('done')
    expect(shown.totals).toMatchObject({
      different: { entries: 1 },
      onlyLeft: { entries: 1 },
      onlyRight: { entries: 0 },
    })
    const lines = async (parameters: string): Promise<ComparePage> =>
      schemas.comparePage.parse(await get<ComparePage>(`compare/stores/${shown.id}/lines?${parameters}`))
    expect((await lines('relations=onlyLeft')).lines).toMatchObject([{ relation: 'onlyLeft', left: third }])
    const same = await lines('relations=same&from=1&to=3')
    expect(same.lines).toHaveLength(2)
    expect(same.total).toBe(shown.totals.same.entries)
    expect(await lines(`query=key:${first}`)).toMatchObject({
      total: 1,
      lines: [{ left: first, relation: 'different' }],
    })
    expect(await refusal(ask(`compare/stores/${shown.id}/lines?query=a+and`))).toMatchObject({
      code: 'BAD_QUERY',
    })
  })

  it('are not compared again while both are as they were', async () => {
    const shown = await compared(request())
    expect(await post<Comparison>('compare/stores', request())).toEqual(shown)
  })

  it('can be cancelled', async () => {
    const { id } = await post<Comparison>('compare/stores', { ...request(), by: 'call' })
    const ended = await post<Comparison>(`compare/stores/${id}/cancel`)
    expect(['cancelled', 'done']).toContain(ended.state)
    const page = await get<ComparePage>(`compare/stores/${id}/lines`)
    expect(page.total).toBe(Object.values(ended.totals).reduce((sum, { entries }) => sum + entries, 0))
  })

  it('must be two', async () => {
    expect(
      await refusal(send('compare/stores', { left: left.id, right: left.id, by: 'key', tolerance: {} })),
    ).toMatchObject({ code: 'USAGE' })
    expect(await refusal(ask('compare/stores/none'))).toMatchObject({ status: 404 })
  })
})

describe('inside', () => {
  it('tells what is inside outputs, and which entries are superseded', async () => {
    const columns = insideColumn.array().parse(await get(`stores/${made.id}/inside?func=relax&module=alloys`))
    expect(columns).toContainEqual(
      expect.objectContaining({ field: 'output.energy', column: 'out:energy', entries: 3 }),
    )
    const states = entryStates.parse(await get(`stores/${made.id}/states`))
    expect(states.superseded.entries).toBe(1)
    expect(await refusal(ask(`stores/${made.id}/inside`))).toMatchObject({ status: 400 })
  })
})

describe('why', () => {
  it('tells of an entry what is near to it', async () => {
    const found = whySchema.parse(await get(`stores/${made.id}/entries/${key('1')}/why`))
    expect(found).toMatchObject({
      newerKey: key('3'),
      sameCall: { total: 1 },
      nearest: [{ row: { key: key('2') } }],
    })
    expect(await refusal(ask(`stores/${made.id}/entries/${key('9')}/why`))).toMatchObject({ status: 404 })
  })
})
