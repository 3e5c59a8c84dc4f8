import { viewOf } from '../lenses/view-of.ts'
import type { DictView, View } from '../lenses/view.ts'
import type { ByteSource } from '../model/source.ts'
import type { BytesRef, Value } from '../value/value.ts'
import { bytesText, complexText, floatText, integerText, strText } from '../value/python-text.ts'
import { briefLiteral } from './python-brief.ts'
import { leafLiteral } from './python-leaf.ts'
import { arrayLiteral, objectLiteral } from './python-object.ts'

export interface LiteralOptions {
  readonly source: ByteSource
  /** Length at which the text is cut short with `…`; 80 by default. */
  readonly maxCharacters?: number
  /** Arrays by type and shape instead of their elements, tables by their columns, long bytes by their length. */
  readonly isBrief?: boolean
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
  const writer = new LiteralWriter(options.source, options.maxCharacters ?? 80, options.isBrief)
  writer.node(node)
  return clip(writer.text, writer.maxCharacters)
}

/** The text, cut with an `…` so that it is no longer than `length`; never within a surrogate pair. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text
  const kept = Math.max(0, length - 1)
  const last = text.charCodeAt(kept - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? kept - 1 : kept) + '…'
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
  readonly #isBrief: boolean
  text = ''
  /** At most `maxDepth`, mostly two or three: an array is searched faster than a set is made. */
  readonly #ancestors: Value[] = []

  constructor(source: ByteSource, maxCharacters: number, isBrief = false) {
    this.source = source
    this.#isBrief = isBrief
    this.maxCharacters = maxCharacters
  }

  get isFull(): boolean {
    return this.text.length >= this.maxCharacters
  }

  /** Recursion ends at `maxDepth` and at nodes within themselves. */
  node(node: Value): void {
    if (this.isFull || this.#ancestors.length >= maxDepth || this.#ancestors.includes(node)) {
      this.text += '…'
      return
    }
    if (this.#scalar(node)) return
    this.#ancestors.push(node)
    this.#view(viewOf(node, this.source))
    this.#ancestors.pop()
  }

  /** Most nodes are of these kinds and need neither a view nor a place among the ancestors. */
  #scalar(node: Value | View): boolean {
    switch (node.kind) {
      case 'str':
        this.#text(node.value)
        return true
      case 'int':
        this.text += integerText(node.value)
        return true
      case 'float':
        this.text += floatText(node.value)
        return true
      case 'bool':
        this.text += node.value ? 'True' : 'False'
        return true
      case 'none':
        this.text += 'None'
        return true
      default:
        return false
    }
  }

  /** `open`, what `write` writes for each of `count` items with commas between, `close`; stops with `…` when it is enough. */
  list(open: string, count: number, close: string, write: (index: number) => void): void {
    this.text += open
    for (let i = 0; i < count; i++) {
      if (i > 0) this.text += ', '
      if (this.isFull) {
        this.text += '…'
        break
      }
      write(i)
    }
    this.text += close
  }

  nodes(open: string, items: readonly Value[], close: string): void {
    this.list(open, items.length, close, (i) => this.node(items[i]!))
  }

  #view(view: View): void {
    if (this.#isBrief && briefLiteral(this, view)) return
    switch (view.kind) {
      case 'none':
      case 'bool':
      case 'int':
      case 'float':
        this.#scalar(view)
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
    this.list(open, keys.length, close, (i) => {
      this.node(keys[i]!)
      this.text += ': '
      this.node(values[i]!)
    })
  }
}
