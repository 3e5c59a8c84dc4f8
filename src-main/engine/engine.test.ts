import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, stat, symlink, writeFile, mkdir } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  App,
  ArrayStatistics,
  ArrayWindow,
  Connection,
  EngineEvent,
  EntryDetail,
  Folder,
  RowPage,
  SearchResult,
  StoreSummary,
  TreePage,
} from '../../shared/api/contract.ts'
import * as contract from '../../shared/api/contract.ts'
import { createEngine } from './engine.ts'
import type { Engine } from './engine.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))

let folder: string
let engine: Engine
let store: Connection

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hashcache-engine-'))
  await cp(join(corpus, 'fs-class', 'cache'), join(folder, 'cache'), { recursive: true })
  engine = await createEngine({
    dataFolder: join(folder, 'data'),
    host: 'web',
    version: '9.9',
    watchEveryMs: 20,
  })
  store = await ready(await post<Connection>('stores', { location: join(folder, 'cache') }))
})

afterAll(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return engine.app.request(`/api/${path}`, init)
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await ask(path)
  const body: unknown = await response.json()
  expect({ path, status: response.status, body }).toMatchObject({ status: 200 })
  return body as Answer
}

function send(path: string, body: unknown, method = 'POST'): Promise<Response> {
  return ask(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
}

async function post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
  const response = await send(path, body)
  const answer: unknown = await response.json()
  expect({ path, status: response.status, answer }).toMatchObject({ status: 200 })
  return answer as Answer
}

async function refusal(
  response: Response | Promise<Response>,
): Promise<{ status: number; code: string; message: string; data: object }> {
  const answer = await response
  return {
    status: answer.status,
    ...((await answer.json()) as { code: string; message: string; data: object }),
  }
}

/** Events as they come; `next` waits for one that fits. */
async function listen(): Promise<{
  next(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>
  end(): Promise<void>
}> {
  const response = await ask('events')
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  const waiting: EngineEvent[] = []
  return {
    async next(fits) {
      for (;;) {
        const event = waiting.shift()
        if (event && fits(event)) return event
        if (event) continue
        const { value, done } = await reader.read()
        if (done) throw new Error('the stream ended')
        const blocks = (rest + value).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks)
          if (block.startsWith('data: ')) waiting.push(contract.engineEvent.parse(JSON.parse(block.slice(6))))
      }
    },
    end: () => reader.cancel(),
  }
}

async function ready(connection: Connection): Promise<Connection> {
  const events = await listen()
  const isDone = (shown: Connection): boolean =>
    shown.id === connection.id && !['opening', 'indexing'].includes(shown.state)
  const event = await events.next((candidate) =>
    candidate.type === 'hello'
      ? candidate.stores.some(isDone)
      : candidate.type === 'store' && isDone(candidate.store),
  )
  await events.end()
  if (event.type === 'hello') return event.stores.find(isDone)!
  if (event.type === 'store') return event.store
  throw new Error('closed')
}

interface Expected {
  readonly entries: readonly {
    readonly key: string
    readonly path: string
    readonly size: number
    readonly sha256: string
    readonly meta: Record<string, unknown>
  }[]
}
function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(corpus, name, 'expected.json'), 'utf8')) as Expected
}
const expected = expectedOf('fs-class')

describe('the program itself', () => {
  it('describes itself and makes the samples on first use', async () => {
    const app = contract.app.parse(await get<App>('app'))
    expect(app).toMatchObject({
      version: '9.9',
      host: 'web',
      nativeOpenDialog: false,
      nodeVersion: process.version,
    })
    expect(app.samples).toHaveLength(2)
    for (const { location } of app.samples) expect((await stat(location)).isDirectory()).toBe(true)
    expect(app.recents[0]).toMatchObject({ kind: 'fs', label: expect.stringMatching(/\/cache$/) })
  })

  it('opens every sample', async () => {
    const { samples } = await get<App>('app')
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
    const [best] = contract.detected.array().parse(await post('detect', { location: folder }))
    expect(best).toMatchObject({ kind: 'fs', location: join(folder, 'cache') })
    expect(contract.connection.parse(store)).toMatchObject({
      kind: 'fs',
      state: 'ready',
      entries: 153,
      writable: false,
    })
    const again = await post<Connection>('stores', { location: `fs:${join(folder, 'cache')}` })
    expect(again.id).toBe(store.id)
    expect(await get<Connection[]>('stores')).toHaveLength(1)
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
  })
})

describe('an entry', () => {
  const entryPath = (key: string, part = ''): string =>
    `stores/${store.id}/entries/${encodeURIComponent(key)}${part}`

  it('has a detail: its record without the output, where arguments and output are, its bytes', async () => {
    const { key, size, sha256 } = expected.entries.find(
      ({ meta }) => meta['func'] !== undefined && 'standardized-kwargs' in meta,
    )!
    const detail = contract.entryDetail.parse(await get<EntryDetail>(entryPath(key)))
    expect(detail.row).toMatchObject({ key, kind: 'call', status: 'ok', sizeBytes: size })
    expect(detail.format).toMatchObject({ kind: 'pickle', storedBytes: size, sha256 })
    const names = detail.fields.map(({ label }) => label.text)
    expect(names).toContain("'func'")
    expect(names).not.toContain("'output'")
    const output = contract.treePage.parse(
      await get<TreePage>(entryPath(key, `/tree?path=${detail.outputPath}`)),
    )
    expect(output.node.label).toEqual({ kind: 'key', text: "'output'" })
    const args = await get<TreePage>(entryPath(key, `/tree?path=${detail.argumentsPath}`))
    expect(args.node.label.text).toBe("'standardized-kwargs'")
  })

  it('gives its tree in pages, arrays in windows, with statistics', async () => {
    const arrays = await post<SearchResult>(`stores/${store.id}/search`, {
      query: '',
      sort: [],
    })
    const { rows } = await get<RowPage>(`results/${arrays.id}/rows?from=0&to=200`)
    const key = rows.find(({ outputType }) => outputType === 'ndarray')!.key
    const { outputPath } = await get<EntryDetail>(entryPath(key))
    const { node } = await get<TreePage>(entryPath(key, `/tree?path=${outputPath}`))
    expect(node).toMatchObject({ type: 'ndarray', family: 'array', array: { dtype: expect.any(String) } })
    const window = contract.arrayWindow.parse(
      await get<ArrayWindow>(entryPath(key, `/array?path=${outputPath}&rows=0:2&columns=0:3`)),
    )
    expect(window.cells.length).toBeLessThanOrEqual(2)
    expect(window.shape).toEqual(node.array!.shape)
    const statistics = contract.arrayStatistics.parse(
      await get<ArrayStatistics>(entryPath(key, `/statistics?path=${outputPath}`)),
    )
    expect(statistics.count).toBe(window.shape.reduce((a, b) => a * b, 1))
    const root = await get<TreePage>(entryPath(key, '/tree?from=1&to=3'))
    expect(root).toMatchObject({ from: 1, total: root.node.children })
    expect(root.children.map(({ path }) => path)).toEqual(['1', '2'])
    expect(await refusal(ask(entryPath(key, '/array?path=1&rows=0:1&columns=0:1')))).toMatchObject({
      status: 400,
      code: 'USAGE',
    })
    expect(await refusal(ask(entryPath(key, '/tree?path=0.0.0.0')))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
    expect(await refusal(ask(entryPath(key, '/tree?path=a')))).toMatchObject({ status: 400, code: 'USAGE' })
  })

  it('gives text and bytes', async () => {
    const { key, path } = expected.entries[0]!
    const json = await ask(entryPath(key, '/text?as=json'))
    expect(json.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(JSON.parse(await json.text())).toHaveProperty('func')
    expect(await (await ask(entryPath(key, '/text?as=python'))).text()).toMatch(/^\{.*'func': '/)
    const stored = await readFile(join(corpus, 'fs-class', path))
    const raw = await ask(entryPath(key, '/raw'))
    expect(raw.headers.get('content-disposition')).toContain(key)
    expect(Buffer.from(await raw.arrayBuffer()).equals(stored)).toBe(true)
    const part = await ask(entryPath(key, '/raw'), { headers: { range: 'bytes=10-19' } })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${stored.length}`)
    expect(Buffer.from(await part.arrayBuffer()).equals(stored.subarray(10, 20))).toBe(true)
    const beyond = await ask(entryPath(key, '/raw'), { headers: { range: `bytes=${stored.length}-` } })
    expect(beyond.status).toBe(416)
  })

  it('that is not there is said to be so, and strange keys arrive as they are', async () => {
    for (const key of [
      '0'.repeat(40),
      '../../../etc/passwd',
      'a/b',
      'line\nfeed',
      'hex:00ff',
      '%',
      '?x=1#y',
      ' ',
      '..',
    ]) {
      const { code, status } = await refusal(ask(entryPath(key)))
      expect({
        key,
        code: ['NOT_FOUND', 'BAD_KEY'].includes(code),
        status: [400, 404].includes(status),
      }).toEqual({ key, code: true, status: true })
    }
  })

  it('leaves the cache as it was', async () => {
    for (const { path, sha256 } of expected.entries.slice(0, 20)) {
      const bytes = await readFile(join(folder, path))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    }
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
    expect(await ready(opened)).toMatchObject({
      state: 'ready',
      entries: expectedOf('fs-v002').entries.length,
    })
    const events = await listen()
    await ask(`stores/${opened.id}`, { method: 'DELETE' })
    expect(await events.next(({ type }) => type === 'closed')).toEqual({ type: 'closed', id: opened.id })
    await events.end()
    expect(await refusal(ask(`stores/${opened.id}/summary`))).toMatchObject({ status: 404 })
  })

  it('that vanishes is failed, with the reason', async () => {
    const cache = join(folder, 'vanishing')
    await cp(join(corpus, 'fs-py38', 'cache'), cache, { recursive: true })
    const opened = await ready(await post<Connection>('stores', { location: cache }))
    await rm(cache, { recursive: true })
    await post(`stores/${opened.id}/refresh`)
    const failed = await ready(opened)
    expect(failed).toMatchObject({ state: 'failed', error: { message: expect.stringContaining(cache) } })
    await ask(`stores/${opened.id}`, { method: 'DELETE' })
  })
})

describe('bad entries', () => {
  it('are rows and details with a reason, and their bytes can still be had', async () => {
    const cache = join(folder, 'bad')
    await cp(fileURLToPath(new URL('samples/alloys/cache', import.meta.url)), cache, { recursive: true })
    const opened = await ready(await post<Connection>('stores', { location: cache }))
    const result = await post<SearchResult>(`stores/${opened.id}/search`, {
      query: 'not status:ok',
      sort: [{ column: 'key', descending: false }],
    })
    const { rows } = await get<RowPage>(`results/${result.id}/rows?from=0&to=10`)
    expect(rows.map(({ status }) => status)).toEqual(['partial', 'damaged'])
    for (const { key, status } of rows) {
      const detail = await get<EntryDetail>(`stores/${opened.id}/entries/${key}`)
      expect(detail.row.status).toBe(status)
      expect(detail.problem?.sentence).toMatch(/\.$/)
      expect((await ask(`stores/${opened.id}/entries/${key}/raw`)).status).toBe(200)
    }
    expect(await refusal(ask(`stores/${opened.id}/entries/${rows[1]!.key}/tree`))).toMatchObject({
      status: 422,
      code: 'DAMAGED',
    })
    await ask(`stores/${opened.id}`, { method: 'DELETE' })
  })
})
