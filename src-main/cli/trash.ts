import { createInterface } from 'node:readline/promises'
import { emptyTrash, expireTrash, listTrash } from '../../shared/jobs/trash.ts'
import { AppError } from '../../shared/model/errors.ts'
import { formatBytes, formatCount } from '../../shared/model/amounts.ts'
import { readableDataFolder } from './data-folder.ts'
import { standardOutput, tableLines, timeText } from './output.ts'
import type { ExitCode } from './program.ts'

/** `hashcache trash [ls]`: what can still be brought back. */
export async function runTrashList({ json = false }: { readonly json?: boolean }): Promise<ExitCode> {
  const output = standardOutput()
  const folder = readableDataFolder()
  expireTrash(folder)
  const bins = listTrash(folder)
  if (json) {
    for (const bin of bins) await output.write(JSON.stringify(bin) + '\n')
    return 0
  }
  if (bins.length === 0) {
    await output.write('The trash is empty.\n')
    return 0
  }
  const columns = [
    { title: 'UNDO ID' },
    { title: 'ENTRIES', align: 'right' as const },
    { title: 'SIZE', align: 'right' as const },
    { title: 'SINCE' },
    { title: 'UNTIL' },
    { title: 'JOB' },
  ]
  const rows = bins.map(({ job, entries, bytes, createdAtMs, expiresAtMs, title }) => [
    job,
    formatCount(entries),
    formatBytes(bytes),
    timeText(createdAtMs / 1_000),
    timeText(expiresAtMs / 1_000),
    title,
  ])
  for (const line of tableLines(output, columns, rows)) await output.write(line)
  return 0
}

/** `hashcache trash empty [ID…] [--count N]`: the only act that cannot be undone, so the number of entries is to be typed. */
export async function runTrashEmpty(
  ids: readonly string[],
  { count, json = false }: { readonly count?: number; readonly json?: boolean },
): Promise<ExitCode> {
  const output = standardOutput()
  const jobs = ids.length === 0 ? undefined : ids
  const bins = listTrash(readableDataFolder()).filter(({ job }) => jobs?.includes(job) ?? true)
  const unknown = ids.find((id) => !bins.some(({ job }) => job === id))
  if (unknown !== undefined)
    throw new AppError(
      'NOT_FOUND',
      `The trash has nothing of job ${unknown}; "hashcache trash" lists what it has.`,
    )
  const entries = bins.reduce((sum, bin) => sum + bin.entries, 0)
  if (entries > 0) emptyTrash(readableDataFolder(), jobs, count ?? (await askCount(entries)))
  await output.write(
    json ? JSON.stringify({ deleted: entries }) + '\n' : `${entries} entries are gone for good.\n`,
  )
  return 0
}

async function askCount(entries: number): Promise<number> {
  if (!process.stdin.isTTY) {
    throw new AppError(
      'USAGE',
      `${entries} entries would be gone for good; without a terminal to ask on, --count ${entries} says that they may.`,
      { data: { entries } },
    )
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const typed = await lines.question(
      `${entries} entries will be gone for good. Type their number to go on: `,
    )
    return typed.trim() === '' ? Number.NaN : Number(typed.trim())
  } finally {
    lines.close()
  }
}
