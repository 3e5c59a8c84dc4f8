import type { Row } from '../../../shared/api/contract.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { inQuotes, termOf } from './filter-text.ts'

/** Longer literals are shortened in lists, and would find nothing. */
const charactersAtMost = 60

/** `name:value` for a value that is shown as a Python literal; `undefined` of one that is shown shortened. */
export function literalTerm(name: string, literal: string): string | undefined {
  if (literal === '' || literal.length > charactersAtMost || literal.includes('…')) return undefined
  const text = pythonStringText(literal)
  return text === undefined ? termOf(nameOf(name), literal) : termOf(nameOf(name), text, true)
}

const reserved =
  /^(?:func|module|user|host|cwd|type|dtype|shape|version|key|kind|status|is|size|took|age|run|tag|text|args|output|and|or|not)$/i

/** A name as it stands in front of an operator: `output.PATH` and `NAME.PATH` as they are where they are plain. */
function nameOf(name: string): string {
  const path = name.startsWith('output.') ? name.slice('output.'.length) : undefined
  const plain = /^[\p{L}_][\p{L}\p{N}_./-]*$/u
  if (path !== undefined)
    return /^[\p{L}\p{N}_][\p{L}\p{N}_./-]*$/u.test(path) ? name : `output.${inQuotes(path)}`
  return plain.test(name) && !reserved.test(name) ? name : inQuotes(name)
}

const rowFields: Readonly<Record<string, (row: Row) => readonly [field: string, value: string | undefined]>> =
  {
    status: (row) => ['status', row.status],
    func: (row) => (row.func === undefined ? ['kind', row.kind] : ['func', row.func]),
    outputType: (row) => ['type', row.outputType],
    shape: (row) => ['shape', row.shape === '' ? undefined : row.shape],
    dtype: (row) => ['dtype', row.dtype],
    user: (row) => ['user', row.user],
    host: (row) => ['host', row.host],
    version: (row) => ['version', row.version],
    module: (row) => ['module', row.module],
    cwd: (row) => ['cwd', row.cwd],
  }

/** The term that finds the entries with the same in a column; `undefined` where nobody would want them. */
export function cellTerm(
  row: Row,
  column: { readonly id: string; readonly asks?: string },
): string | undefined {
  const { asks } = column
  if (asks !== undefined) {
    const name = asks.startsWith('out:') ? `output.${asks.slice('out:'.length)}` : asks
    return literalTerm(name, row.args?.[asks] ?? '')
  }
  const [field, value] = rowFields[column.id]?.(row) ?? []
  return field === undefined || value === undefined ? undefined : termOf(field, value)
}
