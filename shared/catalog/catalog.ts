import type { Database } from 'better-sqlite3'
import type {
  ArgumentColumn,
  Ranges,
  Row,
  RowPage,
  SearchResult,
  SelectionTotals,
  SortKey,
  StoreSummary,
} from '../api/contract.ts'
import type { Completion } from '../api/complete.ts'
import type { CountedTerm } from '../api/filters.ts'
import type { EntryStates, InsideColumn } from '../api/inside.ts'
import type { Overview } from '../api/overview.ts'
import type { PointFields, Points, PointsRequest } from '../api/points.ts'
import type { Why } from '../api/why.ts'
import type { ShownKey } from '../model/keys.ts'
import { parseKey, showKey } from '../model/keys.ts'
import { Columns } from './columns.ts'
import { CatalogCompletions } from './completion-source.ts'
import { countTerms } from './filter-terms.ts'
import { findIds } from './find.ts'
import { IndexGuard } from './index-guard.ts'
import type { KeepLimits } from './keeper.ts'
import { Keeper } from './keeper.ts'
import { KeptColumns } from './kept-columns.ts'
import { KeptOverviews } from './kept-overviews.ts'
import { KnownEntries } from './known-entries.ts'
import type { SumSource } from './narrowing.ts'
import { Narrowing } from './narrowing.ts'
import { openIndexFile } from './open.ts'
import { overviewOf } from './overview.ts'
import { pointFieldsOf } from './points/fields.ts'
import { pointsOf } from './points/points.ts'
import { cellsOf } from './points/table.ts'
import type { Query } from './query/ast.ts'
import { complete } from './query/complete.ts'
import type { Filter } from './query/condition.ts'
import { parseQuery, parseTerms } from './query/parse.ts'
import { startRegexClock } from './query/regex.ts'
import { compileQuery } from './query/filter.ts'
import { sortByRank } from './ranks.ts'
import { idsInRanges, ResultSets, selectionTotals } from './results.ts'
import { RowReader } from './rows.ts'
import { Strings } from './strings.ts'
import { Sums } from './sums.ts'
import { Tags, type TagChange, type TagCount } from './tags.ts'
import { versionOf, withTags } from './tags-of-rows.ts'
import { TextIndex } from './text-index.ts'
import { whyOf } from './why.ts'
import type { CatalogBatch } from './writer.ts'
import { Writer } from './writer.ts'

/** Rows of one page; more are asked for page by page. */
const pageRowsLimit = 10_000

/**
 * The index of one store: a SQLite file of ours with a row for each entry. Several processes may have it
 * open; a search sees the state of one moment. Methods throw `AppError`: REFUSED if another process keeps
 * the file locked or the disk is full, DAMAGED if the file turns out to be broken; then it was removed, and
 * opening and indexing again makes a new one.
 */
export class Catalog {
  readonly file: string
  /** For the indexer. */
  readonly known: KnownEntries
  readonly #database: Database
  readonly #strings: Strings
  readonly #sums: Sums
  readonly #textIndex: TextIndex
  readonly #kept: KeptColumns
  readonly #writer: Writer
  readonly #keeper: Keeper
  readonly #rows: RowReader
  /** Not of the index: they stay when that is made anew. */
  readonly #tags: Tags
  readonly #results = new ResultSets()
  readonly #revision
  readonly #guard: IndexGuard
  readonly #overviews = new KeptOverviews()
  #columns: Columns | undefined

  /**
   * Opens an index file (`location.ts` says where they are) or `:memory:`. A file that cannot be used is
   * replaced by an empty one. `tagsBeside`: the index file that the cache's tags stand beside, if not this one.
   */
  static open(file: string, tagsBeside = file): Catalog {
    return new Catalog(file, openIndexFile(file), Tags.besideIndex(tagsBeside))
  }

  private constructor(file: string, database: Database, tags: Tags) {
    this.file = file
    this.#database = database
    this.#strings = new Strings(database)
    this.#sums = new Sums(database, this.#strings)
    this.#textIndex = new TextIndex(database)
    this.#kept = new KeptColumns(database)
    this.#writer = new Writer(database, this.#strings, this.#sums, this.#textIndex, this.#kept)
    this.#keeper = new Keeper(database, this.#strings, this.#kept)
    this.#rows = new RowReader(database, this.#strings)
    this.#tags = tags
    this.#guard = new IndexGuard(file, database, () => this.close())
    this.known = new KnownEntries(database, this.#guard)
    this.#revision = database.prepare<[], number>(`SELECT value FROM meta WHERE name = 'revision'`).pluck()
  }

  close(): void {
    this.#database.close()
    this.#tags.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Rises with every change of the entries, whoever made it. */
  get revision(): number {
    return this.#guard.run(() => this.#revision.get()!)
  }

  count(): number {
    return this.#guard.run(() => this.#sums.count().entries)
  }

  /** All of the API's summary but the strays, which only the store knows. */
  summary(): Omit<StoreSummary, 'strays'> {
    return this.#guard.run(() => this.#sums.summary())
  }

  /** Arguments of the calls of a function, in the order of its signature; an unknown function has none. */
  argumentColumns(func: string, module: string): ArgumentColumn[] {
    return this.#guard.run(() => this.#sums.argumentColumns(func, module))
  }

  /** What there is inside arguments and outputs of a function; an unknown function has nothing. */
  insideColumns(func: string, module: string): InsideColumn[] {
    return this.#guard.run(() => this.#sums.insideColumns(func, module))
  }

  /** Sums over superseded calls, duplicates and misplaced entries, which `is:` of a filter finds. */
  states(): EntryStates {
    return this.#guard.atOneMoment(() => this.#currentColumns().states().sums())
  }

  // ---- searching ----------------------------------------------------------------------------------

  /**
   * Finds and sorts. Absent values come last in both directions, equal ones go by key.
   *
   * @throws AppError BAD_QUERY (with `data.column`), USAGE for an unknown sort column.
   */
  search(query: string, sort: readonly SortKey[] = [], nowSeconds = Date.now() / 1000): SearchResult {
    const parsed = parseQuery(query)
    startRegexClock()
    const result = this.#guard.atOneMoment(() => {
      const columns = this.#currentColumns()
      let ids = findIds(this.#compile(parsed, nowSeconds), columns, this.#database)
      for (const { column, descending } of sort.toReversed()) {
        ids = sortByRank(ids, columns.rank(column), descending)
      }
      return this.#results.add(ids, columns)
    })
    const { id, entries, bytes, computeSeconds, revision } = result
    return { id, entries, bytes, computeSeconds, revision }
  }

  /** Whether a result of this id is kept here. */
  hasResult(id: string): boolean {
    return this.#results.has(id)
  }

  /**
   * Rows `[from, to)` of a result, at most `pageRowsLimit`, with previews of the named arguments. An entry
   * that is gone since has a row with an empty key and a problem.
   *
   * @throws AppError NOT_FOUND if the result is not kept any more.
   */
  rows(resultId: string, from: number, to: number, argumentNames: readonly string[] = []): RowPage {
    const { ids } = this.#results.get(resultId)
    const start = Math.max(0, from)
    const page = ids.subarray(start, Math.min(to, start + pageRowsLimit))
    return this.#guard.run(() => ({
      from: start,
      rows: withTags(this.#rows.read(page, argumentNames), this.#tags),
      entries: ids.length,
    }))
  }

  /** The row number of a key in a result, or null. */
  position(resultId: string, key: ShownKey): number | null {
    const { ids } = this.#results.get(resultId)
    const [found] = this.known.ofKeys([parseKey(key)]).values()
    const row = found ? ids.indexOf(found.id) : -1
    return row < 0 ? null : row
  }

  /** Sums over selected rows, with sizes and times of now. */
  totals(resultId: string, ranges: Ranges): SelectionTotals {
    const { ids } = this.#results.get(resultId)
    return this.#guard.atOneMoment(() => selectionTotals(ids, this.#currentColumns(), ranges))
  }

  /** Shown keys of selected rows, in order, without those that are gone. */
  keys(resultId: string, ranges: Ranges, limit: number): ShownKey[] {
    const { ids } = this.#results.get(resultId)
    return this.#guard.run(() => this.#rows.keys(idsInRanges(ids, ranges, limit)).map(showKey))
  }

  /** One entry by its key. */
  row(key: ShownKey): Row | undefined {
    const row = this.#guard.run(() => this.#rows.readKey(parseKey(key)))
    return row && withTags([row], this.#tags)[0]
  }

  /**
   * Why an entry has the key it has: what is near to it.
   *
   * @throws AppError NOT_FOUND
   */
  why(key: ShownKey): Why {
    const [database, strings, rows] = [this.#database, this.#strings, this.#rows]
    return this.#guard.atOneMoment(() =>
      whyOf(key, { database, strings, rows, columns: this.#currentColumns() }),
    )
  }

  /**
   * Sums of all kinds over the entries that a filter finds; kept for a minute, as ages go on.
   *
   * @throws AppError BAD_QUERY
   */
  overview(query: string, nowSeconds = Date.now() / 1000): Overview {
    return this.#summing(nowSeconds, (source) => {
      const asked = `${versionOf(this.#tags)} ${query}`
      return this.#overviews.of(asked, nowSeconds, () => overviewOf(query, source))
    })
  }

  /**
   * The entries that a filter finds by two of their numbers.
   *
   * @throws AppError BAD_QUERY, USAGE for what is no field.
   */
  points(request: PointsRequest, nowSeconds = Date.now() / 1000): Points {
    return this.#summing(nowSeconds, (source) => pointsOf(request, source))
  }

  /**
   * What of these entries can be drawn.
   *
   * @throws AppError BAD_QUERY
   */
  pointFields(query: string, nowSeconds = Date.now() / 1000): PointFields {
    return this.#summing(nowSeconds, (source) =>
      pointFieldsOf(new Narrowing(query, source), source, this.#sums),
    )
  }

  /**
   * Keys and fields of rows `[from, to)` of a result, as in `points/table.ts`; at most `pageRowsLimit` of them.
   *
   * @throws AppError NOT_FOUND if the result is not kept any more, USAGE for what is no field.
   */
  cells(resultId: string, fields: readonly string[], from: number, to: number): string[][] {
    const { ids } = this.#results.get(resultId)
    const page = ids.subarray(from, Math.min(to, from + pageRowsLimit))
    return this.#summing(Date.now() / 1000, (source) => cellsOf(page, fields, source))
  }

  /** Makes sums of the state of one moment. */
  #summing<Answer>(nowSeconds: number, sum: (source: SumSource) => Answer): Answer {
    const [database, strings] = [this.#database, this.#strings]
    const compile = (text: string): Filter => this.#compile(parseQuery(text), nowSeconds)
    startRegexClock()
    return this.#guard.atOneMoment(() =>
      sum({ database, strings, columns: this.#currentColumns(), nowSeconds, compile }),
    )
  }

  /**
   * What could stand at the caret of a filter text, with the number of entries that have it.
   *
   * @param caret UTF-16 units before it
   */
  complete(text: string, caret: number, limit: number): Completion {
    const [database, strings] = [this.#database, this.#strings]
    const compile = (query: Query): Filter => this.#compile(query, Date.now() / 1000)
    return this.#guard.atOneMoment(() => {
      const columns = this.#currentColumns()
      const tags = (): readonly TagCount[] => this.#tags.list()
      const source = new CatalogCompletions({ database, strings, columns, compile, tags })
      return complete(text, caret, source, limit)
    })
  }

  /** Tags that are used in this cache, by name. */
  tags(): TagCount[] {
    return this.#tags.list()
  }

  /** Tags of some entries, with how many of these have each. */
  tagsAmong(keys: readonly Uint8Array[]): TagCount[] {
    return this.#tags.among(keys)
  }

  /**
   * Puts tags on entries and takes others off; answers how many are different now. They are kept by key, apart from the
   * index, and stay for keys that leave the cache: what undo brings back has its tags.
   *
   * @throws AppError USAGE for what is no tag, REFUSED
   */
  tag(keys: readonly Uint8Array[], change: TagChange): number {
    this.#overviews.clear()
    return this.#tags.change(keys, change)
  }

  /**
   * The terms of a filter that must all hold, with what each finds by itself and what there is without it.
   *
   * @throws AppError BAD_QUERY
   */
  terms(text: string, nowSeconds = Date.now() / 1000): CountedTerm[] {
    const terms = parseTerms(text)
    const compile = (query: Query): Filter => this.#compile(query, nowSeconds)
    startRegexClock()
    return this.#guard.atOneMoment(() =>
      countTerms(terms, { database: this.#database, columns: this.#currentColumns(), compile }),
    )
  }

  #compile(query: Query, nowSeconds: number): Filter {
    return compileQuery(query, {
      nowSeconds,
      stringId: (text) => this.#strings.find(text),
      stringIds: (matches) => this.#strings.idsWhere(matches),
      textSelection: (sought, place) => this.#textIndex.selection(sought, place),
      // The keys are part of what is asked: another set of them is another question.
      tagSelection: (matches) => ({
        sql: 'SELECT id FROM entries WHERE key IN (SELECT unhex(value) FROM json_each(?))',
        parameters: [this.#tags.keysWhere(matches)],
      }),
    })
  }

  // ---- what the indexer writes ---------------------------------------------------------------------

  /** Writes a batch in one transaction. `removed`: how many of `remove` were there. */
  write(batch: CatalogBatch): { removed: number } {
    return this.#guard.run(() => ({ removed: this.#writer.write(batch) }))
  }

  /** Takes up to `rows` more entries into the text index; 0: it is complete. Searching works without, slower. */
  indexTexts(rows: number): number {
    return this.#guard.run(() => this.#textIndex.step(rows))
  }

  /**
   * Keeps a column in the index that searching, sorting and summing then need not gather from all rows; false: there is
   * none left to keep. Everything works without, slower.
   */
  keepColumn(limits?: Partial<KeepLimits>): boolean {
    return this.#guard.run(() => this.#keeper.step(() => this.#revision.get()!, limits))
  }

  #currentColumns(): Columns {
    const revision = this.#revision.get()!
    if (this.#columns?.revision !== revision) {
      this.#columns = new Columns(this.#database, this.#strings, this.#kept, revision)
      this.#overviews.clear()
    }
    return this.#columns
  }
}
