import type { Problem } from '../model/errors.ts'
import type { TrustCall, TrustReport, Verdict } from './trust.ts'

/** Names and calls beyond this many are left out: a hostile store may have any number of them. */
const namesAtMost = 10_000

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
  readonly #examples: number
  readonly #imports = new Map<string, Common<NamedImport>>()
  readonly #calls = new Map<string, Common<NamedCall>>()
  readonly #warnings = new Map<string, Common<{ readonly sentence: string }>>()
  /** Entries that are not known safe, damaged or cut. */
  readonly notable: NotableEntry[] = []

  /** `examples`: keys that are kept of each thing. */
  constructor(examples = 1) {
    this.#examples = examples
  }

  add(key: string, { verdict, imports, calls, warnings, problem, sentence }: TrustReport): void {
    this.verdicts[verdict]++
    if (verdict === 'unknown' || verdict === 'broken') this.notable.push({ key, verdict, sentence, problem })
    for (const { module, name, what, why } of imports) {
      this.#count(this.#imports, JSON.stringify([module, name]), key, { module, name, what, why })
    }
    const seen = new Set<string>()
    for (const { callee, how, args, what, why } of calls) {
      const id = JSON.stringify([callee, how, why])
      if (what === 'known' || seen.has(id)) continue
      seen.add(id)
      this.#count(this.#calls, id, key, { callee, how, args, why })
    }
    for (const text of new Set(warnings.map((warning) => warning.sentence))) {
      this.#count(this.#warnings, text, key, { sentence: text })
    }
  }

  get total(): number {
    return Object.values(this.verdicts).reduce((sum, entries) => sum + entries, 0)
  }

  /** Unknown ones first, then the most frequent. */
  get imports(): Common<NamedImport>[] {
    return byEntries(this.#imports).toSorted(
      (a, b) => Number(b.what === 'unknown') - Number(a.what === 'unknown'),
    )
  }

  /** Only those that are not known. */
  get calls(): Common<NamedCall>[] {
    return byEntries(this.#calls)
  }

  get warnings(): Common<{ readonly sentence: string }>[] {
    return byEntries(this.#warnings)
  }

  #count<What>(map: Map<string, Common<What>>, id: string, key: string, what: What): void {
    const known = map.get(id)
    if (!known) {
      if (map.size < namesAtMost) map.set(id, { ...what, entries: 1, keys: [key] })
      return
    }
    known.entries++
    if (known.keys.length < this.#examples) known.keys.push(key)
  }
}

function byEntries<What>(map: ReadonlyMap<string, Common<What>>): Common<What>[] {
  return [...map.values()].toSorted((a, b) => b.entries - a.entries)
}
