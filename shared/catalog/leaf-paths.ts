import type { Database } from 'better-sqlite3'
import type { ArgumentSummary, EntryInside } from '../model/record.ts'
import { nestedName, outputName, readStoredName } from './leaf-names.ts'
import type { Strings } from './strings.ts'

/** Dicts whose keys are data must not fill the index with names: paths that are met later are left out of it. */
const pathsAtMost = 5_000

/** A scalar inside an entry with the number of the name it is stored under. */
export interface StoredLeaf {
  readonly nameId: number
  readonly leaf: ArgumentSummary
}

/** Gives names to paths inside entries, as long as there are not too many of them in one catalog. */
export class LeafPaths {
  readonly #database: Database
  readonly #strings: Strings
  #known: Map<string, number> | undefined

  constructor(database: Database, strings: Strings) {
    this.#database = database
    this.#strings = strings
  }

  /** Only inside a writing transaction. */
  store(inside: EntryInside | undefined): StoredLeaf[] {
    if (!inside) return []
    const stored: StoredLeaf[] = []
    for (const leaf of inside.nested) this.#add(stored, nestedName(leaf.name), leaf)
    for (const leaf of inside.output) this.#add(stored, outputName(leaf.name), leaf)
    return stored
  }

  /** To be called when a transaction failed that may have given names. */
  clear(): void {
    this.#known = undefined
  }

  #add(stored: StoredLeaf[], name: string, leaf: ArgumentSummary): void {
    const known = (this.#known ??= this.#read())
    let nameId = known.get(name)
    if (nameId === undefined) {
      if (known.size >= pathsAtMost) return
      nameId = this.#strings.intern(name)
      known.set(name, nameId)
    }
    stored.push({ nameId, leaf })
  }

  #read(): Map<string, number> {
    const names = this.#database
      .prepare<[], [string, number]>(
        'SELECT text, id FROM strings WHERE id IN (SELECT name FROM argument_sums)',
      )
      .raw()
      .all()
    return new Map(names.filter(([text]) => readStoredName(text).of !== 'argument'))
  }
}
