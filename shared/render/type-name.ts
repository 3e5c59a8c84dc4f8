import { dotted, looksLikeClass } from '../lenses/names.ts'
import type { QualifiedName } from '../lenses/names.ts'
import type { View } from '../lenses/view.ts'
import { dtypeName } from '../numpy/dtype.ts'
import { visibleText } from '../value/python-text.ts'

/** Python's names of the types whose view is called otherwise. */
const names: Readonly<Partial<Record<View['kind'], string>>> = {
  none: 'NoneType',
  text: 'str',
  ordereddict: 'OrderedDict',
  counter: 'Counter',
  decimal: 'Decimal',
  fraction: 'Fraction',
  uuid: 'UUID',
  zoneinfo: 'ZoneInfo',
  lambda: 'function',
  dataframe: 'DataFrame',
  series: 'Series',
  categorical: 'Categorical',
  timestamp: 'Timestamp',
  'pandas-timedelta': 'Timedelta',
  atoms: 'Atoms',
  outofband: 'buffer',
}

/**
 * The type for people: `tuple`, `float64`, `ndarray`, `DataFrame`, `csr_matrix`;
 * classes that no lens knows with their module: `labs.shapes.Job`. Characters
 * that would hide something are escaped.
 */
export function typeName(view: View): string {
  switch (view.kind) {
    case 'path':
      return view.className
    case 'enum':
      return shownName(view.className)
    case 'global':
      return looksLikeClass(view) ? 'class' : 'function'
    case 'npscalar':
      return dtypeName(view.dtype)
    case 'ndarray':
      return visibleText(lastName(view.className ?? 'ndarray'))
    case 'masked':
      return visibleText(lastName(view.className))
    case 'index':
      return visibleText(view.index.className)
    case 'pandas-constant':
      return view.name === 'NaT' ? 'NaTType' : 'NAType'
    case 'sparse':
      return view.parts.name?.name ?? 'sparse'
    case 'object':
      if (view.parts.how === 'function') return 'object'
      return view.parts.name ? shownName(view.parts.name) : 'object'
    default:
      return names[view.kind] ?? view.kind
  }
}

/** With the module, but for what is built in; nothing in it hides. */
export function shownName(name: QualifiedName): string {
  return visibleText(name.module === 'builtins' ? name.name : dotted(name))
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
