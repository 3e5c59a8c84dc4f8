import type { Problem } from '../model/errors.ts'
import type { TrustCall, TrustReport, Verdict } from './trust.ts'

/** Names and calls beyond this many are only counted: a hostile store may have any number of them. */
const namesAtMost = 10_000
/** No more than so many are told apart. */
const countedAtMost = 1_000_000

/** Something that entries have in common: how many have it, and the first keys of them. */
export type Common<What> = What & { entries: number; readonly keys: string[] }

export interface NamedImport {
  readonly module: string
  readonly name: string
  readonly what: 'known' | 'unknown'
  readonly why: string | undefined
}

export interface NamedCall {
  readonly callee: string
  readonly how: TrustCall['how']
  readonly args: string
  readonly why: string | undefined
}

export interface NotableEntry {
  readonly key: string
  readonly verdict: Verdict
  readonly sentence: string
  readonly problem: Problem | undefined
}

/** Adds up the reports of many entries. */
export class TrustSums {
  readonly verdicts: Record<Verdict, number> = { data: 0, known: 0, unknown: 0, broken: 0 }
  readonly #notableAtMost: number
  readonly #imports: Tally<NamedImport>
  readonly #calls: Tally<NamedCall>
  readonly #warnings: Tally<{ readonly sentence: string }>
  /** Entries that are not known safe, damaged or cut; the first of them. */
  readonly notable: NotableEntry[] = []

  /** `examples`: keys that are kept of each thing; `notable`: entries that are kept. */
  constructor({ examples = 1, notable = 100_000 } = {}) {
    this.#notableAtMost = notable
    this.#imports = new Tally(examples)
    this.#calls = new Tally(examples)
    this.#warnings = new Tally(examples)
  }

  add(key: string, { verdict, imports, calls, warnings, problem, sentence }: TrustReport): void {
    this.verdicts[verdict]++
    const isNotable = verdict === 'unknown' || verdict === 'broken'
    if (isNotable && this.notable.length < this.#notableAtMost)
      this.notable.push({ key, verdict, sentence, problem })
    for (const { module, name, what, why } of imports) {
      this.#imports.add(JSON.stringify([module, name]), key, { module, name, what, why })
    }
    const seen = new Set<string>()
    for (const { callee, how, args, what, why } of calls) {
      const id = JSON.stringify([callee, how, why])
      if (what === 'known' || seen.has(id)) continue
      seen.add(id)
      this.#calls.add(id, key, { callee, how, args, why })
    }
    for (const text of new Set(warnings.map((warning) => warning.sentence))) {
      this.#warnings.add(text, key, { sentence: text })
    }
  }

  get total(): number {
    return Object.values(this.verdicts).reduce((sum, entries) => sum + entries, 0)
  }

  /** All of `notable`. */
  get notableCount(): number {
    return this.verdicts.unknown + this.verdicts.broken
  }

  /** All of `imports`, also those that are too many to be kept; at most a million. */
  get importCount(): number {
    return this.#imports.count
  }

  /** All of `calls`, as `importCount`. */
  get callCount(): number {
    return this.#calls.count
  }

  /** All of `warnings`, as `importCount`. */
  get warningCount(): number {
    return this.#warnings.count
  }

  /** Unknown ones first, then the most frequent. */
  get imports(): Common<NamedImport>[] {
    return this.#imports.byEntries.toSorted(
      (a, b) => Number(b.what === 'unknown') - Number(a.what === 'unknown'),
    )
  }

  /** Only those that are not known. */
  get calls(): Common<NamedCall>[] {
    return this.#calls.byEntries
  }

  get warnings(): Common<{ readonly sentence: string }>[] {
    return this.#warnings.byEntries
  }
}

/** How many entries have each of some things. */
class Tally<What> {
  readonly #examples: number
  readonly #kept = new Map<string, Common<What>>()
  /** Of those beyond, by hash: their names may be long. */
  readonly #beyond = new Set<number>()

  constructor(examples: number) {
    this.#examples = examples
  }

  /** Once for each entry that has it. */
  add(id: string, key: string, what: What): void {
    const known = this.#kept.get(id)
    if (known) {
      known.entries++
      if (known.keys.length < this.#examples) known.keys.push(key)
    } else if (this.#kept.size < namesAtMost) {
      this.#kept.set(id, { ...what, entries: 1, keys: [key] })
    } else if (this.count < countedAtMost) {
      this.#beyond.add(hashOf(id))
    }
  }

  get count(): number {
    return this.#kept.size + this.#beyond.size
  }

  get byEntries(): Common<What>[] {
    return [...this.#kept.values()].toSorted((a, b) => b.entries - a.entries)
  }
}

/** 52 bits: of a million texts two have the same one with a probability of 1 : 9,000. */
function hashOf(text: string): number {
  let high = 0x811c9dc5
  let low = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    high = Math.imul(high ^ unit, 0x01000193)
    low = Math.imul(low ^ unit, 0x85ebca6b) + high
  }
  low ^= low >>> 15
  return (high >>> 6) * 2 ** 26 + (low & 0x3ffffff)
}
