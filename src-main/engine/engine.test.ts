import { cp, mkdir, readFile, rm, stat, symlink, writeFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  App,
  Connection,
  ConnectionList,
  Folder,
  RowPage,
  SearchResult,
  StoreSummary,
} from '../../shared/api/contract.ts'
import { detected } from '../../shared/api/locations.ts'
import * as contract from '../../shared/api/contract.ts'
import { corpus, expectedOf, refusal, startEngine } from './testing/client.ts'

const client = await startEngine()
const { folder, ask, get, post, send, listen, ready, until } = client
const expected = expectedOf('fs-class')
let store: Connection

beforeAll(async () => {
  await cp(join(corpus, 'fs-class', 'cache'), join(folder, 'cache'), { recursive: true })
  store = await ready(await post<Connection>('stores', { location: join(folder, 'cache') }))
})

afterAll(() => client[Symbol.asyncDispose]())

describe('the program itself', () => {
  it('describes itself, and leaves its data folder without samples', async () => {
    const app = contract.app.parse(await get<App>('app'))
    expect(app).toMatchObject({
      version: '9.9',
      host: 'web',
      nativeOpenDialog: false,
      nodeVersion: process.version,
    })
    await expect(stat(join(folder, 'data', 'samples'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(app.recents[0]).toMatchObject({ kind: 'fs', label: expect.stringMatching(/\/cache$/) })
  })

  it('makes the samples when they are asked for, and opens every one', async () => {
    const samples = z.array(contract.sample).parse(await post('samples'))
    const opened = await Promise.all(
      samples.map(async ({ location }) => ready(await post<Connection>('stores', { location }))),
    )
    expect(opened.map(({ state, kind, entries }) => ({ state, kind, entries }))).toEqual([
      { state: 'ready', kind: 'fs', entries: 155 },
      { state: 'ready', kind: 'json', entries: 79 },
    ])
    for (const { id } of opened) await ask(`stores/${id}`, { method: 'DELETE' })
  })

  it('keeps its settings from others and forgets a recent location', async () => {
    expect((await stat(join(folder, 'data', 'settings.json'))).mode & 0o777).toBe(0o600)
    const { recents } = await get<App>('app')
    const location = recents[0]!.location
    const after = (await (
      await ask(`recents?location=${encodeURIComponent(location)}`, { method: 'DELETE' })
    ).json()) as App
    expect(after.recents.map((recent) => recent.location)).not.toContain(location)
    expect(await readFile(join(folder, 'data', 'settings.json'), 'utf8')).not.toContain(`${location}"`)
  })

  it('lists folders: folders first, hidden ones behind, links as what they lead to', async () => {
    const place = join(folder, 'listing')
    await mkdir(join(place, 'b'), { recursive: true })
    await mkdir(join(place, '.hidden'))
    await writeFile(join(place, 'a.txt'), '')
    await symlink(join(place, 'b'), join(place, 'z'))
    const listed = contract.folder.parse(await get<Folder>(`files?path=${encodeURIComponent(place)}`))
    expect(listed.entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'folder b',
      'folder z',
      'folder .hidden',
      'file a.txt',
    ])
    expect(listed).toMatchObject({ path: place, parent: folder, truncated: false })
    expect((await get<Folder>('files?path=/')).parent).toBeNull()
    expect(await refusal(ask(`files?path=${encodeURIComponent(join(place, 'none'))}`))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
    expect(await refusal(ask(`files?path=${encodeURIComponent(join(place, 'a.txt'))}`))).toMatchObject({
      status: 400,
      code: 'USAGE',
    })
  })

  it('says what is wrong with a request', async () => {
    expect(await refusal(ask('nothing'))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    expect(await refusal(send('stores', { location: 3 }))).toMatchObject({
      status: 400,
      code: 'USAGE',
      message: expect.stringContaining('"location"'),
    })
    expect(await refusal(ask('stores', { method: 'POST', body: '{' }))).toMatchObject({
      status: 400,
      code: 'USAGE',
    })
    expect(await refusal(send('stores', { location: join(folder, 'none') }))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
    expect(await refusal(send('stores', { location: join(folder, 'listing') }))).toMatchObject({
      status: 422,
      code: 'NOT_A_STORE',
    })
    expect(await refusal(send('stores/none/search', { query: '', sort: [] }))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
  })
})

describe('a store', () => {
  it('is detected, opened once, and indexed', async () => {
    const [best] = detected.array().parse(await post('detect', { location: folder }))
    expect(best).toMatchObject({ kind: 'fs', location: join(folder, 'cache') })
    expect(contract.connection.parse(store)).toMatchObject({
      kind: 'fs',
      state: 'ready',
      entries: 153,
      writable: false,
    })
    const again = await post<Connection>('stores', { location: `fs:${join(folder, 'cache')}` })
    expect(again.id).toBe(store.id)
    expect((await get<ConnectionList>('stores')).items).toHaveLength(1)
  })

  it('has a summary and argument columns', async () => {
    const summary = contract.storeSummary.parse(await get<StoreSummary>(`stores/${store.id}/summary`))
    expect(summary).toMatchObject({ entries: 153, damaged: 0, dumps: 6 })
    expect(summary.bytes).toBe(expected.entries.reduce((sum, { size }) => sum + size, 0))
    const { func, module } = summary.functions[0]!
    const columns = contract.argumentColumn
      .array()
      .parse(await get(`stores/${store.id}/arguments?${String(new URLSearchParams({ func, module }))}`))
    expect(columns.length).toBeGreaterThan(0)
  })

  it('is searched; rows, positions, selections and keys go by number', async () => {
    const all = contract.searchResult.parse(
      await post<SearchResult>(`stores/${store.id}/search`, {
        query: '',
        sort: [{ column: 'sizeBytes', descending: true }],
      }),
    )
    expect(all).toMatchObject({ entries: 153, revision: store.revision })
    const page = contract.rowPage.parse(await get<RowPage>(`results/${all.id}/rows?from=10&to=20`))
    expect(page).toMatchObject({ from: 10, entries: 153 })
    expect(page.rows).toHaveLength(10)
    const bySize = expected.entries.toSorted((a, b) => b.size - a.size)
    expect(page.rows.map(({ sizeBytes }) => sizeBytes)).toEqual(bySize.slice(10, 20).map(({ size }) => size))
    expect(await get(`results/${all.id}/position?key=${page.rows[3]!.key}`)).toEqual({ row: 13 })
    expect(await get(`results/${all.id}/position?key=none`)).toEqual({ row: null })
    const totals = contract.selectionTotals.parse(
      await post(`results/${all.id}/selection`, {
        ranges: [
          [0, 2],
          [10, 11],
        ],
      }),
    )
    expect(totals).toMatchObject({ entries: 3, bytes: bySize[0]!.size + bySize[1]!.size + bySize[10]!.size })
    const { keys } = await post<{ keys: string[] }>(`results/${all.id}/keys`, {
      ranges: [[10, 12]],
      limit: 1,
    })
    expect(keys).toEqual([page.rows[0]!.key])
  })

  it('points at the fault of a filter', async () => {
    expect(await refusal(send(`stores/${store.id}/search`, { query: 'func:(', sort: [] }))).toMatchObject({
      status: 400,
      code: 'BAD_QUERY',
      data: { column: expect.any(Number) },
    })
    expect(
      await refusal(
        send(`stores/${store.id}/search`, { query: '', sort: [{ column: 'nothing', descending: false }] }),
      ),
    ).toMatchObject({ status: 400 })
    expect(await refusal(ask('results/none/rows?from=0&to=1'))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
    expect(await refusal(ask('results/none/rows?from=a&to=1'))).toMatchObject({ status: 400, code: 'USAGE' })
    // A caret that no filter can have; one beyond the text is its end.
    expect(await refusal(ask(`stores/${store.id}/complete?q=ele&at=10001`))).toMatchObject({
      status: 400,
      code: 'USAGE',
    })
    expect(await get(`stores/${store.id}/complete?q=ele&at=10000`)).toMatchObject({ from: 0, to: 3 })
  })

  it('keeps no text that is longer than a filter, and says how many keys are tagged at once', async () => {
    const path = `stores/${store.id}`
    expect(await refusal(send(`${path}/filters/used`, { query: 'a'.repeat(10_001) }))).toMatchObject({
      status: 400,
      message: expect.stringContaining('"query"'),
    })
    const keys = Array.from({ length: 20_001 }, (_, i) => i.toString(16).padStart(40, '0'))
    expect(await refusal(send(`${path}/tags`, { keys, add: ['many'] }))).toMatchObject({
      status: 400,
      message: expect.stringContaining('at most 20,000 keys'),
    })
    // Fewer than those fit into a request.
    const most = { keys: keys.slice(1), add: ['many'] }
    expect(JSON.stringify(most).length).toBeLessThan(1024 * 1024)
    await post(`${path}/tags`, most)
  })
})

describe('a store that changes', () => {
  it('is noticed while somebody listens: revision and rows follow, the old result stays readable', async () => {
    const cache = join(folder, 'changing')
    await cp(join(corpus, 'fs-v002', 'cache'), cache, { recursive: true })
    const before = await ready(await post<Connection>('stores', { location: cache }))
    const old = await post<SearchResult>(`stores/${before.id}/search`, { query: '', sort: [] })
    const events = await listen()
    const { path } = expected.entries[0]!
    const key = '0'.repeat(40)
    await mkdir(join(cache, key.slice(0, 2)), { recursive: true })
    await cp(join(corpus, 'fs-class', path), join(cache, key.slice(0, 2), key))
    const event = await events.next(
      (candidate) =>
        candidate.type === 'store' &&
        candidate.store.id === before.id &&
        candidate.store.state === 'ready' &&
        candidate.store.entries === before.entries + 1,
    )
    await events.end()
    expect(event).toMatchObject({ store: { state: 'ready' } })
    expect((event as { store: Connection }).store.revision).toBeGreaterThan(before.revision)
    const now = await post<SearchResult>(`stores/${before.id}/search`, {
      query: `func:${String(expected.entries[0]!.meta['func'])}`,
      sort: [],
    })
    expect(now.revision).toBeGreaterThan(old.revision)
    expect(await get<RowPage>(`results/${old.id}/rows?from=0&to=1`)).toMatchObject({
      entries: before.entries,
    })

    await rm(join(cache, key.slice(0, 2), key))
    const shrunk = await listen()
    await post(`stores/${before.id}/refresh`)
    await shrunk.next(
      (candidate) =>
        candidate.type === 'store' &&
        candidate.store.id === before.id &&
        candidate.store.state === 'ready' &&
        candidate.store.entries === before.entries,
    )
    await shrunk.end()
    await ask(`stores/${before.id}`, { method: 'DELETE' })
  })

  it('is cancelled, keeps what it has, and is taken up again', async () => {
    const cache = join(folder, 'cancelled')
    await cp(join(corpus, 'fs-v002', 'cache'), cache, { recursive: true })
    const opened = await post<Connection>('stores', { location: cache })
    expect(opened.state).toBe('indexing')
    const cancelled = await post<Connection>(`stores/${opened.id}/index/cancel`)
    // A small cache may be done before the cancel arrives.
    expect(['cancelled', 'ready']).toContain(cancelled.state)
    await post(`stores/${opened.id}/refresh`)
    const whole = expectedOf('fs-v002').entries.length
    await until(opened, ({ state, entries }) => state === 'ready' && entries === whole)
    const events = await listen()
    await ask(`stores/${opened.id}`, { method: 'DELETE' })
    expect(await events.next(({ type }) => type === 'closed')).toMatchObject({
      stores: { items: [{ id: store.id }] },
    })
    await events.end()
    expect(await refusal(ask(`stores/${opened.id}/summary`))).toMatchObject({ status: 404 })
  })

  it('answers from the new index after the old one was thrown away', async () => {
    const cache = join(folder, 'reindexed')
    await cp(join(corpus, 'fs-py38', 'cache'), cache, { recursive: true })
    const indexFolder = join(folder, 'data', 'index')
    const others = new Set(await readdir(indexFolder))
    const opened = await ready(await post<Connection>('stores', { location: cache }))
    const before = await post<SearchResult>(`stores/${opened.id}/search`, { query: '', sort: [] })
    for (const name of await readdir(indexFolder)) if (!others.has(name)) await rm(join(indexFolder, name))
    await post(`stores/${opened.id}/refresh`)
    await ready(opened)
    const [first] = expectedOf('fs-py38').entries
    await rm(join(cache, first!.key.slice(0, 2), first!.key))
    await post(`stores/${opened.id}/refresh`)
    await until(opened, ({ state, entries }) => state === 'ready' && entries === before.entries - 1)
    const after = await post<SearchResult>(`stores/${opened.id}/search`, { query: '', sort: [] })
    expect(after.entries).toBe(before.entries - 1)
    await ask(`stores/${opened.id}`, { method: 'DELETE' })
  })

  it('that vanishes is failed, with the reason', async () => {
    const cache = join(folder, 'vanishing')
    await cp(join(corpus, 'fs-py38', 'cache'), cache, { recursive: true })
    const opened = await ready(await post<Connection>('stores', { location: cache }))
    await rm(cache, { recursive: true })
    await post(`stores/${opened.id}/refresh`)
    const failed = await until(opened, ({ state }) => state === 'failed')
    expect(failed).toMatchObject({ error: { message: expect.stringContaining(cache) } })
    await ask(`stores/${opened.id}`, { method: 'DELETE' })
  })
})
