import { itemsOf } from '../numpy/nodes.ts'
import type { DictValue, ObjectValue, Value } from '../value/value.ts'
import { raisedName } from './errno.ts'
import { looksLikeClass, lookUp, nameOf } from './names.ts'
import type { QualifiedName } from './names.ts'

/**
 * An object the way `__reduce_ex__` describes it, whichever opcodes and detours
 * the stream took: the helpers of `copyreg` and the `functools.partial` of
 * protocols 2 and 3 are seen through.
 */
export interface ObjectParts {
  /** `class`: made by calling the class or its `__new__`; `function`: rebuilt by a function; `change`: see `ObjectValue.made`. */
  readonly how: 'class' | 'function' | 'change'
  /** Absent where the callee has no name, as extension codes have none. */
  readonly name?: QualifiedName
  /** The class, function or changed object as a node. */
  readonly callee: Value
  readonly args: readonly Value[]
  readonly kwargs?: DictValue
  readonly state?: Value
  readonly listItems?: readonly Value[]
  readonly dictKeys?: readonly Value[]
  readonly dictValues?: readonly Value[]
  /** True if the class was called (`REDUCE`, `INST`, `OBJ`), false if only its `__new__` was. */
  readonly called: boolean
}

export function partsOf(node: ObjectValue): ObjectParts {
  const { state, listItems, dictKeys, dictValues } = node
  const rest = { state, listItems, dictKeys, dictValues }
  if (node.made === 'build') return { how: 'change', callee: node.callee, args: [], called: false, ...rest }
  const seen = node.made === 'reduce' ? throughHelpers(node) : undefined
  const { callee, args, kwargs, called } = seen ?? { ...node, called: !node.made.startsWith('newobj') }
  const plainName = nameOf(callee)
  const name = plainName && raisedName(plainName, args)
  const isClass = !called || node.made !== 'reduce' || !name || looksLikeClass(name)
  return { how: isClass ? 'class' : 'function', name, callee, args, kwargs, called, ...rest }
}

type Call = Pick<ObjectParts, 'callee' | 'args' | 'kwargs' | 'called'>

function throughHelpers(node: ObjectValue): Call | undefined {
  const helper = nameOf(node.callee)
  if (helper?.module === 'copyreg') return throughCopyreg(helper.name, node.args)
  return node.args.length === 0 ? throughPartial(node.callee) : undefined
}

function throughCopyreg(name: string, args: readonly Value[]): Call | undefined {
  const [callee, second, third] = args
  if (!callee) return undefined
  if (name === '_reconstructor' && args.length === 3) {
    const base = second && nameOf(second)
    const isPlain = base?.module === 'builtins' && base.name === 'object'
    return { callee, args: isPlain ? [] : [third!], called: false }
  }
  if (name === '__newobj__') return { callee, args: args.slice(1), called: false }
  if (name === '__newobj_ex__' && args.length === 3) {
    return { callee, args: itemsOf(second) ?? [], kwargs: filled(third), called: false }
  }
  return undefined
}

/** `partial(getattr(cls, '__new__'), cls, *args, **kwargs)()`: how protocols 2 and 3 call `__new__` with keywords. */
function throughPartial(node: Value): Call | undefined {
  if (node.kind !== 'object') return undefined
  const partial = nameOf(node.callee)
  if (partial?.module !== 'functools' || partial.name !== 'partial') return undefined
  const [func, args, kwargs] = itemsOf(node.state) ?? []
  const all = itemsOf(args)
  const target = func && nameOf(func)
  if (!target?.name.endsWith('.__new__') || !all?.[0]) return undefined
  return { callee: all[0], args: all.slice(1), kwargs: filled(kwargs), called: false }
}

function filled(node: Value | undefined): DictValue | undefined {
  return node?.kind === 'dict' && node.keys.length > 0 ? node : undefined
}

/** A field of the object's state, which is a dict or `(dict or None, dict of slots)`. */
export function fieldOf(parts: Pick<ObjectParts, 'state'>, name: string): Value | undefined {
  if (parts.state?.kind !== 'tuple') return lookUp(parts.state, name)
  return lookUp(parts.state.items[0], name) ?? lookUp(parts.state.items[1], name)
}
