import { dotted, python3Name } from '../lenses/names.ts'
import type { QualifiedName } from '../lenses/names.ts'
import type { ByteSource } from '../model/source.ts'
import type { ObjectValue, Value } from '../value/value.ts'
import { doubtOf, gradeOf } from './known.ts'
import { dtypeDoubt, isWrapperName, wrapperDoubt } from './stream.ts'

const maxNesting = 8

/**
 * The name of what is called, as Python 3 finds it: of a `global`, and of
 * `getattr(Outer, 'Inner')`, which is how protocols below 4 spell what is nested.
 * `undefined` where only running the pickle would tell.
 */
function calleeName(node: Value): QualifiedName | undefined {
  const nested: string[] = []
  let at = node
  for (let depth = 0; depth < maxNesting; depth++) {
    if (at.kind === 'global') {
      const { module, name } = python3Name(at.module, at.name)
      return { module, name: [name, ...nested].join('.') }
    }
    if (!isGetattr(at)) return undefined
    const [target, name] = at.args
    if (!target || name?.kind !== 'str' || at.args.length !== 2) return undefined
    nested.unshift(name.value)
    at = target
  }
  return undefined
}

function isGetattr(node: Value): node is ObjectValue {
  if (node.kind !== 'object' || node.made !== 'reduce' || node.callee.kind !== 'global') return false
  if (node.state ?? node.listItems ?? node.dictKeys) return false
  const { module, name } = python3Name(node.callee.module, node.callee.name)
  return module === 'builtins' && name === 'getattr'
}

/** Why a call is not known to do nothing but build data; `undefined` if it is known. */
export function callDoubt(call: ObjectValue, source: ByteSource): string | undefined {
  if (call.made === 'build') return changeDoubt(call)
  const name = calleeName(call.callee)
  if (!name) return 'what is called only running the pickle would tell'
  return nameDoubt(name) ?? checks.get(dotted(name))?.(call, source) ?? attributesDoubt(call, name)
}

function changeDoubt({ callee }: ObjectValue): string {
  if (callee.kind === 'global') return 'it changes an object of an imported module'
  if (callee.kind === 'object')
    return 'it gives an object a state a second time, which can call what the first one set'
  return 'it changes an object that the pickle did not make'
}

function nameDoubt(name: QualifiedName): string | undefined {
  switch (gradeOf(name)) {
    case 'call':
      return undefined
    case 'name':
      return 'it is known as a value, not as something to call'
    case undefined:
      return doubtOf(name)
  }
}

/** Looks at the arguments of what is harmless only with some of them. */
type Check = (call: ObjectValue, source: ByteSource) => string | undefined

/** A function of `copyreg` and the like that is called with a class makes an object of that class. */
function classDoubt(call: ObjectValue): string | undefined {
  const [node] = call.args
  const name = node && calleeName(node)
  if (name && isWrapperName(name.name)) return wrapperDoubt(call, name.name)
  return argumentDoubt(node)
}

function argumentDoubt(node: Value | undefined): string | undefined {
  const name = node && calleeName(node)
  if (!name) return 'which class it calls only running the pickle would tell'
  const doubt = nameDoubt(name)
  return doubt && `it calls ${dotted(name)}: ${doubt}`
}

const newObject: Check = (call) => {
  if (call.args.length === 0) return 'it has no class to call'
  return classDoubt(call)
}

const reconstructor: Check = (call) => {
  if (call.args.length !== 3) return 'its arguments are not those of a class, a base and a state'
  return classDoubt(call) ?? argumentDoubt(call.args[1])
}

const nestedName: Check = (call) => {
  const name = calleeName(call)
  if (!name) return 'which attribute it takes of what only running the pickle would tell'
  return gradeOf(name) ? undefined : `it takes ${dotted(name)}: ${doubtOf(name)}`
}

const typeOf: Check = ({ args }) =>
  args.length === 1 && (args[0]?.kind === 'none' || args[0]?.kind === 'global')
    ? undefined
    : 'it makes a class'

const plainEncodings = new Set(['latin1', 'latin-1', 'ascii', 'utf8', 'utf-8'])
const encode: Check = ({ args }) => {
  const encoding = args[1]
  return args.length === 2 && encoding?.kind === 'str' && plainEncodings.has(encoding.value)
    ? undefined
    : 'it asks for an encoding that has to be looked for'
}

const generatorClass = 'numpy.random._pickle.__bit_generator_ctor'
/** The second argument is called with the first. */
const generator: Check = ({ args }) => {
  const maker = args[1]
  const name = maker && calleeName(maker)
  return args.length <= 2 && (!maker || (name && dotted(name) === generatorClass))
    ? undefined
    : 'it calls what it is given'
}
const bitGenerator: Check = (call) => {
  if (call.args.length <= 1 && call.args[0]?.kind !== 'object') {
    return call.args[0] === undefined || call.args[0].kind === 'str' ? undefined : classDoubt(call)
  }
  return 'it calls what it is given'
}

const checks: ReadonlyMap<string, Check> = new Map([
  ['builtins.getattr', nestedName],
  ['builtins.type', typeOf],
  ['_codecs.encode', encode],
  ['numpy.dtype', dtypeDoubt],
  ['copyreg.__newobj__', newObject],
  ['copyreg.__newobj_ex__', newObject],
  ['copyreg._reconstructor', reconstructor],
  ['numpy.ma.core._mareconstruct', classDoubt],
  ['numpy.random._pickle.__randomstate_ctor', generator],
  ['numpy.random._pickle.__generator_ctor', generator],
  [generatorClass, bitGenerator],
  ['pandas.core.indexes.base._new_Index', classDoubt],
  ['pandas.core.indexes.datetimes._new_DatetimeIndex', classDoubt],
  ['pandas.core.indexes.period._new_PeriodIndex', classDoubt],
])

/**
 * Loading calls methods of an object while it fills it (`append`, `extend`, `add`,
 * `__setstate__`): a state that sets such an attribute has it call something else.
 */
function attributesDoubt(call: ObjectValue, name: QualifiedName): string | undefined {
  const { state } = call
  if (isWrapperName(name.name)) return wrapperDoubt(call, name.name)
  if (attributeDicts.has(name.name) && call.dictKeys?.some(isHook)) return hookSentence
  if (state?.kind === 'dict') return state.keys.some(isHook) ? hookSentence : undefined
  if (state?.kind === 'object') return mayBeMapping(state) ? mappingSentence : undefined
  if (state?.kind !== 'tuple' || state.items.length !== 2) return undefined
  for (const part of state.items) {
    if (part.kind === 'dict' && part.keys.some(isHook)) return hookSentence
    if (part.kind === 'object' && mayBeMapping(part)) return mappingSentence
  }
  return undefined
}

const hookSentence = 'its state sets a method that loading calls'
const mappingSentence = 'which attributes its state sets only running the pickle would tell'

/** Dicts whose keys are attributes too. */
const attributeDicts = new Set(['OptimizeResult', 'Parameters'])

function isHook(key: Value): boolean {
  if (key.kind === 'object' || key.kind === 'persistent' || key.kind === 'extension') return true
  if (key.kind !== 'str') return false
  const { value } = key
  if (value === '__notes__') return false
  return value === 'append' || value === 'extend' || value === 'add' || /^__.*__$/s.test(value)
}

const mappings = new Set(
  'dict OrderedDict Counter defaultdict ChainMap UserDict OptimizeResult Parameters DataFrame Series dok_matrix dok_array _reconstructor __newobj__ __newobj_ex__'.split(
    ' ',
  ),
)

function mayBeMapping(state: ObjectValue): boolean {
  const name = calleeName(state.callee)
  return !name || mappings.has(name.name)
}
