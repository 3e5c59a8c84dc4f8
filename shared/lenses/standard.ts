import { itemsOf } from '../numpy/nodes.ts'
import type { Value } from '../value/value.ts'
import { attributeOf, looksLikeClass, nameOf } from './names.ts'
import type { ObjectParts } from './parts.ts'
import { fieldOf } from './parts.ts'
import type { View } from './view.ts'

/** Decimal, Fraction, UUID, paths, enum members, carried functions. */

export function decimalView({ args }: ObjectParts): View | undefined {
  const [text] = args
  return text?.kind === 'str' ? { kind: 'decimal', text: text.value } : undefined
}

/** `Fraction('-22/7')` to Python 3.11, `Fraction(-22, 7)` later. */
export function fractionView({ args }: ObjectParts): View | undefined {
  const [numerator, denominator] = args
  if (numerator?.kind === 'str') {
    const text = numerator.value
    return /^-?\d+(\/\d+)?$/.test(text)
      ? { kind: 'fraction', text: text.includes('/') ? text : text + '/1' }
      : undefined
  }
  if (numerator?.kind !== 'int' || denominator?.kind !== 'int') return undefined
  return { kind: 'fraction', text: `${numerator.value}/${denominator.value}` }
}

export function uuidView(parts: ObjectParts): View | undefined {
  const number = fieldOf(parts, 'int')
  if (number?.kind !== 'int' || number.value < 0) return undefined
  const digits = BigInt(number.value).toString(16).padStart(32, '0')
  if (digits.length > 32) return undefined
  const text = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-')
  return { kind: 'uuid', text }
}

/** A path is stored as its parts; `str()` joins them, the anchor (`/`, `C:\`) without a separator. */
export function pathView(parts: ObjectParts): View | undefined {
  const className = parts.name!.name
  const texts = parts.args.map((arg) => (arg.kind === 'str' ? arg.value : undefined))
  if (texts.some((text) => text === undefined)) return undefined
  const separator = className.includes('Windows') ? '\\' : '/'
  const [first = '', ...rest] = texts as string[]
  const joined = rest.join(separator)
  // A drive alone is relative to its own current folder: `C:` and `x` are `C:x`.
  const isAnchor = first.endsWith(separator) || (separator === '\\' && /^[A-Za-z]:$/.test(first))
  const path = rest.length === 0 ? first : isAnchor ? first + joined : first + separator + joined
  return { kind: 'path', className, path: path === '' ? '.' : path }
}

/** Modules whose classes are no enums, though they are called with one text or number. */
const noEnums =
  /^(builtins|decimal|fractions|ipaddress|pathlib|collections|numpy|pandas|torch|re|array|functools)(\.|$)/
const noEnumNames = /(Error|Exception|Warning|Exit|Interrupt|Failure|Path|Index|Offset)$/

/** `Phase('bcc')`: a class called with nothing but one text or whole number. */
export function enumByValue(parts: ObjectParts): View | undefined {
  const { name, args, how, called } = parts
  const [value] = args
  if (how !== 'class' || !called || !name || args.length !== 1 || parts.kwargs || parts.state)
    return undefined
  if (parts.listItems || parts.dictKeys || noEnums.test(name.module) || noEnumNames.test(name.name))
    return undefined
  if (value?.kind !== 'int' && value?.kind !== 'str') return undefined
  return { kind: 'enum', className: name, value, parts }
}

/** `getattr(Phase, 'BCC')`, and for combined flags `or_(getattr(Flag, 'C'), getattr(Flag, 'A'))`. */
export function enumByName(node: Value, parts: ObjectParts): View | undefined {
  const members: { className: Value; name: string }[] = []
  if (!collectMembers(node, members)) return undefined
  const className = nameOf(members[0]!.className)
  if (!className || !looksLikeClass(className) || noEnums.test(className.module)) return undefined
  const isOne = members.every((member) => {
    const other = nameOf(member.className)
    return other?.module === className.module && other.name === className.name
  })
  return isOne ? { kind: 'enum', className, names: members.map((member) => member.name), parts } : undefined
}

const maxMembers = 64

/** Flags combine as a chain of `or_`; the left sides are walked down without recursion. */
function collectMembers(node: Value, members: { className: Value; name: string }[]): boolean {
  const pending: Value[] = [node]
  while (pending.length > 0) {
    const at = pending.pop()!
    const access = attributeOf(at)
    if (access) {
      if (!/^[A-Z][A-Z0-9_]*$/.test(access.name) || members.length >= maxMembers) return false
      members.push({ className: access.target, name: access.name })
      continue
    }
    if (at.kind !== 'object' || at.made !== 'reduce' || at.args.length !== 2) return false
    const callee = nameOf(at.callee)
    const isOr = (callee?.module === '_operator' || callee?.module === 'operator') && callee.name === 'or_'
    if (!isOr || pending.length > maxMembers) return false
    pending.push(at.args[1]!, at.args[0]!)
  }
  return members.length > 0
}

/** Functions that cloudpickle and dill rebuild from code: shown by name, never run. */
export function carriedFunction(library: 'cloudpickle' | 'dill', { args }: ObjectParts): View {
  const [code] = args
  const fields = code?.kind === 'object' ? (itemsOf(code.args[0]) ?? code.args) : []
  // The name stands behind the file name in CodeType's arguments, the second text of them.
  const texts = fields.filter((field) => field.kind === 'str')
  return { kind: 'lambda', library, name: texts[1]?.value }
}
