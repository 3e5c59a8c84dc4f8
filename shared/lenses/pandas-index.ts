import type { ByteSource } from '../model/source.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import { integerOf, itemsOf } from '../numpy/nodes.ts'
import type { Value } from '../value/value.ts'
import { asArray } from './arrays.ts'
import { lookUp, nameOf } from './names.ts'
import { columnReader } from './pandas-columns.ts'
import { partsOf } from './parts.ts'
import type { Column, Index, TableCell } from './table.ts'

/** `_new_Index(class, {…})` and its kin: ranges, arrays, MultiIndex. */
export function indexOf(node: Value, source: ByteSource): Index | undefined {
  if (node.kind !== 'object') return undefined
  const parts = partsOf(node)
  if (!parts.name?.module.startsWith('pandas') || !/^_new_\w*Index$/.test(parts.name.name)) return undefined
  const [classNode, fields] = parts.args
  const fullName = classNode && nameOf(classNode)?.name
  if (!fullName || fields?.kind !== 'dict') return undefined
  const className = fullName.slice(fullName.lastIndexOf('.') + 1)
  if (className === 'MultiIndex') return multiIndex(fields, source)
  const names = [lookUp(fields, 'name')]
  if (className === 'RangeIndex') {
    const range = rangeColumn(fields)
    return range && { className, names, ...range }
  }
  const data = lookUp(fields, 'data')
  const column = data && columnReader(data, source)?.(0)
  if (!column) return undefined
  // pandas 1 stores the data of a localized DatetimeIndex without its zone only when it has none.
  return { className, names, ...column }
}

/** Of the range `(start, stop, step)`: numbers made as they are asked for. */
function rangeColumn(fields: Value): Column | undefined {
  const start = integerOf(lookUp(fields, 'start'))
  const stop = integerOf(lookUp(fields, 'stop'))
  const step = integerOf(lookUp(fields, 'step'))
  if (start === undefined || stop === undefined || !step) return undefined
  const length = Math.max(0, Math.ceil((stop - start) / step))
  return {
    dtype: 'int64',
    length,
    numbers: {
      unit: 'number',
      count: length,
      cost: (count) => count,
      read: (from, to) => Float64Array.from({ length: to - from }, (_, i) => start + (from + i) * step),
    },
    cells: (from, to) => {
      const count = Math.max(0, Math.min(to, length) - from)
      return Array.from({ length: count }, (_, i): TableCell => {
        const value = start + (from + i) * step
        return {
          kind: 'element',
          dtype: { kind: 'i', itemsize: 8, byteOrder: '<', hasObject: false },
          element: { kind: 'int', value },
        }
      })
    },
  }
}

const maxLevels = 32

/** Levels are indexes of their own; each level's codes say which of its values a row has, −1 none. */
function multiIndex(fields: Value, source: ByteSource): Index | undefined {
  const levelNodes = itemsOf(lookUp(fields, 'levels'))
  const codeNodes = itemsOf(lookUp(fields, 'codes') ?? lookUp(fields, 'labels'))
  if (!levelNodes || !codeNodes || levelNodes.length !== codeNodes.length) return undefined
  if (levelNodes.length === 0 || levelNodes.length > maxLevels) return undefined
  const levels = levelNodes.map((node) => levelOf(node, source))
  const codes = codeNodes.map((node) => codesOf(node, source))
  if (!levels.every((level) => level !== undefined) || !codes.every((code) => code !== undefined))
    return undefined
  const names = itemsOf(lookUp(fields, 'names')) ?? levels.map(() => undefined)
  const length = codes[0]!.size
  return {
    className: 'MultiIndex',
    names,
    dtype: 'object',
    length,
    levels: levels.map((level, i) => ({
      dtype: level.dtype,
      length,
      cells: (from, to) => levelCells(level, cellsOf(codes[i]!, from, Math.min(to, length))),
    })),
    cells: (from, to) => {
      const columns = levels.map((level, i) =>
        levelCells(level, cellsOf(codes[i]!, from, Math.min(to, length))),
      )
      return columns[0]!.map((_, row) => ({ kind: 'tuple', cells: columns.map((column) => column[row]!) }))
    },
  }
}

/** A level that is itself a MultiIndex does not exist in pandas, and would let a file nest without end. */
function levelOf(node: Value, source: ByteSource): Column | undefined {
  const className = node.kind === 'object' ? nameOf(partsOf(node).args[0] ?? node)?.name : undefined
  return className?.endsWith('MultiIndex') ? undefined : indexOf(node, source)
}

/** Codes are plain arrays, in old versions wrapped as a `FrozenNDArray`. */
function codesOf(node: Value, source: ByteSource) {
  return asArray(node, source)
}

function levelCells(level: Column, codes: ReturnType<typeof cellsOf>): TableCell[] {
  return codes.map((code) => {
    if (code?.kind !== 'int') return { kind: 'unread' }
    const at = Number(code.value)
    return at < 0 ? { kind: 'nan' } : (level.cells(at, at + 1)[0] ?? { kind: 'unread' })
  })
}
