import { queryOption } from '../../shared/api/filters.ts'
import { readBytePlace } from '../features/bytes/byte-place.ts'
import { readComparePlace } from '../features/compare/compare-place.ts'
import { formatTolerance } from '../features/compare/compare-place.ts'
import { noColor, readPlotPlace } from '../features/plot/plot-place.ts'
import type { Place } from './place.ts'

/** The command that shows an entry in a terminal, quoted for a POSIX shell. */
export function showCommand(location: string, key: string): string {
  return commandLine(['show'], location, key)
}

/** The command that shows in a terminal what the place shows, as near as there is one. */
export function commandOfPlace(place: Place, location: string): string {
  switch (place.view) {
    case 'overview':
    case 'trust':
      return commandLine([place.view, ...queryOption(place.query)], location)
    case 'compare':
      return compareCommand(place, location)
    case 'jobs': {
      const { job } = place.options
      return job === undefined ? 'hashcache jobs' : commandLine(['jobs', 'show'], job)
    }
    case 'trash':
      return 'hashcache trash'
    case 'plot':
      return plotCommand(place, location)
    case 'entries':
      return place.entry !== undefined
        ? commandLine(entryCommand(place, place.entry), location, place.entry)
        : listCommand(place, location)
  }
}

function entryCommand({ tab, options }: Place, key: string): string[] {
  if (tab === 'trust' || tab === 'why') return [tab]
  if (tab !== 'bytes') return ['show']
  const { shows, of, at } = readBytePlace(options, key)
  return [
    'bytes',
    ...(of === 'stored' ? ['--stored'] : shows === 'opcodes' ? ['--opcodes'] : []),
    ...(at === undefined ? [] : [`--at=${at}`]),
  ]
}

function listCommand({ query, sort }: Place, location: string): string {
  const order = sort.map(({ column, descending }) => `--sort=${column}${descending ? ':desc' : ''}`)
  return commandLine(['ls', ...queryOption(query), ...order], location)
}

/** Without what the command chooses as the view does. */
function plotCommand({ query, options }: Place, location: string): string {
  const { x, y, color, as } = readPlotPlace(options)
  const words = [
    ...queryOption(query),
    ...(x === undefined ? [] : [`--x=${x}`]),
    ...(y === undefined ? [] : [`--y=${y}`]),
    ...(color === undefined || color === noColor ? [] : [`--color=${color}`]),
    ...(as === 'line' ? ['--line'] : []),
  ]
  return commandLine(['points', ...words], location)
}

function compareCommand(place: Place, location: string): string {
  const {
    about,
    by,
    left = location,
    right = location,
    leftKey,
    rightKey,
    tolerance,
    find,
  } = readComparePlace(place.options)
  const amounts = formatTolerance(tolerance)
  const options = amounts === '' ? [] : [`--tolerance=${amounts}`]
  if (about === 'caches') {
    const chosen = [...(by === 'call' ? ['--by=call'] : []), ...queryOption(find)]
    return commandLine(['diff', ...options, ...chosen], left, right)
  }
  if (leftKey === undefined || rightKey === undefined) {
    const key = leftKey ?? rightKey
    return key === undefined
      ? listCommand(place, location)
      : commandLine(['why'], leftKey === undefined ? right : left, key)
  }
  const second = left === right ? [rightKey] : [right, rightKey]
  return commandLine(['diff', ...options], left, leftKey, ...second)
}

/** `targets`: positional arguments; behind `--` where one of them would be taken for an option. */
export function commandLine(words: readonly string[], ...targets: string[]): string {
  const separator = targets.some((target) => target.startsWith('-')) ? ['--'] : []
  return ['hashcache', ...words, ...separator, ...targets].map(quoted).join(' ')
}

/** Nothing in it means anything to a POSIX shell, nor to csh's history. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('=')
    ? text
    : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
