import { MemorySource } from '../../model/source.ts'
import type { EntryFacts } from '../../model/record.ts'
import { readPickle } from '../../pickle/read.ts'
import { pythonLiteral } from '../../render/python.ts'
import { bytesText, floatText } from '../../value/python-text.ts'
import type { Value } from '../../value/value.ts'
import type { StoredKey } from './keys.ts'

const keyCharacters = 300
const argumentCharacters = 300
const argumentsAtMost = 100

type KeyFacts = Pick<EntryFacts, 'func' | 'module' | 'args' | 'keyText'>

/**
 * What a key that is no text says: the key as Python writes it and, of one that `memoize` made, the call. Such a key is
 * a tuple of the function's full name, the arguments by place, None, then names and values of the others in the
 * order of their names, then types if it is `typed` (diskcache/core.py `args_to_key`).
 */
export function keyFacts(key: StoredKey): KeyFacts {
  if (key.kind === 'str') return {}
  if (key.kind === 'int') return { keyText: String(key.number) }
  if (key.kind === 'float') return { keyText: floatText(key.number) }
  if (key.kind === 'bytes') return { keyText: bytesText(key.bytes) }
  const source = new MemorySource(key.bytes)
  const { root, problem } = readPickle(source)
  if (!root || problem) return {}
  const literal = (value: Value, maxCharacters: number): string =>
    pythonLiteral(value, { source, maxCharacters })
  const call = root.kind === 'tuple' ? callOf(root.items) : undefined
  if (!call) return { keyText: literal(root, keyCharacters) }
  return {
    keyText: literal(root, keyCharacters),
    func: call.func,
    module: call.module,
    args: call.args.map(([name, value]) => ({ name, text: literal(value, argumentCharacters) })),
  }
}

interface Call {
  readonly func: string
  readonly module: string
  readonly args: readonly (readonly [name: string, value: Value])[]
}

function callOf([first, ...items]: readonly Value[]): Call | undefined {
  const fullName = first?.kind === 'str' ? first.value : ''
  const [, module, func] = /^([\p{L}_][\p{L}\p{N}_.<>]*)\.([\p{L}_<][\p{L}\p{N}_>]*)$/u.exec(fullName) ?? []
  if (module === undefined || func === undefined) return undefined
  for (const [place, item] of items.slice(0, argumentsAtMost).entries()) {
    if (item.kind !== 'none') continue
    const named = namedArguments(items.slice(place + 1), place)
    if (!named) continue
    const placed = items.slice(0, place).map((value, index) => [`arg${index}`, value] as const)
    return { func, module, args: [...placed, ...named] }
  }
  return undefined
}

/**
 * The pairs behind the None, if that is what stands there; an argument may be None too. With `typed` a type for each
 * argument follows: of 3 n + `placed` items, 2 n are pairs.
 */
function namedArguments(items: readonly Value[], placed: number): [string, Value][] | undefined {
  const typed = (items.length - placed) / 3
  return (
    pairsOf(items) ?? (Number.isInteger(typed) && typed >= 0 ? pairsOf(items.slice(0, 2 * typed)) : undefined)
  )
}

function pairsOf(items: readonly Value[]): [string, Value][] | undefined {
  if (items.length % 2 !== 0) return undefined
  const pairs: [string, Value][] = []
  for (let i = 0; i < items.length; i += 2) {
    const name = items[i]!
    const before = pairs.at(-1)?.[0]
    if (name.kind !== 'str' || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name.value)) return undefined
    if (before !== undefined && before >= name.value) return undefined
    pairs.push([name.value, items[i + 1]!])
  }
  return pairs
}
