import type { BytesRef, Value } from '../../value/value.ts'

/**
 * A tree as one line for tests: Python's spelling of plain values; objects as
 * `made:callee(args)` with their state and items behind; `^n` is the n-th ancestor.
 */
export function outline(value: Value | undefined): string {
  return value ? write(value, []) : 'nothing'
}

function write(value: Value, ancestors: readonly Value[]): string {
  const cycle = ancestors.indexOf(value)
  if (cycle >= 0) return `^${cycle + 1}`
  const inner = (one: Value) => write(one, [value, ...ancestors])
  const many = (items: readonly Value[]) => items.map(inner).join(', ')
  const pairs = (keys: readonly Value[], values: readonly Value[]) =>
    keys.map((key, i) => `${inner(key)}: ${inner(values[i]!)}`).join(', ')
  switch (value.kind) {
    case 'none':
      return 'None'
    case 'bool':
      return value.value ? 'True' : 'False'
    case 'int':
      return typeof value.value === 'bigint' ? `${value.value}n` : String(value.value)
    case 'float':
      return Object.is(value.value, -0) ? '-0.0' : `${value.value}f`
    case 'str':
      return JSON.stringify(value.value)
    case 'bytes':
    case 'bytearray':
      return `${value.kind}${reference(value.bytes)}`
    case 'list':
      return `[${many(value.items)}]`
    case 'tuple':
      return `(${many(value.items)})`
    case 'set':
    case 'frozenset':
      return `${value.kind}{${many(value.items)}}`
    case 'dict':
      return `{${pairs(value.keys, value.values)}}`
    case 'global':
      return `${value.module}.${value.name}`
    case 'object': {
      const parts = [`${value.made}:${inner(value.callee)}(${many(value.args)})`]
      if (value.kwargs) parts.push(`kwargs=${inner(value.kwargs)}`)
      if (value.state) parts.push(`state=${inner(value.state)}`)
      if (value.listItems) parts.push(`list=[${many(value.listItems)}]`)
      if (value.dictKeys) parts.push(`dict={${pairs(value.dictKeys, value.dictValues ?? [])}}`)
      return parts.join(' ')
    }
    case 'ndarray': {
      const problem = value.problem ? ` ${value.problem.code}` : ''
      const data = value.data ? ` ${reference(value.data)}` : ''
      const items = value.items ? ` [${many(value.items)}]` : ''
      return `ndarray(${value.shape.join('×')} ${value.order}${data}${items}${problem})`
    }
    case 'persistent':
      return `persistent(${inner(value.id)})`
    case 'extension':
      return `extension(${value.code})`
    case 'buffer':
      return value.readonly ? 'readonly-buffer' : 'buffer'
    default:
      return `cut(${value.problem.code})`
  }
}

function reference(bytes: BytesRef): string {
  return bytes.inline ? `<${bytes.inline.join(' ')}>` : `@${bytes.at}+${bytes.length}`
}
