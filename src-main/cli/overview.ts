import type { OverviewMark } from '../../shared/api/overview.ts'
import { lookTitles } from '../../shared/api/overview.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { countOf, formatBytes, formatCompute, formatCount } from '../../shared/model/amounts.ts'
import { openCatalog } from './opened-catalog.ts'
import { paint, standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

/** Prints the sums, each with the filter that finds its entries. `--json`: the whole answer of the API. */
export async function runOverview(
  target: string,
  options: { query?: string; json?: boolean },
): Promise<ExitCode> {
  await using opened = await openCatalog(target)
  const overview = opened.catalog.overview(options.query ?? '')
  const output = standardOutput()
  if (options.json) {
    await output.write(JSON.stringify({ store: opened.store.location, ...overview }) + '\n')
    return 0
  }
  const { total, couldGo, looks, time, functions, otherFunctions, users, otherUsers } = overview
  await output.write(
    `${countOf(total.entries, 'entry', 'entries')}, ${formatBytes(total.bytes)}, ${formatCompute(total.computeSeconds)} of compute\n` +
      `${formatCount(couldGo.entries)} could go (superseded or damaged): ${formatBytes(couldGo.bytes)} for ${formatCompute(couldGo.computeSeconds)} of compute\n`,
  )
  const table = async (title: string, marks: readonly (OverviewMark & { name: string })[]): Promise<void> => {
    if (marks.length === 0) return
    const columns = [title, 'entries', 'size', 'compute', 'filter'].map((text, i) => ({
      title: text,
      align: i === 0 || i === 4 ? ('left' as const) : ('right' as const),
    }))
    const rows = marks.map(({ name, entries, bytes, computeSeconds, filter }) => [
      visibleText(name),
      formatCount(entries),
      formatBytes(bytes),
      formatCompute(computeSeconds),
      visibleText(filter),
    ])
    await output.write('\n')
    for (const line of tableLines(output, columns, rows)) await output.write(line)
  }
  const named = <Mark extends OverviewMark>(marks: readonly Mark[], nameOf: (mark: Mark) => string) =>
    marks.filter(({ entries }) => entries > 0).map((mark) => Object.assign({ name: nameOf(mark) }, mark))
  await table(
    'worth a look',
    named(looks, ({ id }) => lookTitles[id]),
  )
  await table(time.unit, [
    ...named(time.bars, ({ start }) => start),
    ...named([time.without], () => '(no time)'),
  ])
  await table('function', [
    ...named(functions, ({ func, module }) =>
      func === undefined ? '(none)' : module === undefined ? func : `${module}.${func}`,
    ),
    ...named(otherFunctions ? [otherFunctions] : [], () => '(others)'),
  ])
  await table('user', [
    ...named(users, ({ user }) => user ?? '(none)'),
    ...named(otherUsers ? [otherUsers] : [], () => '(others)'),
  ])
  if (output.isTerminal)
    await output.write(paint(output, 'dim', '\nhashcache ls STORE --query FILTER lists the entries.\n'))
  return 0
}
