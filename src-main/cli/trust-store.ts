import { AppError } from '../../shared/model/errors.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import type { Problem } from '../../shared/model/errors.ts'
import type { Store } from '../../shared/stores/contract.ts'
import type { TrustReport, Verdict } from '../../shared/trust/trust.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { entryTrust } from '../engine/values/trust.ts'
import { openCatalog, searchRows } from './opened-catalog.ts'
import type { Output } from './output.ts'
import { tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

export interface TrustOptions {
  readonly query?: string
  readonly json?: boolean
}

export const verdictWords = {
  data: 'plain data',
  known: 'known names only',
  unknown: 'not known safe',
  broken: 'damaged or cut',
} as const

/** Names and calls beyond this many are left out: a hostile store may have any number of them. */
const namesAtMost = 10_000
/** Entries that a person is shown one by one. */
const listedEntries = 20

/** Something that entries have in common: how many have it, and one that does. */
type Common<What> = What & { entries: number; readonly example: string }

interface NamedImport {
  readonly module: string
  readonly name: string
  readonly what: 'known' | 'unknown'
  readonly why: string | undefined
}

interface NamedCall {
  readonly callee: string
  readonly how: string
  readonly args: string
  readonly why: string | undefined
}

interface Notable {
  readonly key: string
  readonly verdict: Verdict
  readonly sentence: string
  readonly problem: Problem | undefined
}

/** Adds up the reports of many entries. */
class Sums {
  readonly verdicts: Record<Verdict, number> = { data: 0, known: 0, unknown: 0, broken: 0 }
  readonly #imports = new Map<string, Common<NamedImport>>()
  readonly #calls = new Map<string, Common<NamedCall>>()
  readonly #warnings = new Map<string, Common<{ readonly sentence: string }>>()
  readonly notable: Notable[] = []

  add(key: string, { verdict, imports, calls, warnings, problem, sentence }: TrustReport): void {
    this.verdicts[verdict]++
    if (verdict === 'unknown' || verdict === 'broken') this.notable.push({ key, verdict, sentence, problem })
    for (const { module, name, what, why } of imports) {
      count(this.#imports, JSON.stringify([module, name]), key, { module, name, what, why })
    }
    const seen = new Set<string>()
    for (const { callee, how, args, what, why } of calls) {
      const id = JSON.stringify([callee, how, why])
      if (what === 'known' || seen.has(id)) continue
      seen.add(id)
      count(this.#calls, id, key, { callee, how, args, why })
    }
    for (const text of new Set(warnings.map((warning) => warning.sentence))) {
      count(this.#warnings, text, key, { sentence: text })
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
}

function byEntries<What>(map: ReadonlyMap<string, Common<What>>): Common<What>[] {
  return [...map.values()].toSorted((a, b) => b.entries - a.entries)
}

function count<What>(map: Map<string, Common<What>>, id: string, example: string, what: What): void {
  const known = map.get(id)
  if (known) known.entries++
  else if (map.size < namesAtMost) map.set(id, { ...what, entries: 1, example })
}

/** The report of a store, or of the entries that match. */
export async function trustOfStore(target: string, options: TrustOptions, output: Output): Promise<ExitCode> {
  await using opened = await openCatalog(target)
  const sums = new Sums()
  for (const { key } of searchRows(opened.catalog, { query: options.query })) {
    const report = await reportOrGone(opened.store, key)
    if (report) sums.add(key, report)
  }
  if (options.json) await output.write(JSON.stringify(jsonOf(opened.store.location, sums)) + '\n')
  else await writeSums(sums, output)
  return sums.notable.length > 0 ? 1 : 0
}

/** `undefined` for an entry that went away since it was listed; one that cannot be read is damaged. */
async function reportOrGone(store: Store, key: string): Promise<TrustReport | undefined> {
  try {
    return await entryTrust(store, key)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    if (thrown.code === 'NOT_FOUND') return undefined
    if (thrown.code !== 'REFUSED') throw thrown
    return {
      verdict: 'broken',
      sentence: thrown.message,
      imports: [],
      calls: [],
      warnings: [],
      importCount: 0,
      callCount: 0,
      unknownCount: 0,
      problem: { code: 'UNREADABLE', sentence: thrown.message },
    }
  }
}

function jsonOf(store: string, sums: Sums): Record<string, unknown> {
  const withKey = (row: { readonly example: string }): object => ({
    ...row,
    example: jsonKey(parseKey(row.example)),
  })
  return {
    store,
    entries: sums.total,
    verdicts: sums.verdicts,
    imports: sums.imports.map(withKey),
    calls: sums.calls.map(withKey),
    warnings: sums.warnings.map(withKey),
    notable: sums.notable.map(({ key, ...rest }) => ({ key: jsonKey(parseKey(key)), ...rest })),
  }
}

async function writeSums(sums: Sums, output: Output): Promise<void> {
  const { data, known, unknown, broken } = sums.verdicts
  await output.write(
    `${sums.total} entries: ${data} ${verdictWords.data}, ${known} ${verdictWords.known}, ${unknown} ${verdictWords.unknown}, ${broken} ${verdictWords.broken}\n`,
  )
  await writeTable(
    output,
    ['import', 'entries', 'known', 'example'],
    sums.imports.map(({ module, name, entries, why, example }) => [
      visibleText(`${module}.${name}`),
      String(entries),
      why === undefined ? 'yes' : `no: ${why}`,
      why === undefined ? '' : example,
    ]),
  )
  await writeTable(
    output,
    ['call that is not known', 'entries', 'example', 'why'],
    sums.calls.map(({ callee, args, entries, example, why }) => [
      `${callee}(${args})`,
      String(entries),
      example,
      why ?? '',
    ]),
  )
  for (const { sentence, example } of sums.warnings) await output.write(`\n${sentence} (${example})\n`)
  const { notable } = sums
  await writeTable(
    output,
    ['entry', 'verdict', 'problem'],
    notable
      .slice(0, listedEntries)
      .map(({ key, verdict, problem }) => [key, verdictWords[verdict], problem?.sentence ?? '']),
  )
  if (notable.length > listedEntries)
    await output.write(`… and ${notable.length - listedEntries} more; all of them with --json\n`)
}

async function writeTable(
  output: Output,
  titles: readonly string[],
  cells: readonly string[][],
): Promise<void> {
  if (cells.length === 0) return
  await output.write('\n')
  const columns = titles.map((title) => ({
    title,
    align: title === 'entries' ? ('right' as const) : ('left' as const),
  }))
  for (const line of tableLines(output, columns, cells)) await output.write(line)
}
