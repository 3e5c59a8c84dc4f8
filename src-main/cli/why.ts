import type { NearCall, Why } from '../../shared/api/why.ts'
import { openCatalog } from './opened-catalog.ts'
import type { Output } from './output.ts'
import { paint, standardOutput, tableLines, timeText } from './output.ts'
import type { ExitCode } from './program.ts'

/** Tells why an entry has its key, by what is near to it. 1 if a newer entry of the same call exists. */
export async function runWhy(target: string, key: string, options: { json?: boolean }): Promise<ExitCode> {
  await using opened = await openCatalog(target)
  const why = opened.catalog.why(key)
  const output = standardOutput()
  if (options.json) await output.write(JSON.stringify(why) + '\n')
  else await writeWhy(why, output)
  return why.newerKey === undefined ? 0 : 1
}

async function writeWhy(why: Why, output: Output): Promise<void> {
  await output.write(paint(output, 'bold', why.row.call ?? why.row.key) + '\n')
  for (const { sentence } of why.reasons) await output.write(`\n${sentence}\n`)
  if (why.sameCall.rows.length > 0) {
    const columns = [
      { title: 'same call, other key' },
      { title: 'run at (UTC)' },
      { title: 'hashcache' },
      { title: 'user' },
    ]
    const cells = why.sameCall.rows.map(({ key, runAtSeconds, version, user }) => [
      key,
      timeText(runAtSeconds),
      version ?? '',
      user ?? '',
    ])
    await output.write('\n')
    for (const line of tableLines(output, columns, cells)) await output.write(line)
  }
  if (why.nearest.length > 0) {
    const columns = [{ title: 'nearest calls' }, { title: 'run at (UTC)' }, { title: 'differs in' }]
    const cells = why.nearest.map((call) => [
      call.row.key,
      timeText(call.row.runAtSeconds),
      differenceText(call),
    ])
    await output.write('\n')
    for (const line of tableLines(output, columns, cells)) await output.write(line)
  }
}

function differenceText({ differing }: NearCall): string {
  return differing
    .map(({ name, here, there }) => `${name}: ${here?.preview ?? 'absent'} → ${there?.preview ?? 'absent'}`)
    .join(', ')
}
