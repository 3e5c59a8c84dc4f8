import type { View } from '../lenses/view.ts'
import { dtypeName, dtypeText, shapeText } from '../numpy/dtype.ts'
import { elementText } from '../numpy/element.ts'
import { floatText, integerText, strText, visibleText } from '../value/python-text.ts'
import type { LiteralWriter } from './python.ts'
import { shownName } from './type-name.ts'

type Leaf = Exclude<
  View,
  | {
      kind: 'none' | 'bool' | 'int' | 'float' | 'complex' | 'text' | 'bytes' | 'bytearray' | 'list' | 'tuple'
    }
  | { kind: 'set' | 'frozenset' | 'dict' | 'ordereddict' | 'counter' | 'defaultdict' | 'deque' | 'slice' }
  | { kind: 'ndarray' | 'masked' | 'object' }
>

/** Literals of values that hold few or no nodes. */
export function leafLiteral(writer: LiteralWriter, view: Leaf): void {
  switch (view.kind) {
    case 'datetime':
    case 'time':
      writer.text += `datetime.${view.kind}(${clockArguments(view.iso)}`
      if (view.tzinfo) {
        writer.text += ', tzinfo='
        writer.node(view.tzinfo)
      }
      writer.text += view.fold === 1 ? ', fold=1)' : ')'
      break
    case 'enum':
      writer.text += shownName(view.className)
      if (view.value) {
        writer.nodes('(', [view.value], ')')
      } else {
        writer.text += '.' + (view.names ?? []).join('|')
      }
      break
    case 'persistent':
      writer.nodes('<persistent ', [view.id], '>')
      break
    case 'range': {
      const bounds = [view.start, view.stop].map(integerText).join(', ')
      writer.text += view.step === 1 ? `range(${bounds})` : `range(${bounds}, ${integerText(view.step)})`
      break
    }
    default:
      writer.text += plainLiteral(view)
  }
}

type Plain = Exclude<Leaf, { kind: 'datetime' | 'time' | 'enum' | 'persistent' | 'range' }>

function plainLiteral(view: Plain): string {
  switch (view.kind) {
    case 'date':
      return `datetime.date(${view.iso.split('-').map(Number).join(', ')})`
    case 'timedelta':
      return timedeltaLiteral(view.days, view.seconds, view.microseconds)
    case 'timezone':
      return timezoneLiteral(view.offsetSeconds, view.name)
    case 'zoneinfo':
      return `zoneinfo.ZoneInfo(key=${strText(view.key)})`
    case 'decimal':
      return `Decimal(${strText(view.text)})`
    case 'fraction':
      return `Fraction(${view.text.replace('/', ', ')})`
    case 'uuid':
      return `UUID(${strText(view.text)})`
    case 'path':
      return `${view.className}(${strText(view.path)})`
    case 'global':
      return shownName(view)
    case 'lambda':
      return `<function ${visibleText(view.name ?? 'without a name')} carried by ${view.library}>`
    case 'dtype':
      return visibleText(
        view.dtype.fields || view.dtype.subarray
          ? `dtype(${dtypeText(view.dtype)})`
          : `dtype('${dtypeName(view.dtype)}')`,
      )
    case 'npscalar':
      return `np.${scalarName(dtypeName(view.dtype))}(${elementText(view.element)})`
    case 'dataframe':
      return `<DataFrame ${view.table.rows} × ${view.table.columns.length}>`
    case 'series':
      return `<Series ${view.table.rows}>`
    case 'index':
      return `<${visibleText(view.index.className)} ${view.index.length}>`
    case 'categorical':
      return `<Categorical ${view.codes.size}>`
    case 'timestamp':
      return `Timestamp('${view.iso}'${view.zone === undefined ? '' : `, tz=${strText(view.zone)}`})`
    case 'pandas-timedelta':
      return `Timedelta('${view.iso}')`
    case 'pandas-constant':
      return view.name === 'NaT' ? 'NaT' : '<NA>'
    case 'sparse': {
      const stored = view.stored === undefined ? '' : `, ${view.stored} stored`
      return `<${visibleText(view.parts.name?.name ?? view.format)} ${shapeText(view.shape)}${stored}>`
    }
    case 'atoms':
      return `Atoms('${view.formula}')`
    case 'outofband':
      return '<buffer outside of the pickle>'
    case 'extension':
      return `<extension ${view.code}>`
    default:
      return `<cut: ${visibleText(view.problem.sentence)}>`
  }
}

/** `2026-11-22T06:25:07.123456+02:00` → the arguments that `datetime` or `time` were called with. */
function clockArguments(iso: string): string {
  const [date, clock] = iso.includes('T') ? iso.split('T') : ['', iso]
  const [, hour = '0', minute = '0', second = '0', fraction = ''] =
    /^(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?/.exec(clock ?? '') ?? []
  const numbers = [...(date ? date.split('-') : []), hour, minute]
  if (second !== '00' || fraction !== '') numbers.push(second)
  if (fraction !== '') numbers.push(fraction)
  return numbers.map(Number).join(', ')
}

function timedeltaLiteral(days: number, seconds: number, microseconds: number): string {
  const parts = Object.entries({ days, seconds, microseconds }).filter(([, value]) => value !== 0)
  return `datetime.timedelta(${parts.length === 0 ? '0' : parts.map(([name, value]) => `${name}=${value}`).join(', ')})`
}

function timezoneLiteral(offsetSeconds: number, name: string): string {
  if (offsetSeconds === 0 && name === 'UTC') return 'datetime.timezone.utc'
  const named = name.startsWith('UTC') ? '' : `, ${strText(name)}`
  const seconds = Number.isInteger(offsetSeconds) ? String(offsetSeconds) : floatText(offsetSeconds)
  return `datetime.timezone(datetime.timedelta(seconds=${seconds})${named})`
}

/** The scalar types that are not called as their dtype is printed. */
function scalarName(dtype: string): string {
  if (dtype.startsWith('<U')) return 'str_'
  if (dtype.startsWith('|S')) return 'bytes_'
  return /^[a-z]+\d+/.exec(dtype)?.[0] ?? (dtype === 'bool' ? 'bool' : 'void')
}
