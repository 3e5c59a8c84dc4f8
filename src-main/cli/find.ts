import { resolve } from 'node:path'
import { discoverCaches } from '../../shared/stores/discover.ts'
import type { Discovery } from '../../shared/stores/discover.ts'
import { storeTypes } from '../../shared/stores/kinds.ts'
import { formatBytes } from '../../shared/model/amounts.ts'
import { optional, paint, standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

type Found = Extract<Discovery, { type: 'found' }>
type End = Extract<Discovery, { type: 'end' }>

const limitTexts: Record<NonNullable<End['limit']>, string> = {
  depth: 'very deep folders were left out',
  entries: 'the folder holds very much and not all was looked at; find in a smaller one for the rest',
  milliseconds: 'not all was looked at within 20 s; find in a smaller folder for the rest',
  found: 'these are as many as are listed; find in a smaller folder for the rest',
  cancelled: 'stopped',
}

/** Lists the caches below a folder. 1: some could not be looked at, which stderr says. */
export async function runFind(folder: string, options: { json?: boolean }): Promise<ExitCode> {
  const output = standardOutput()
  const found: Found[] = []
  let end: End | undefined
  for await (const event of discoverCaches(resolve(folder))) {
    if (event.type === 'end') end = event
    if (event.type !== 'found') continue
    found.push(event)
    if (options.json) await output.write(JSON.stringify(lineOf(event)) + '\n')
  }
  if (!options.json) {
    const columns = [
      { title: 'kind' },
      { title: 'size', align: 'right' as const },
      { title: 'path' },
      { title: 'seen' },
    ]
    const rows = found
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ kind, path, reason, sizeBytes }) => [kind, optional(sizeBytes, formatBytes), path, reason])
    if (rows.length > 0) for (const line of tableLines(output, columns, rows)) await output.write(line)
    if (output.isTerminal || rows.length === 0)
      await output.write(
        paint(
          output,
          'dim',
          countText(found.length, 'cache') + ' in ' + countText(end?.folders ?? 0, 'folder'),
        ) + '\n',
      )
  }
  const left = [
    ...(end?.limit === undefined ? [] : [limitTexts[end.limit]]),
    ...(end && end.unreadable > 0 ? [`${countText(end.unreadable, 'folder')} could not be listed`] : []),
  ]
  for (const sentence of left) process.stderr.write(`hashcache: ${sentence}.\n`)
  return left.length === 0 ? 0 : 1
}

function lineOf({ kind, path, reason, certainty, sizeBytes }: Found): Record<string, unknown> {
  const title = storeTypes.find((type) => type.kind === kind)?.title
  return { kind, title, path, certainty, reason, sizeBytes }
}

function countText(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
