import type { ByteSource } from '../model/source.ts'
import { parseDType } from '../numpy/dtype.ts'
import type { ObjectValue, Value } from '../value/value.ts'
import { arrayView, isOutOfBand, scalarOf } from './arrays.ts'
import { atomsView } from './atoms.ts'
import {
  byteStringView,
  complexView,
  counterView,
  defaultdictView,
  dequeView,
  encodedView,
  ordereddictView,
  rangeView,
  setView,
  sliceView,
} from './builtins.ts'
import { python3Name } from './names.ts'
import { categoricalView, frameView, indexView, seriesView } from './pandas.ts'
import { timedeltaOf, timestampOf } from './pandas-time.ts'
import type { ObjectParts } from './parts.ts'
import { partsOf } from './parts.ts'
import { sparseView } from './sparse.ts'
import {
  carriedFunction,
  decimalView,
  enumByName,
  enumByValue,
  fractionView,
  pathView,
  uuidView,
} from './standard.ts'
import { datetimeView, dateView, timedeltaView, timeView, zoneView } from './times.ts'
import type { View } from './view.ts'

/**
 * The friendly view of a node. Looks at the node and the few that make it up,
 * never at what a container holds; reads at most a handful of bytes; runs
 * nothing. Only `MissingBytes` of an incomplete source passes through.
 */
export function viewOf(node: Value, source: ByteSource): View {
  switch (node.kind) {
    case 'none':
      return { kind: 'none' }
    case 'bool':
    case 'float':
    case 'int':
      return node
    case 'str':
      return { kind: 'text', value: node.value }
    case 'bytes':
    case 'bytearray':
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'dict':
    case 'persistent':
    case 'extension':
    case 'cut':
      return node
    case 'global':
      return globalView(python3Name(node.module, node.name))
    case 'buffer':
      return { kind: 'outofband' }
    case 'ndarray':
      return arrayView(node, source) ?? { kind: 'cut', problem: node.problem ?? badArray(node.start) }
    default:
      return objectView(node, source)
  }
}

function badArray(offset: number): Extract<View, { kind: 'cut' }>['problem'] {
  return { code: 'BAD_ARRAY', offset, sentence: 'The dtype or the shape of this array is not possible.' }
}

function globalView(name: { module: string; name: string }): View {
  if (name.module === 'pandas._libs.missing' && name.name === 'NA')
    return { kind: 'pandas-constant', name: 'NA' }
  if (name.module.startsWith('pandas._libs.tslibs') && name.name === 'NaT') {
    return { kind: 'pandas-constant', name: 'NaT' }
  }
  return { kind: 'global', ...name }
}

function objectView(node: ObjectValue, source: ByteSource): View {
  const parts = partsOf(node)
  const key = parts.name && parts.how !== 'change' ? lensKey(parts.name) : undefined
  const lens = key === undefined ? undefined : lenses.get(key)
  return (
    lens?.(parts, source, node) ??
    sparseView(parts, source) ??
    enumByName(node, parts) ??
    enumByValue(parts) ?? { kind: 'object', parts }
  )
}

/** Top package and name: the modules between move from version to version. */
function lensKey({ module, name }: { module: string; name: string }): string {
  const dot = module.indexOf('.')
  return `${dot < 0 ? module : module.slice(0, dot)}:${name}`
}

type Lens = (parts: ObjectParts, source: ByteSource, node: ObjectValue) => View | undefined

const array: Lens = (parts, source, node) =>
  isOutOfBand(parts) ? { kind: 'outofband' } : arrayView(node, source)
const zone: Lens = (_parts, _source, node) => zoneView(node)
const cloudpickled: Lens = (parts) => carriedFunction('cloudpickle', parts)
const constant: Lens = () => ({ kind: 'pandas-constant', name: 'NaT' })
const timestamp: Lens = (_parts, _source, node) => timestampOf(node)
const pandasTimedelta: Lens = (_parts, _source, node) => timedeltaOf(node)
const index: Lens = (_parts, source, node) => indexView(node, source)
const categorical: Lens = (_parts, source, node) => categoricalView(node, source)

const dtype: Lens = (_parts, source, node) => {
  const parsed = parseDType(node, source)
  return parsed && { kind: 'dtype', dtype: parsed }
}

const pathNames = ['PurePath', 'Path', 'PosixPath', 'PurePosixPath', 'WindowsPath', 'PureWindowsPath']

const lenses: ReadonlyMap<string, Lens> = new Map<string, Lens>([
  ['_codecs:encode', (_parts, source, node) => encodedView(node, source)],
  ['builtins:complex', complexView],
  ['builtins:set', (parts) => setView('set', parts)],
  ['builtins:frozenset', (parts) => setView('frozenset', parts)],
  ['builtins:bytes', (parts, source) => byteStringView('bytes', parts, source)],
  ['builtins:bytearray', (parts, source) => byteStringView('bytearray', parts, source)],
  ['builtins:range', rangeView],
  ['builtins:slice', sliceView],
  ['collections:OrderedDict', ordereddictView],
  ['collections:Counter', counterView],
  ['collections:defaultdict', defaultdictView],
  ['collections:deque', dequeView],
  ['datetime:datetime', datetimeView],
  ['datetime:date', dateView],
  ['datetime:time', timeView],
  ['datetime:timedelta', timedeltaView],
  ['datetime:timezone', zone],
  ['zoneinfo:ZoneInfo._unpickle', zone],
  ['zoneinfo:ZoneInfo', zone],
  ['decimal:Decimal', decimalView],
  ['_decimal:Decimal', decimalView],
  ['fractions:Fraction', fractionView],
  ['uuid:UUID', uuidView],
  ...pathNames.map((name): [string, Lens] => ['pathlib:' + name, pathView]),
  ['cloudpickle:_make_function', cloudpickled],
  ['cloudpickle:_make_skel_func', cloudpickled],
  ['cloudpickle:_fill_function', cloudpickled],
  ['dill:_create_function', (parts) => carriedFunction('dill', parts)],
  ['numpy:_reconstruct', array],
  ['numpy:_frombuffer', array],
  ['numpy:_mareconstruct', array],
  ['numpy:scalar', (_parts, source, node) => scalarOf(node, source)],
  ['numpy:dtype', dtype],
  ['pandas:DataFrame', (parts, source) => frameView(parts, source)],
  ['pandas:Series', (parts, source) => seriesView(parts, source)],
  ['pandas:_new_Index', index],
  ['pandas:_new_DatetimeIndex', index],
  ['pandas:_new_PeriodIndex', index],
  ['pandas:Categorical', categorical],
  ['pandas:__pyx_unpickle_NDArrayBacked', categorical],
  ['pandas:_unpickle_timestamp', timestamp],
  ['pandas:Timestamp', timestamp],
  ['pandas:_timedelta_unpickle', pandasTimedelta],
  ['pandas:Timedelta', pandasTimedelta],
  ['pandas:_nat_unpickle', constant],
  ['pandas:__nat_unpickle', constant],
  ['ase:Atoms', atomsView],
])
