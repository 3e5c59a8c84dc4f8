import { complexParts } from '../../../shared/api/pictures.ts'
import type { ComplexPart } from '../../../shared/numpy/numbers.ts'
import { useDesk } from '../../app/desk.ts'
import type { ValueAddress } from '../../client/queries.ts'

/** Options of the place that pictures keep for themselves begin so. */
const prefix = 'pic.'
/** What a window may look like: other texts (an address somebody wrote) are no window. */
const numbers = /^\d{1,15}(:\d{1,15})?$/
const windows: ReadonlySet<string> = new Set(['from', 'to', 'rows', 'columns'])
/** Which node of which entry the options in `placed` are about. */
const nodeOption = prefix + 'node'
/** These belong to one node; the others (how to look) stay from value to value. */
const placed: ReadonlySet<string> = new Set('from to rows columns axes index as order column turn'.split(' '))

export function complexPartOf(options: PictureOptions): ComplexPart {
  return complexParts.find((known) => known === options.get('part')) ?? 'magnitude'
}

export interface PictureOptions {
  readonly get: (name: string) => string | undefined
  /** `undefined` or empty texts are dropped from the address. */
  readonly set: (change: Readonly<Record<string, string | undefined>>) => void
}

/** What the picture of this value keeps in the address. */
export function usePictureOptions(value: ValueAddress): PictureOptions {
  const { place, navigate } = useDesk()
  const isHere = place.options[nodeOption] === nodeName(value)
  return {
    get: (name) => {
      const text = placed.has(name) && !isHere ? undefined : place.options[prefix + name]
      return text !== undefined && windows.has(name) && !numbers.test(text) ? undefined : text
    },
    set: (change) => {
      const options = isHere ? { ...place.options } : withoutPlaced(place.options)
      for (const [name, text] of Object.entries(change)) options[prefix + name] = text ?? ''
      options[nodeOption] = nodeName(value)
      navigate({ options }, 'replace')
    },
  }
}

/** The node of this value that was chosen in its tree, by its path; `also`: other options of the place to set with it. */
export function useChosenNode(
  root: ValueAddress,
): readonly [string | undefined, (path: string, also?: Readonly<Record<string, string>>) => void] {
  const { place, navigate } = useDesk()
  const path = pathOf(place.options[nodeOption], root)
  const choose = (next: string, also: Readonly<Record<string, string>> = {}): void => {
    const before = next === path ? place.options : withoutPlaced(place.options)
    const options = { ...before, ...also, [nodeOption]: nodeName({ ...root, path: next }) }
    navigate({ options }, 'replace')
  }
  return [path, choose]
}

function nodeName({ key, path }: ValueAddress): string {
  return `${path}@${key}`
}

/** The path, if the node is of this entry and within this value. */
function pathOf(name: string | undefined, { key, path }: ValueAddress): string | undefined {
  const at = name?.indexOf('@') ?? -1
  if (name === undefined || at < 0 || name.slice(at + 1) !== key) return undefined
  const found = name.slice(0, at)
  const isWithin = path === '' || found === path || found.startsWith(path + '.')
  return isWithin && /^(\d+(\.\d+)*)?$/.test(found) ? found : undefined
}

function withoutPlaced(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).filter(
      ([name]) => !(name.startsWith(prefix) && placed.has(name.slice(prefix.length))),
    ),
  )
}
