import type { Database } from 'better-sqlite3'

/** Beyond this the cache is emptied: a cache whose texts are all different must not fill the memory. */
const cacheLimit = 50_000

/**
 * Texts that repeat, as numbers. A text keeps its number for ever, so that caches stay true whoever
 * writes. A number written in a transaction that failed must be forgotten: `clear`.
 */
export class Strings {
  readonly #ids = new Map<string, number>()
  readonly #texts = new Map<number, string>()
  readonly #select
  readonly #selectText
  readonly #insert
  readonly #all

  constructor(database: Database) {
    this.#select = database.prepare<[string], number>('SELECT id FROM strings WHERE text = ?').pluck()
    this.#selectText = database.prepare<[number], string>('SELECT text FROM strings WHERE id = ?').pluck()
    this.#insert = database.prepare<[string]>('INSERT INTO strings (text) VALUES (?)')
    this.#all = database.prepare<[], [number, string]>('SELECT id, text FROM strings').raw()
  }

  /** The number of a text, if it has one. */
  find(text: string): number | undefined {
    const known = this.#ids.get(text)
    if (known !== undefined) return known
    const id = this.#select.get(text)
    if (id !== undefined) this.#remember(id, text)
    return id
  }

  /** The number of a text, given now if need be. Only inside a writing transaction. */
  intern(text: string): number {
    const known = this.find(text)
    if (known !== undefined) return known
    const id = Number(this.#insert.run(text).lastInsertRowid)
    this.#remember(id, text)
    return id
  }

  text(id: number | null): string | undefined {
    if (id === null) return undefined
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    const text = this.#selectText.get(id)
    if (text !== undefined) this.#remember(id, text)
    return text
  }

  idsWhere(matches: (text: string) => boolean): number[] {
    const ids: number[] = []
    for (const [id, text] of this.#all.iterate()) if (matches(text)) ids.push(id)
    return ids
  }

  /** All numbers with their texts. */
  all(): [number, string][] {
    return this.#all.all()
  }

  clear(): void {
    this.#ids.clear()
    this.#texts.clear()
  }

  #remember(id: number, text: string): void {
    if (this.#ids.size >= cacheLimit) this.clear()
    this.#ids.set(text, id)
    this.#texts.set(id, text)
  }
}
