import { viewOf } from '../lenses/view-of.ts'
import type { DictView, View } from '../lenses/view.ts'
import type { ByteSource } from '../model/source.ts'
import type { BytesRef, Value } from '../value/value.ts'
import { bytesText, complexText, floatText, integerText, strText } from '../value/python-text.ts'
import { leafLiteral } from './python-leaf.ts'
import { arrayLiteral, objectLiteral } from './python-object.ts'

export interface LiteralOptions {
  readonly source: ByteSource
  /** Length at which the text is cut short with `…`; 80 by default. */
  readonly maxCharacters?: number
}

/** Deeper nesting is an `…`: nobody reads it in one line. */
const maxDepth = 40

/**
 * What one would type in Python to have the value: as `repr` writes it, without a
 * line break, objects as `module.Class(field=…)`. Whatever is left out is an `…`,
 * which is no Python. Characters that cannot be seen are escaped. Costs no more
 * than the text that comes out.
 */
export function pythonLiteral(node: Value, options: LiteralOptions): string {
  const writer = new LiteralWriter(options.source, options.maxCharacters ?? 80)
  writer.node(node)
  return clip(writer.text, writer.maxCharacters)
}

/** The text, cut with an `…` so that it is no longer than `length`; never within a surrogate pair. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text
  return text.slice(0, Math.max(0, length - 1)).replace(/[\ud800-\udbff]$/, '') + '…'
}

/** `repr` where that reads back as the same number, which it does not for nan, inf and negative zeros. */
function complexLiteral(real: number, imaginary: number): string {
  const isPlain = [real, imaginary].every((part) => Number.isFinite(part) && !Object.is(part, -0))
  return isPlain ? complexText(real, imaginary) : `complex(${floatText(real)}, ${floatText(imaginary)})`
}

/** Adds up the text and knows when it is enough. */
export class LiteralWriter {
  readonly source: ByteSource
  readonly maxCharacters: number
  text = ''
  readonly #ancestors = new Set<Value>()

  constructor(source: ByteSource, maxCharacters: number) {
    this.source = source
    this.maxCharacters = maxCharacters
  }

  get isFull(): boolean {
    return this.text.length >= this.maxCharacters
  }

  /** Recursion ends at `maxDepth` and at nodes within themselves. */
  node(node: Value): void {
    if (this.isFull || this.#ancestors.size >= maxDepth || this.#ancestors.has(node)) {
      this.text += '…'
      return
    }
    this.#ancestors.add(node)
    this.#view(viewOf(node, this.source))
    this.#ancestors.delete(node)
  }

  /** `open`, the items with commas between, `close`; stops with `…` when it is enough. */
  list<Item>(open: string, items: readonly Item[], close: string, write: (item: Item) => void): void {
    this.text += open
    for (const [i, item] of items.entries()) {
      if (i > 0) this.text += ', '
      if (this.isFull) {
        this.text += '…'
        break
      }
      write(item)
    }
    this.text += close
  }

  nodes(open: string, items: readonly Value[], close: string): void {
    this.list(open, items, close, (item) => this.node(item))
  }

  #view(view: View): void {
    switch (view.kind) {
      case 'none':
        this.text += 'None'
        break
      case 'bool':
        this.text += view.value ? 'True' : 'False'
        break
      case 'int':
        this.text += integerText(view.value)
        break
      case 'float':
        this.text += floatText(view.value)
        break
      case 'complex':
        this.text += complexLiteral(view.real, view.imaginary)
        break
      case 'text':
        this.#text(view.value)
        break
      case 'bytes':
        this.#bytes(view.bytes)
        break
      case 'bytearray':
        this.text += 'bytearray('
        this.#bytes(view.bytes)
        this.text += ')'
        break
      case 'list':
        this.nodes('[', view.items, ']')
        break
      case 'tuple':
        this.nodes('(', view.items, view.items.length === 1 ? ',)' : ')')
        break
      case 'set':
        if (view.items.length === 0) this.text += 'set()'
        else this.nodes('{', view.items, '}')
        break
      case 'frozenset':
        if (view.items.length === 0) this.text += 'frozenset()'
        else this.nodes('frozenset({', view.items, '})')
        break
      case 'dict':
      case 'ordereddict':
      case 'counter':
      case 'defaultdict':
        this.#dict(view)
        break
      case 'deque':
        this.nodes(
          'deque([',
          view.items,
          view.maxLength === undefined ? '])' : `], maxlen=${view.maxLength})`,
        )
        break
      case 'slice':
        this.nodes('slice(', [view.start, view.stop, view.step], ')')
        break
      case 'ndarray':
        arrayLiteral(this, view.array, 'array')
        break
      case 'masked':
        arrayLiteral(this, view.data, 'masked_array')
        break
      case 'object':
        objectLiteral(this, view.parts)
        break
      default:
        leafLiteral(this, view)
    }
  }

  /** No more of a text than there is room for is looked at. */
  #text(value: string): void {
    const room = this.maxCharacters - this.text.length
    this.text += strText(value.length > room ? value.slice(0, room) : value)
  }

  #bytes(ref: BytesRef): void {
    const room = Math.max(0, this.maxCharacters - this.text.length)
    const length = Math.min(ref.length, room)
    this.text += bytesText(ref.inline?.subarray(0, length) ?? this.source.read(ref.at ?? 0, length))
  }

  #dict(view: DictView): void {
    if (view.kind === 'dict') {
      this.#pairs('{', view, '}')
      return
    }
    const isEmpty = view.keys.length === 0
    if (view.kind === 'defaultdict') {
      this.text += 'defaultdict('
      if (view.factory) this.node(view.factory)
      else this.text += 'None'
      this.#pairs(', {', view, '})')
      return
    }
    const name = view.kind === 'counter' ? 'Counter' : 'OrderedDict'
    if (isEmpty) this.text += name + '()'
    else this.#pairs(name + '({', view, '})')
  }

  #pairs(open: string, { keys, values }: DictView, close: string): void {
    // Only as many pairs as could be shown are looked at.
    const shown = keys.slice(0, this.maxCharacters)
    this.list(open, [...shown.entries()], close, ([i, key]) => {
      this.node(key)
      this.text += ': '
      this.node(values[i]!)
    })
  }
}
