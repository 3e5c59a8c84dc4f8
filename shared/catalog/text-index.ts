import type { Database } from 'better-sqlite3'
import type { RegexValue } from './query/ast.ts'
import type { Condition, Sought, SoughtIn } from './query/condition.ts'
import { regexText, requiredTexts } from './query/regex.ts'
import { foldFor, isAscii, likePattern } from './query/text.ts'

/** With more candidates than this, and than this part of all, reading all texts is faster than following the index. */
const candidatesAnyway = 20_000
const candidateShare = 1 / 8

/**
 * Where a piece of text occurs in arguments and outputs: in the call and the preview of the output, and where those
 * leave something out in the whole texts, of 8,000 characters each.
 *
 * Making the trigram index costs twice as much as all the rest of a row, and a scan of a million texts is
 * some 0.2 s. So it follows behind: texts up to `meta.textTo` are in it (`step` goes on), later ones are
 * scanned. Words that are not ASCII, too short or too common are scanned for as well.
 */
export class TextIndex {
  readonly #database: Database
  readonly #indexedTo
  readonly #setIndexedTo
  readonly #insert
  readonly #delete
  readonly #pending
  readonly #candidates

  constructor(database: Database) {
    this.#database = database
    this.#indexedTo = database.prepare<[], number>(`SELECT value FROM meta WHERE name = 'textTo'`).pluck()
    this.#setIndexedTo = database.prepare(`UPDATE meta SET value = ? WHERE name = 'textTo'`)
    this.#insert = database.prepare('INSERT INTO trigrams (rowid, body) VALUES (?, ?)')
    this.#delete = database.prepare(`INSERT INTO trigrams (trigrams, rowid, body) VALUES ('delete', ?, ?)`)
    this.#pending = database.prepare<[number, number], TextRow>(
      'SELECT id, call, output, args_text, output_text FROM texts WHERE id > ? ORDER BY id LIMIT ?',
    )
    this.#candidates = database
      .prepare<[string, number], number>(
        'SELECT count(*) FROM (SELECT 1 FROM trigrams WHERE trigrams MATCH ? LIMIT ?)',
      )
      .pluck()
  }

  /** To be called, in the transaction, before a row of `texts` changes or goes… */
  forget(row: TextRow): void {
    if (row.id <= this.#indexedTo.get()!) this.#delete.run(row.id, body(row))
  }

  /** …and after it changed. */
  renew(row: TextRow): void {
    if (row.id <= this.#indexedTo.get()!) this.#insert.run(row.id, body(row))
  }

  /** Takes up to `rows` more texts into the index, in one transaction; how many they were. */
  step(rows: number): number {
    return this.#database
      .transaction(() => {
        const pending = this.#pending.all(this.#indexedTo.get()!, rows)
        for (const row of pending) this.#insert.run(row.id, body(row))
        const last = pending.at(-1)
        if (last) this.#setIndexedTo.run(last.id)
        return pending.length
      })
      .immediate()
  }

  /** A `SELECT` of the ids of entries in whose arguments or outputs something is found; words ignore case. */
  selection(wanted: Sought, place: SoughtIn): Condition {
    const texts = 'text' in wanted ? [wanted.text] : requiredTexts(wanted.regex)
    const match =
      'text' in wanted ? containment(wanted.text, place) : regexMatch(wanted.regex, place, texts ?? [])
    const scan: Condition = { sql: `SELECT id FROM texts WHERE ${match.sql}`, parameters: match.parameters }
    const terms = texts && this.#trigramQuery(texts)
    if (terms === undefined) return scan
    return {
      sql:
        `SELECT id FROM texts WHERE id IN (SELECT rowid FROM trigrams WHERE trigrams MATCH ?) AND ${match.sql}` +
        ` UNION ALL ${scan.sql} AND id > ?`,
      parameters: [terms, ...match.parameters, ...scan.parameters, this.#indexedTo.get()!],
    }
  }

  /** A query of all trigrams of one of the texts, if the index can be asked for it with gain. */
  #trigramQuery(texts: readonly string[]): string | undefined {
    const indexedTo = this.#indexedTo.get()!
    if (indexedTo === 0) return undefined
    if (texts.some((text) => text.length < 3 || !isAscii(text))) return undefined
    const query = texts.map((text) => `(${trigramsOf(text).join(' AND ')})`).join(' OR ')
    const limit = Math.max(candidatesAnyway, Math.floor(indexedTo * candidateShare))
    return this.#candidates.get(query, limit + 1)! > limit ? undefined : query
  }
}

/** As many as are worth asking for, quoted. */
function trigramsOf(text: string): string[] {
  const trigrams = new Set<string>()
  for (let i = 0; i + 3 <= text.length; i++) trigrams.add(text.slice(i, i + 3))
  return [...trigrams].slice(0, 64).map((trigram) => `"${trigram.replaceAll('"', '""')}"`)
}

interface TextRow {
  readonly id: number
  readonly call: string | null
  readonly output: string | null
  /** The whole of them, as far as it is searched, where the two above leave something out. */
  readonly args_text: string | null
  readonly output_text: string | null
}

function body({ call, output, args_text, output_text }: TextRow): string {
  const head = `${call ?? ''}\n${output ?? ''}`
  return args_text === null && output_text === null
    ? head
    : `${head}\n${args_text ?? ''}\n${output_text ?? ''}`
}

/** Texts of a row. Of the call all but the function's name, which has no parenthesis. */
const textsIn: Readonly<Record<SoughtIn, readonly string[]>> = {
  anywhere: ['call', 'output', 'args_text', 'output_text'],
  arguments: [`substr(call, instr(call, '('))`, 'args_text'],
  output: ['output', 'output_text'],
}

function inAny(place: SoughtIn, match: (column: string) => string, parameters: readonly string[]): Condition {
  const texts = textsIn[place]
  return {
    sql: `(${texts.map((text) => `ifnull(${match(text)}, 0)`).join(' OR ')})`,
    parameters: texts.flatMap(() => parameters),
  }
}

function containment(text: string, place: SoughtIn): Condition {
  if (isAscii(text)) return inAny(place, isLike, [containing(text)])
  return inAny(place, (column) => `instr(fold(${column}), ?)`, [foldFor(text)(text)])
}

function isLike(column: string): string {
  return String.raw`${column} LIKE ? ESCAPE '\'`
}

function containing(text: string): string {
  return `%${likePattern(text, false)}%`
}

/** Where one of some pieces must be in what is found, SQLite looks for them first, several times as fast. */
function regexMatch(regex: RegexValue, place: SoughtIn, required: readonly string[]): Condition {
  const finds = (column: string): string => `regex_finds(${column}, ?)`
  if (required.length === 0) return inAny(place, finds, [regexText(regex)])
  return inAny(
    place,
    (column) => `CASE WHEN ${required.map(() => isLike(column)).join(' OR ')} THEN ${finds(column)} END`,
    [...required.map(containing), regexText(regex)],
  )
}
