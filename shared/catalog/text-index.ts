import type { Database } from 'better-sqlite3'
import type { RegexValue } from './query/ast.ts'
import type { Condition, Sought, SoughtIn } from './query/condition.ts'
import { regexText, requiredText } from './query/regex.ts'
import { foldFor, isAscii, likePattern } from './query/text.ts'

/** With more candidates than this, reading all texts is faster than following the index. */
const candidateLimit = 20_000

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
    const match = 'text' in wanted ? containment(wanted.text, place) : regexMatch(wanted.regex, place)
    const text = 'text' in wanted ? wanted.text : requiredText(wanted.regex)
    const scan: Condition = { sql: `SELECT id FROM texts WHERE ${match.sql}`, parameters: match.parameters }
    const terms = text === undefined ? undefined : this.#trigramQuery(text)
    if (terms === undefined) return scan
    return {
      sql:
        `SELECT id FROM texts WHERE id IN (SELECT rowid FROM trigrams WHERE trigrams MATCH ?) AND ${match.sql}` +
        ` UNION ALL ${scan.sql} AND id > ?`,
      parameters: [terms, ...match.parameters, ...scan.parameters, this.#indexedTo.get()!],
    }
  }

  /** A query of all trigrams of the text, if the index can be asked for it with gain. */
  #trigramQuery(text: string): string | undefined {
    if (text.length < 3 || !isAscii(text) || this.#indexedTo.get() === 0) return undefined
    const trigrams = new Set<string>()
    for (let i = 0; i + 3 <= text.length; i++) trigrams.add(text.slice(i, i + 3))
    const query = [...trigrams]
      .slice(0, 64)
      .map((trigram) => `"${trigram.replaceAll('"', '""')}"`)
      .join(' AND ')
    return this.#candidates.get(query, candidateLimit + 1)! > candidateLimit ? undefined : query
  }
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

function inAny(place: SoughtIn, match: (text: string) => string, parameter: string): Condition {
  const texts = textsIn[place]
  return {
    sql: `(${texts.map((text) => `ifnull(${match(text)}, 0)`).join(' OR ')})`,
    parameters: texts.map(() => parameter),
  }
}

function containment(text: string, place: SoughtIn): Condition {
  if (isAscii(text)) {
    const pattern = `%${likePattern(text, false)}%`
    return inAny(place, (column) => String.raw`${column} LIKE ? ESCAPE '\'`, pattern)
  }
  return inAny(place, (column) => `instr(fold(${column}), ?)`, foldFor(text)(text))
}

function regexMatch(regex: RegexValue, place: SoughtIn): Condition {
  return inAny(place, (column) => `regex_finds(${column}, ?)`, regexText(regex))
}
