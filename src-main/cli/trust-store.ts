import { verdictWords } from '../../shared/api/trust.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import { TrustSums } from '../../shared/trust/sums.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { entryTrustOrGone } from '../engine/values/trust.ts'
import { formatCount } from '../../shared/model/amounts.ts'
import { openCatalog, searchRows } from './opened-catalog.ts'
import type { Output } from './output.ts'
import { tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

export interface TrustOptions {
  readonly query?: string
  readonly json?: boolean
}

/** Entries that a person is shown one by one. */
const listedEntries = 20

/** The report of a store, or of the entries that match. */
export async function trustOfStore(target: string, options: TrustOptions, output: Output): Promise<ExitCode> {
  await using opened = await openCatalog(target)
  const sums = new TrustSums()
  for (const { key } of searchRows(opened.catalog, { query: options.query })) {
    const report = await entryTrustOrGone(opened.store, key)
    if (report) sums.add(key, report)
  }
  if (options.json) await output.write(JSON.stringify(jsonOf(opened.store.location, sums)) + '\n')
  else await writeSums(sums, output)
  return sums.notableCount > 0 ? 1 : 0
}

function jsonOf(store: string, sums: TrustSums): Record<string, unknown> {
  const withKey = ({ keys: [example = ''], ...row }: { readonly keys: readonly string[] }): object => ({
    ...row,
    example: jsonKey(parseKey(example)),
  })
  return {
    store,
    entries: sums.total,
    verdicts: sums.verdicts,
    importCount: sums.importCount,
    imports: sums.imports.map(withKey),
    callCount: sums.callCount,
    calls: sums.calls.map(withKey),
    warningCount: sums.warningCount,
    warnings: sums.warnings.map(withKey),
    notable: sums.notable.map(({ key, ...rest }) => ({ key: jsonKey(parseKey(key)), ...rest })),
  }
}

async function writeSums(sums: TrustSums, output: Output): Promise<void> {
  const { data, known, unknown, broken } = sums.verdicts
  await output.write(
    `${sums.total} entries: ${data} ${verdictWords.data}, ${known} ${verdictWords.known}, ${unknown} ${verdictWords.unknown}, ${broken} ${verdictWords.broken}\n`,
  )
  await writeTable(
    output,
    ['import', 'entries', 'known', 'example'],
    sums.imports.map(({ module, name, entries, why, keys: [example = ''] }) => [
      visibleText(`${module}.${name}`),
      formatCount(entries),
      why === undefined ? 'yes' : `no: ${why}`,
      why === undefined ? '' : example,
    ]),
  )
  await writeTable(
    output,
    ['call that is not known', 'entries', 'example', 'why'],
    sums.calls.map(({ callee, args, entries, keys: [example = ''], why }) => [
      `${callee}(${args})`,
      formatCount(entries),
      example,
      why ?? '',
    ]),
  )
  for (const {
    sentence,
    keys: [example],
  } of sums.warnings)
    await output.write(`\n${sentence} (${example})\n`)
  const { notable, notableCount } = sums
  await writeTable(
    output,
    ['entry', 'verdict', 'problem'],
    notable
      .slice(0, listedEntries)
      .map(({ key, verdict, problem }) => [key, verdictWords[verdict], problem?.sentence ?? '']),
  )
  if (notableCount > listedEntries) {
    const told = notable.length < notableCount ? `the first ${notable.length}` : 'all'
    await output.write(`… and ${notableCount - listedEntries} more; ${told} of them with --json\n`)
  }
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
