import type { Row } from '../../shared/api/contract.ts'
import { countOf, formatBytes, formatCompute, formatCount } from '../../shared/model/amounts.ts'
import { openCatalog, searchRows } from './opened-catalog.ts'
import { standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'
import { groupName, isOrdered, type StatsGroup } from './stats-groups.ts'

export interface StatsOptions {
  readonly by?: StatsGroup
  readonly json?: boolean
}

interface Group {
  readonly name: string | undefined
  readonly module?: string
  readonly order: number
  entries: number
  bytes: number
  computeSeconds: number
}

/** Counts, and with `--by` groups, the largest first. Entries without the field make a group without a name. */
export async function runStats(target: string, { by, json }: StatsOptions): Promise<ExitCode> {
  await using opened = await openCatalog(target)
  const { catalog, store } = opened
  const { functions: _functions, users: _users, ...totals } = catalog.summary()
  const groups = by ? groupsOf(searchRows(catalog, {}), by) : undefined
  const output = standardOutput()
  if (json) {
    const listed = groups?.map(({ name, module, order: _order, ...sums }) => ({
      [by!]: name,
      module,
      ...sums,
    }))
    await output.write(JSON.stringify({ store: store.location, ...totals, by, groups: listed }) + '\n')
    return 0
  }
  const { entries, bytes, computeSeconds, damaged, partial, dumps, foreign } = totals
  await output.write(
    `${countOf(entries, 'entry', 'entries')}, ${formatBytes(bytes)}, ${formatCompute(computeSeconds)} of compute\n`,
  )
  await output.write(`${damaged} damaged, ${partial} partial, ${dumps} dumps, ${foreign} foreign\n`)
  if (groups && by) {
    const columns = [by, 'entries', 'size', 'compute'].map((title, i) => ({
      title,
      align: i === 0 ? ('left' as const) : ('right' as const),
    }))
    const cells = groups.map((group) => [
      nameText(group),
      formatCount(group.entries),
      formatBytes(group.bytes),
      formatCompute(group.computeSeconds),
    ])
    await output.write('\n')
    for (const line of tableLines(output, columns, cells)) await output.write(line)
  }
  return 0
}

function nameText({ name, module }: Group): string {
  if (name === undefined) return '(none)'
  return module === undefined ? name : `${module}.${name}`
}

function groupsOf(rows: Iterable<Row>, by: StatsGroup): Group[] {
  const nowSeconds = Date.now() / 1000
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const { name, order } = groupName(row, by, nowSeconds)
    const module = by === 'func' ? row.module : undefined
    const id = JSON.stringify([name, module])
    let group = groups.get(id)
    if (!group) {
      group = { name, module, order, entries: 0, bytes: 0, computeSeconds: 0 }
      groups.set(id, group)
    }
    group.entries++
    group.bytes += row.sizeBytes ?? 0
    group.computeSeconds += row.elapsedSeconds ?? 0
  }
  const sorted = [...groups.values()]
  return isOrdered(by)
    ? sorted.toSorted((a, b) => a.order - b.order || compareNames(a.name, b.name))
    : sorted.toSorted((a, b) => b.bytes - a.bytes || compareNames(a.name, b.name))
}

function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -1 : 1
}
