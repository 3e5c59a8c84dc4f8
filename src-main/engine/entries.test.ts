import { createHash } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  ArrayStatistics,
  ArrayWindow,
  Connection,
  EntryDetail,
  RowPage,
  SearchResult,
  TreePage,
  TrustReport,
} from '../../shared/api/contract.ts'
import * as contract from '../../shared/api/contract.ts'
import { corpus, expectedOf, refusal, startEngine } from './testing/client.ts'

const client = await startEngine()
const { folder, ask, get, post, ready } = client
const expected = expectedOf('fs-class')
let store: Connection

beforeAll(async () => {
  await cp(join(corpus, 'fs-class', 'cache'), join(folder, 'cache'), { recursive: true })
  store = await ready(await post<Connection>('stores', { location: join(folder, 'cache') }))
})

afterAll(() => client[Symbol.asyncDispose]())

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

  it('says what loading it would import and call', async () => {
    const { key } = expected.entries.find((entry) => JSON.stringify(entry).includes('$dataframe'))!
    const report = contract.trustReport.parse(await get<TrustReport>(entryPath(key, '/trust')))
    expect(report).toMatchObject({ verdict: 'known', unknownCount: 0 })
    expect(report.imports.map(({ module, name }) => `${module}.${name}`)).toContain('pandas.DataFrame')
    expect(report.calls.length).toBe(report.callCount)
    expect(await refusal(ask(entryPath('0'.repeat(40), '/trust')))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
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
