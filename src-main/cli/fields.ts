import { visibleText } from '../../shared/value/python-text.ts'
import { formatCount } from '../../shared/model/amounts.ts'
import { openCatalog } from './opened-catalog.ts'
import { paint, standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

const suggestionsListed = 1_000

/** Prints what could stand at the end of a filter text, the likeliest first. `--json`: the answer of the API. */
export async function runFields(
  target: string,
  beginning: string,
  { json }: { json?: boolean },
): Promise<ExitCode> {
  await using opened = await openCatalog(target)
  const { items, more, ...place } = opened.catalog.complete(beginning, beginning.length, suggestionsListed)
  const output = standardOutput()
  if (json) {
    await output.write(JSON.stringify({ store: opened.store.location, ...place, items, more }) + '\n')
    return 0
  }
  const columns = [
    { title: 'filter' },
    { title: 'entries', align: 'right' as const },
    { title: 'is' },
    { title: 'what' },
  ]
  const rows = items.map(({ text, entries, kind, detail }) => [
    visibleText(text),
    entries === undefined ? '' : formatCount(entries),
    kind,
    detail ?? '',
  ])
  for (const line of tableLines(output, columns, rows)) await output.write(line)
  if (more > 0)
    await output.write(paint(output, 'dim', `and ${more} more; begin the name to see them`) + '\n')
  return 0
}
