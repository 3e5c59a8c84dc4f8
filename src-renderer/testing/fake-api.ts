import type {
  App,
  Connection,
  EngineEvent,
  Row,
  RowPage,
  SearchRequest,
  SearchResult,
  SelectionTotals,
  StoreSummary,
} from '../../shared/api/contract.ts'

/**
 * The engine's HTTP API over one store of made-up entries, in memory, for tests in
 * a browser. Row `i` of the store has the key `key-i`; new entries come first.
 */
export interface FakeApi {
  readonly store: Connection
  /** Puts entries at the beginning of the store and tells the interface, or leaves that to `tellStore`. */
  addEntries: (count: number, isTold?: boolean) => void
  tellStore: () => void
  /** Answers no question about a place in a result until what it returns is called. */
  holdPositions: () => () => void
  /** Gives the page its own `fetch` back. */
  uninstall: () => void
  /** Requests so far, as `METHOD path`. */
  readonly requests: readonly string[]
}

const bytesPerEntry = 1_000
const secondsPerEntry = 3.6

export function installFakeApi(entries: number): FakeApi {
  const realFetch = window.fetch.bind(window)
  const requests: string[] = []
  const results = new Map<string, { first: number; count: number }>()
  let listener: ReadableStreamDefaultController<Uint8Array> | undefined
  let held: Promise<void> | undefined
  let first = 0
  let store: Connection = {
    id: 'fake',
    asOf: 1,
    kind: 'fs',
    kindTitle: 'Files',
    location: '/fake/cache',
    label: 'fake/cache',
    reason: 'made for a test',
    state: 'ready',
    writable: false,
    entries,
    revision: 1,
  }
  const say = (event: EngineEvent): void =>
    listener?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`))
  const tellStore = (): void => say({ type: 'store', store })
  const totals = (count: number): SelectionTotals => ({
    entries: count,
    bytes: count * bytesPerEntry,
    computeSeconds: count * secondsPerEntry,
  })

  const search = ({ query }: SearchRequest): SearchResult => {
    const id = `result-${results.size}`
    const count = query === '' ? store.entries : 0
    results.set(id, { first, count })
    return { id, ...totals(count), revision: store.revision }
  }
  const rows = (id: string, parameters: URLSearchParams): RowPage => {
    const result = results.get(id)!
    const from = Number(parameters.get('from'))
    const to = Math.min(Number(parameters.get('to')), result.count)
    const page = Array.from({ length: Math.max(0, to - from) }, (_, i) => fakeRow(result.first + from + i))
    return { from, rows: page, entries: result.count }
  }
  const position = (id: string, key: string): { row: number | null } => {
    const result = results.get(id)!
    const row = Number(key.replace('key-', '')) - result.first
    return { row: row >= 0 && row < result.count ? row : null }
  }
  const selection = (ranges: readonly (readonly [number, number])[]): SelectionTotals =>
    totals(ranges.reduce((sum, [from, to]) => sum + to - from, 0))

  const answer = (path: string, parameters: URLSearchParams, body: unknown): unknown => {
    const [area, id = '', ask] = path.split('/')
    if (area === 'app') return fakeApp
    if (area === 'stores' && id === '') return { asOf: store.asOf, items: [store] }
    if (ask === 'summary') return fakeSummary(store.entries)
    if (ask === 'search') return search(body as SearchRequest)
    if (ask === 'rows') return rows(id, parameters)
    if (ask === 'position') return position(id, parameters.get('key') ?? '')
    if (ask === 'selection') return selection((body as { ranges: [number, number][] }).ranges)
    return undefined
  }

  window.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, window.location.href)
    if (!url.pathname.startsWith('/api/')) return realFetch(input, init)
    const path = url.pathname.slice('/api/'.length)
    requests.push(`${init?.method ?? 'GET'} ${path}`)
    init?.signal?.throwIfAborted()
    if (path === 'events') {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          listener = controller
        },
      })
      say({ type: 'hello', stores: { asOf: store.asOf, items: [store] } })
      return new Response(stream)
    }
    if (path.endsWith('/position')) await held
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
    const found = answer(path, url.searchParams, body)
    if (found !== undefined) return Response.json(found)
    return Response.json({ code: 'NOT_FOUND', message: `No ${path} here.`, data: {} }, { status: 404 })
  }

  return {
    get store() {
      return store
    },
    requests,
    addEntries(count, isTold = true) {
      first -= count
      const { asOf, revision } = store
      store = { ...store, asOf: asOf + 1, entries: store.entries + count, revision: revision + 1 }
      if (isTold) tellStore()
    },
    tellStore,
    holdPositions() {
      const holding = Promise.withResolvers<void>()
      held = holding.promise
      return holding.resolve
    },
    uninstall() {
      window.fetch = realFetch
    },
  }
}

function fakeRow(number: number): Row {
  return {
    key: `key-${number}`,
    kind: 'call',
    status: number % 100 === 7 ? 'damaged' : 'ok',
    func: 'relax',
    module: 'alloys',
    call: `relax(cutoff=${number})`,
    outputType: 'float',
    outputPreview: `-${number}.5`,
    elapsedSeconds: secondsPerEntry,
    sizeBytes: bytesPerEntry,
    runAtSeconds: 1_700_000_000 - number,
    user: 'ana',
    ...(number % 100 === 7 && {
      problem: { code: 'TRUNCATED', offset: 12, sentence: 'The bytes end early' },
    }),
  }
}

const fakeApp: App = {
  version: '0.0.0',
  host: 'web',
  platform: 'linux',
  nodeVersion: '24.0.0',
  homeFolder: '/home/ana',
  nativeOpenDialog: false,
  recents: [],
}

function fakeSummary(entries: number): StoreSummary {
  return {
    entries,
    bytes: entries * bytesPerEntry,
    computeSeconds: entries * secondsPerEntry,
    damaged: entries / 100,
    partial: 0,
    dumps: 0,
    foreign: 0,
    functions: [],
    users: [],
    strays: [],
  }
}
