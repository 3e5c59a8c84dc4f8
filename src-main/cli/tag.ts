import type { Catalog } from '../../shared/catalog/catalog.ts'
import { AppError } from '../../shared/model/errors.ts'
import { parseKey } from '../../shared/model/keys.ts'
import { openCatalog, searchRows } from './opened-catalog.ts'
import { standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

export interface TagOptions {
  readonly query?: string
  readonly json?: boolean
}

/**
 * `hashcache tag STORE [KEY…] [--query Q] [+TAG…] [-TAG…]`: puts tags on entries and takes others off. Without a change
 * it tells which tags these entries have; of no entry, which there are in the store.
 */
export async function runTag(
  target: string,
  words: readonly string[],
  { query, json = false }: TagOptions,
): Promise<ExitCode> {
  const starting = (sign: string): string[] =>
    words.filter((word) => word.startsWith(sign)).map((word) => word.slice(1))
  const [add, remove] = [starting('+'), starting('-')]
  const named = words.filter((word) => !/^[+-]/.test(word))
  const isChange = add.length + remove.length > 0
  if (isChange && named.length === 0 && query === undefined)
    throw new AppError(
      'USAGE',
      'Say which entries: their keys, --query "func:relax", or --query "" for all of them.',
    )
  await using opened = await openCatalog(target)
  const { catalog } = opened
  const output = standardOutput()
  if (named.length === 0 && query === undefined) {
    const tags = catalog.tags()
    if (json) await output.write(JSON.stringify({ tags }) + '\n')
    else if (tags.length === 0) await output.write('No entry of this store has a tag.\n')
    else
      await writeLines(
        tags.map(({ tag, entries }) => [tag, String(entries)]),
        'ENTRIES',
      )
    return 0
  }
  const keys = chosenKeys(catalog, named, query)
  if (!isChange) {
    await writeTagged(catalog, keys, json)
    return 0
  }
  const changed = catalog.tag(keys.map(parseKey), { add, remove })
  const told = `${changed} of ${keys.length} ${keys.length === 1 ? 'entry' : 'entries'} changed.`
  await output.write(
    json ? JSON.stringify({ entries: keys.length, changed, add, remove }) + '\n' : `${told}\n`,
  )
  return 0
}

/** @throws AppError NOT_FOUND for a key that is not in the store, BAD_QUERY */
function chosenKeys(catalog: Catalog, named: readonly string[], query: string | undefined): string[] {
  const missing = named.find((key) => catalog.row(key) === undefined)
  if (missing !== undefined)
    throw new AppError(
      'NOT_FOUND',
      `There is no entry ${missing} in this store; "hashcache ls" lists them.`,
      {
        data: { key: missing },
      },
    )
  const found = query === undefined ? [] : Array.from(searchRows(catalog, { query }), ({ key }) => key)
  return [...new Set([...named, ...found])]
}

async function writeTagged(catalog: Catalog, keys: readonly string[], json: boolean): Promise<void> {
  const output = standardOutput()
  const tagged = keys.map((key) => ({ key, tags: catalog.row(key)?.tags ?? [] }))
  if (json) for (const each of tagged) await output.write(JSON.stringify(each) + '\n')
  else
    await writeLines(
      tagged.map(({ key, tags }) => [key, tags.join(' ') || '(none)']),
      'TAGS',
    )
}

async function writeLines(rows: [string, string][], title: string): Promise<void> {
  const output = standardOutput()
  const columns =
    title === 'TAGS' ? [{ title: 'KEY' }, { title }] : [{ title: 'TAG' }, { title, align: 'right' as const }]
  for (const line of tableLines(output, columns, rows)) await output.write(line)
}
