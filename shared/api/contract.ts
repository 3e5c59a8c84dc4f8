import { z } from 'zod'
import { asOf, listAsOf } from './as-of.ts'
import { job } from './jobs.ts'
import { problem } from './problem.ts'
import { ranges } from './ranges.ts'

/**
 * The HTTP API between the engine and whoever shows it. All of it lives under
 * `/api/`. Requests and answers are JSON unless said otherwise; an error is
 * `{ code, message, data }` of `SerializedError` with a 4xx or 5xx status.
 *
 *   GET    /api/app                              → App
 *   POST   /api/samples                          → Sample[]          the sample caches, made if they are not there; not open yet
 *   GET    /api/events                           → text/event-stream of EngineEvent
 *   GET    /api/files?path=                      → Folder (what stands on the engine's machine, for the open dialog)
 *   GET    /api/stores                           → ConnectionList
 *   POST   /api/stores            OpenRequest    → Connection
 *   DELETE /api/stores/:store                    → ConnectionList    closes it; the cache itself is untouched
 *   DELETE /api/recents?location=                → App               forgets a recent location
 *   POST   /api/stores/:store/refresh            → Connection        looks for changes, reads what changed
 *   POST   /api/stores/:store/index/cancel       → Connection
 *   POST   /api/stores/:store/lock LockRequest   → Connection        unlocks writing for this session, or locks it
 *   GET    /api/stores/:store/databases          → DatabaseInfo[]
 *   GET    /api/stores/:store/summary            → StoreSummary
 *   GET    /api/stores/:store/arguments?func=&module= → ArgumentColumn[]
 *   POST   /api/stores/:store/search SearchRequest → SearchResult
 *   GET    /api/results/:result/rows?from=&to=&args=a,b → RowPage
 *   GET    /api/results/:result/position?key=    → { row: number | null }
 *   POST   /api/results/:result/selection { ranges } → SelectionTotals
 *   POST   /api/results/:result/keys { ranges, limit } → { keys: string[] }
 *   GET    /api/stores/:store/entries/:key       → EntryDetail
 *   GET    /api/stores/:store/entries/:key/tree?path=&from=&to=   → TreePage
 *   GET    /api/stores/:store/entries/:key/array?path=&index=&rows=a:b&columns=c:d → ArrayWindow
 *   GET    /api/stores/:store/entries/:key/statistics?path=       → ArrayStatistics
 *   GET    /api/stores/:store/entries/:key/text?path=&as=json|python → text/plain, at most 4 MiB; header `x-truncated: 1` if cut
 *   GET    /api/stores/:store/entries/:key/trust → TrustReport (what Python would import and call; nothing of it is run)
 *   GET    /api/stores/:store/entries/:key/raw   → the stored bytes (application/octet-stream, attachment)
 *
 * What stands at a place, before it is opened or made: `locations.ts`. Jobs (migrate, evict, undo) and the trash: `jobs.ts`.
 *
 * Pictures of arrays, and values as files: `pictures.ts`. Bytes, opcodes and the way from them to nodes: `bytes.ts`.
 * Looking for something in a value: `find.ts`. What loading a whole cache would do: `trust.ts`.
 *
 * Passwords in the URL of a server go in only: what comes out has `***` in their place. An error with `data.needs` = `password`
 * asks for the same request with the user and password given (again).
 *
 * `:key` is the shown key (`shared/model/keys.ts`), URL-encoded.
 */

const connectionState = z.enum(['opening', 'indexing', 'ready', 'cancelled', 'failed'])

export const connection = z.object({
  id: z.string(),
  asOf,
  kind: z.string(),
  /** Word for people: `Files`. */
  kindTitle: z.string(),
  location: z.string(),
  /** Short name: the last parts of the path. */
  label: z.string(),
  /** What was seen that made it this kind. */
  reason: z.string(),
  state: connectionState,
  writable: z.boolean(),
  /** Entries in the catalog so far. */
  entries: z.number(),
  /** Of the running index: entries looked at, and how many there will be, as far as known. */
  indexed: z.number().optional(),
  total: z.number().optional(),
  /** Set with state `failed`. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Rises with every change of the catalog: a result of a lower revision is out of date. */
  revision: z.number(),
  indexedAtMs: z.number().optional(),
  /** Sentences that somebody should know before writing here, or before reading a server. */
  notes: z.array(z.string()).optional(),
})

export const connectionList = listAsOf(connection)

export const app = z.object({
  version: z.string(),
  host: z.enum(['web', 'desktop']),
  platform: z.string(),
  nodeVersion: z.string(),
  homeFolder: z.string(),
  /** True where the host can show a native dialog for opening (the desktop). */
  nativeOpenDialog: z.boolean(),
  recents: z.array(
    z.object({ location: z.string(), kind: z.string(), label: z.string(), openedAtMs: z.number() }),
  ),
})

export const sample = z.object({ location: z.string(), label: z.string() })

export const folder = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  entries: z.array(z.object({ name: z.string(), path: z.string(), kind: z.enum(['folder', 'file']) })),
  /** More than the listing's limit (1,000) stand there. */
  truncated: z.boolean(),
})

export const lockRequest = z.object({ writable: z.boolean() })

export const openRequest = z.object({ location: z.string().min(1), kind: z.string().optional() })

export const functionSummary = z.object({
  func: z.string(),
  module: z.string(),
  entries: z.number(),
  bytes: z.number(),
  computeSeconds: z.number(),
  versions: z.array(z.string()),
})

export const storeSummary = z.object({
  entries: z.number(),
  bytes: z.number(),
  computeSeconds: z.number(),
  damaged: z.number(),
  partial: z.number(),
  dumps: z.number(),
  foreign: z.number(),
  functions: z.array(functionSummary),
  users: z.array(z.object({ name: z.string(), entries: z.number() })),
  strays: z.array(z.object({ name: z.string(), reason: z.string() })),
})

/** An argument of a function as a column; `numeric` if every stored value is a number. */
export const argumentColumn = z.object({
  name: z.string(),
  entries: z.number(),
  numeric: z.boolean(),
  types: z.array(z.string()),
})

/**
 * Columns to sort by: those of `row` below, `arg:NAME` (a path such as `params.cutoff` too), or
 * `out:PATH` for a scalar in the output (`out:` is the output itself). Absent values come last
 * in both directions; ties are broken by key.
 */
export const sortKey = z.object({ column: z.string(), descending: z.boolean() })

export const searchRequest = z.object({
  /** The filter text (`docs/query.md`); empty = all. */
  query: z.string(),
  sort: z.array(sortKey).max(4),
})

export const searchResult = z.object({
  id: z.string(),
  entries: z.number(),
  bytes: z.number(),
  computeSeconds: z.number(),
  revision: z.number(),
})

export const row = z.object({
  key: z.string(),
  kind: z.enum(['call', 'dump', 'foreign']),
  status: z.enum(['ok', 'partial', 'damaged']),
  func: z.string().optional(),
  module: z.string().optional(),
  call: z.string().optional(),
  outputType: z.string().optional(),
  outputPreview: z.string().optional(),
  /** Of an output that is an array or a table: `240x96`, empty for an array of no dimension. */
  shape: z.string().optional(),
  dtype: z.string().optional(),
  elapsedSeconds: z.number().optional(),
  sizeBytes: z.number().optional(),
  runAtSeconds: z.number().optional(),
  user: z.string().optional(),
  host: z.string().optional(),
  cwd: z.string().optional(),
  version: z.string().optional(),
  problem: problem.optional(),
  /** Tags that were put on it here, in the order of their names. */
  tags: z.array(z.string()).optional(),
  /** Previews of the argument columns that were asked for. */
  args: z.record(z.string(), z.string()).optional(),
})

export const rowPage = z.object({ from: z.number(), rows: z.array(row), entries: z.number() })

export const selectionRequest = z.object({ ranges })
export const keysRequest = z.object({ ranges, limit: z.number().int().min(1).max(100_000) })
export const selectionTotals = z.object({
  entries: z.number(),
  bytes: z.number(),
  computeSeconds: z.number(),
})

/**
 * A node of the value tree as the interface draws it.
 * `path` addresses it: child numbers from the entry's root, joined by dots; the root is ``.
 */
export const treeNode = z.object({
  path: z.string(),
  /** How the parent names it: `'energy'` of a dict, `3` of a list, `state` of an object. */
  label: z.object({ kind: z.enum(['root', 'index', 'key', 'field']), text: z.string() }),
  /** The node's own kind (`shared/value/value.ts`). */
  kind: z.string(),
  /** Type for people: `tuple`, `int`, `ndarray`, `DataFrame`, `ase.atoms.Atoms`. */
  type: z.string(),
  /** Colour family of the type. */
  family: z.enum([
    'scalar',
    'text',
    'bytes',
    'container',
    'array',
    'table',
    'object',
    'time',
    'reference',
    'problem',
  ]),
  /** What it is looked at as, beside arrays. */
  look: z.enum(['table', 'sparse', 'atoms']).optional(),
  /** One line: the literal of a scalar, `float64 (240, 96)`, `3 items`. At most some 200 characters. */
  preview: z.string(),
  children: z.number(),
  start: z.number(),
  end: z.number(),
  /** The node is one of its own ancestors: how many levels up. It has no children here. */
  cycle: z.number().optional(),
  /** Facts of the friendly view: `[["shape", "(240, 96)"], …]`. */
  facts: z.array(z.tuple([z.string(), z.string()])).optional(),
  array: z.object({ dtype: z.string(), shape: z.array(z.number()), order: z.string() }).optional(),
  problem: problem.optional(),
})

export const treePage = z.object({
  node: treeNode,
  from: z.number(),
  children: z.array(treeNode),
  total: z.number(),
})

export const entryDetail = z.object({
  row,
  location: z.string(),
  format: z.object({
    kind: z.enum(['pickle', 'json', 'unknown']),
    protocol: z.number().optional(),
    compressor: z.string().optional(),
    storedBytes: z.number(),
    decodedBytes: z.number(),
    /** Of the stored bytes; empty above 1 GiB (8 MiB in a store without files), which is not hashed for being looked at. */
    sha256: z.string(),
    modifiedMs: z.number().optional(),
  }),
  /** The record's fields except `output`, in stored order, each a node of the tree. Empty for a foreign value. */
  fields: z.array(treeNode),
  /** Path of the arguments' dict (`standardized-kwargs`), and of the output; absent where the record has none. */
  argumentsPath: z.string().optional(),
  outputPath: z.string().optional(),
  root: treeNode.optional(),
  problem: problem.optional(),
})

/** A window of an array: `index` fixes all dimensions but the last two (or one). Cells are Python texts. */
export const arrayWindow = z.object({
  dtype: z.string(),
  shape: z.array(z.number()),
  index: z.array(z.number()),
  rows: z.tuple([z.number(), z.number()]),
  columns: z.tuple([z.number(), z.number()]),
  /** Names of the columns for structured arrays and tables. */
  columnNames: z.array(z.string()).optional(),
  rowNames: z.array(z.string()).optional(),
  /** Of a MultiIndex: the names of each row's levels. */
  rowLevels: z.array(z.array(z.string())).optional(),
  cells: z.array(z.array(z.string())),
})

export const arrayStatistics = z.object({
  count: z.number(),
  finite: z.number(),
  nan: z.number(),
  infinite: z.number(),
  min: z.string().optional(),
  max: z.string().optional(),
  mean: z.number().optional(),
  standardDeviation: z.number().optional(),
  zeros: z.number().optional(),
  /** Equal-width bins from min to max; absent for arrays that are not numbers. */
  histogram: z.array(z.number()).optional(),
  /** Only so many elements, spread evenly, were looked at (arrays above the engine's limit). */
  sampled: z.number().optional(),
  /** Of a masked array: elements that are left out of all of this; absent where only some were looked at. */
  masked: z.number().optional(),
})

const knownOrNot = z.enum(['known', 'unknown'])

/** What loading an entry with Python would import and call (`docs/trust.md`). Unknown things come first. */
export const trustReport = z.object({
  /** `data`: nothing; `known`: only what builds plain data; `unknown`: something else; `broken`: damaged or cut, so not all was seen. */
  verdict: z.enum(['data', 'known', 'unknown', 'broken']),
  sentence: z.string(),
  imports: z.array(
    z.object({
      module: z.string(),
      name: z.string(),
      what: knownOrNot,
      /** Why it is not known, as the end of a sentence. */
      why: z.string().optional(),
      count: z.number(),
      offset: z.number(),
    }),
  ),
  calls: z.array(
    z.object({
      callee: z.string(),
      how: z.enum(['call', 'new', 'change']),
      args: z.string(),
      what: knownOrNot,
      why: z.string().optional(),
      offset: z.number(),
    }),
  ),
  warnings: z.array(z.object({ sentence: z.string(), offset: z.number().optional() })),
  /** All of them; the lists above may end earlier. */
  importCount: z.number(),
  callCount: z.number(),
  unknownCount: z.number(),
  problem: problem.optional(),
})

export const engineEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), stores: connectionList }),
  z.object({ type: z.literal('store'), store: connection }),
  /** A connection is no more; these are. */
  z.object({ type: z.literal('closed'), stores: connectionList }),
  z.object({ type: z.literal('job'), job }),
])

export type App = z.infer<typeof app>
export type Sample = z.infer<typeof sample>
export type Folder = z.infer<typeof folder>
export type Connection = z.infer<typeof connection>
export type ConnectionList = z.infer<typeof connectionList>
export type StoreSummary = z.infer<typeof storeSummary>
export type FunctionSummary = z.infer<typeof functionSummary>
export type ArgumentColumn = z.infer<typeof argumentColumn>
export type SortKey = z.infer<typeof sortKey>
export type SearchRequest = z.infer<typeof searchRequest>
export type SearchResult = z.infer<typeof searchResult>
export type Row = z.infer<typeof row>
export type RowPage = z.infer<typeof rowPage>
export type { Ranges } from './ranges.ts'
export type SelectionTotals = z.infer<typeof selectionTotals>
export type TreeNode = z.infer<typeof treeNode>
export type TreePage = z.infer<typeof treePage>
export type TrustReport = z.infer<typeof trustReport>
export type EntryDetail = z.infer<typeof entryDetail>
export type ArrayWindow = z.infer<typeof arrayWindow>
export type ArrayStatistics = z.infer<typeof arrayStatistics>
export type EngineEvent = z.infer<typeof engineEvent>
