import { toHex } from '../../model/bytes.ts'
import type { ByteSource } from '../../model/source.ts'
import { bytesOf, encodedLatin1 } from '../../numpy/nodes.ts'
import type { DictValue, ObjectValue, Value } from '../../value/value.ts'

/**
 * The text that `differential.py` writes of a Python object, from a tree. What the
 * older protocols spell as calls (sets, bytes, complex numbers, instances) is taken
 * for what it makes, so that all protocols give the same text.
 */
export function canonicalText(
  root: Value,
  source: ByteSource,
  extensions: ReadonlyMap<number, string>,
): string {
  const writer = new CanonicalWriter(source, extensions)
  writer.value(root)
  return writer.out.join('')
}

const renamedModules = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
])

class CanonicalWriter {
  readonly out: string[] = []
  readonly #source: ByteSource
  readonly #extensions: ReadonlyMap<number, string>
  readonly #seen = new Map<Value, number>()

  constructor(source: ByteSource, extensions: ReadonlyMap<number, string>) {
    this.#source = source
    this.#extensions = extensions
  }

  value(value: Value): void {
    switch (value.kind) {
      case 'none':
        return this.#write('None')
      case 'bool':
        return this.#write(value.value ? 'True' : 'False')
      case 'int':
        return this.#write(integerText(value.value))
      case 'float':
        return this.#write(floatText(value.value))
      case 'str':
        return this.#write(textText(value.value))
      case 'bytes':
        return this.#bytes('b', value)
      case 'tuple':
        return this.#many('(', value.items, ')')
      case 'frozenset':
        return this.#many('F{', value.items, '}')
      case 'list':
        if (this.#isFirst(value)) this.#many('[', value.items, ']')
        return
      case 'set':
        if (this.#isFirst(value)) this.#many('S{', value.items, '}')
        return
      case 'dict':
        if (this.#isFirst(value)) this.#dict(value)
        return
      case 'bytearray':
        if (this.#isFirst(value)) this.#bytes('a', value)
        return
      case 'global':
        return this.#write(`g${renamedModules.get(value.module) ?? value.module}.${value.name}`)
      case 'extension':
        return this.#write(`g${this.#extensions.get(value.code) ?? `unknown extension ${value.code}`}`)
      case 'persistent':
        this.#write('P')
        return this.value(value.id)
      case 'buffer':
        return this.#write(value.readonly ? 'BTrue' : 'BFalse')
      case 'object':
        return this.#object(value)
      default:
        throw new Error(`a ${value.kind} in a tree that should be whole`)
    }
  }

  #write(text: string): void {
    this.out.push(text)
  }

  #isFirst(value: Value): boolean {
    const known = this.#seen.get(value)
    if (known === undefined) this.#seen.set(value, this.#seen.size)
    else this.#write(`#${known}`)
    return known === undefined
  }

  #many(opening: string, items: readonly Value[], closing: string): void {
    this.#write(opening)
    for (const item of items) {
      this.value(item)
      this.#write(',')
    }
    this.#write(closing)
  }

  #pairs(keys: readonly Value[], values: readonly Value[]): void {
    this.#write('{')
    for (const [i, key] of keys.entries()) {
      this.value(key)
      this.#write(':')
      this.value(values[i]!)
      this.#write(',')
    }
    this.#write('}')
  }

  /** As Python has them: the first of equal keys with the last of their values. */
  #dict({ keys, values }: DictValue): void {
    const places = new Map<unknown, number>()
    for (const [i, key] of keys.entries()) places.set(keyIdentity(key), i)
    const isFirst = new Set<unknown>()
    const unique = keys.filter((key) => {
      const identity = keyIdentity(key)
      return !isFirst.has(identity) && isFirst.add(identity)
    })
    this.#pairs(
      unique,
      unique.map((key) => values[places.get(keyIdentity(key))!]!),
    )
  }

  #bytes(letter: string, value: Value): void {
    const bytes = bytesOf(value, this.#source)
    if (!bytes) throw new Error('bytes that are not there')
    this.#write(letter + toHex(bytes))
  }

  #object(value: ObjectValue): void {
    const { callee, args } = value
    const name = callee.kind === 'global' && value.made === 'reduce' ? callee.name : ''
    const module = callee.kind === 'global' ? (renamedModules.get(callee.module) ?? callee.module) : ''
    if (module === 'copyreg' && name === '_reconstructor') return this.#reconstructed(value)
    if (encodedLatin1(value) !== undefined) return this.#bytes('b', value)
    if (module !== 'builtins') return this.#plainObject(value, value.callee, args)
    const [first] = args
    if (name === 'bytes') return this.#write('b')
    if (name === 'complex') {
      const parts = args.map((part) => (part.kind === 'float' ? floatText(part.value) : '?'))
      return this.#write(`c${parts.join('')}`)
    }
    if (name === 'frozenset') return this.#many('F{', itemsOf(first), '}')
    if (!this.#isFirst(value)) return undefined
    if (name === 'set') return this.#many('S{', itemsOf(first), '}')
    if (name === 'bytearray') return this.#bytearray(first)
    throw new Error(`an unexpected call of ${name}`)
  }

  #bytearray(first: Value | undefined): void {
    if (!first) return this.#write('a')
    if (first.kind === 'str') return this.#write(`a${toHex(latin1(first.value))}`)
    return this.#bytes('a', first)
  }

  /** `copyreg._reconstructor(class, base, base's state)`: instances of protocols 0 and 1. */
  #reconstructed(value: ObjectValue): void {
    const [type, base, state] = value.args
    if (base?.kind !== 'global') throw new Error('a base that is no class')
    switch (base.name) {
      case 'object':
        return this.#plainObject(value, type!, [])
      case 'list':
        return this.#plainObject({ ...value, listItems: itemsOf(state) }, type!, [], value)
      case 'dict': {
        if (state?.kind !== 'dict') throw new Error('a dict that is none')
        const { keys: dictKeys, values: dictValues } = state
        return this.#plainObject({ ...value, dictKeys, dictValues }, type!, [], value)
      }
      default:
        return this.#plainObject(value, type!, [state!])
    }
  }

  #plainObject(value: ObjectValue, type: Value, args: readonly Value[], identity = value): void {
    if (!this.#isFirst(identity)) return
    this.#write('O(')
    this.value(type)
    this.#many('(', args, ')')
    if (value.kwargs) this.value(value.kwargs)
    this.#write('state=')
    if (value.state) this.value(value.state)
    this.#many('[', value.listItems ?? [], ']')
    this.#pairs(value.dictKeys ?? [], value.dictValues ?? [])
    this.#write(')')
  }
}

/** The same for keys that Python takes for equal, as far as the tests make such: 1, 1.0 and True are. */
function keyIdentity(key: Value): unknown {
  switch (key.kind) {
    case 'int':
    case 'bool':
      return typeof key.value === 'bigint' ? integerText(key.value) : Number(key.value)
    case 'float':
      return Number.isNaN(key.value) ? key : key.value + 0
    case 'str':
      return `s${key.value}`
    case 'none':
      return 'none'
    case 'tuple':
      return key.items.length === 0 ? '()' : key
    default:
      return key
  }
}

function itemsOf(node: Value | undefined): Value[] {
  if (node?.kind !== 'list') throw new Error('a list that is none')
  return node.items
}

function integerText(value: number | bigint): string {
  const exact = BigInt(value)
  const size = exact < 0n ? -exact : exact
  if (size < 2n ** 64n) return `i${exact}`
  return `i${exact < 0n ? '-' : ''}0x${size.toString(16)}`
}

const scratch = new DataView(new ArrayBuffer(8))

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'fnan'
  scratch.setFloat64(0, value, false)
  return `f${scratch.getBigUint64(0, false).toString(16).padStart(16, '0')}`
}

function textText(value: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is what is asked for
  if (/^[\u0000-\u007f]*$/.test(value)) return `s${value.length}'${value}'`
  const bytes = new Uint8Array(value.length * 2)
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    bytes[2 * i] = unit & 0xff
    bytes[2 * i + 1] = unit >> 8
  }
  return `u${toHex(bytes)}`
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
