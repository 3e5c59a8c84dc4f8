import { ProblemError } from '../model/errors.ts'
import type {
  ExtensionValue,
  GlobalValue,
  ListValue,
  ObjectValue,
  PersistentValue,
  StrValue,
  Value,
} from '../value/value.ts'
import {
  addItems,
  build,
  checkHashable,
  checkKeys,
  everySecond,
  itemCount,
  mayBeCallable,
  object,
  setItems,
} from './containers.ts'
import { decodeAscii, decodeUtf8 } from './decode-text.ts'
import { fault, withArticle } from './faults.ts'
import { costs } from './limits.ts'
import type { BuildHook, MachineOptions, Trace } from './options.ts'
import { ScalarMachine } from './scalars.ts'

/** The opcodes that make containers and objects of what stands on the stack. */
export class ObjectMachine extends ScalarMachine {
  /** Where globals and calls are noted, if anybody asked. */
  readonly trace: Trace | undefined
  readonly #onBuild: BuildHook | undefined

  constructor(options: MachineOptions) {
    super(options)
    this.trace = options.trace
    this.#onBuild = options.onBuild
  }

  // Containers

  protected list(kind: ListValue['kind'], start: number, items: Value[]): void {
    this.push({ kind, start, end: this.cursor.offset, items }, costs.container)
  }

  protected dict(start: number, keys: Value[], values: Value[]): void {
    this.push({ kind: 'dict', start, end: this.cursor.offset, keys, values }, costs.dict)
  }

  protected tupleOf(count: number): void {
    this.needAbove(count)
    const from = this.size - count
    const items = this.stack.slice(from, this.size)
    const tuple: ListValue = { kind: 'tuple', start: this.starts[from]!, end: this.cursor.offset, items }
    this.replace(from, tuple, costs.container)
  }

  protected fromMark(kind: 'tuple' | 'list' | 'frozenset'): void {
    const start = this.markStarts.at(-1)!
    const from = this.popMark()
    const items = this.stack.slice(from, this.size)
    if (kind === 'frozenset') for (const item of items) checkHashable(item)
    this.size = from
    this.list(kind, start, items)
    this.starts[from] = start
  }

  protected dictFromMark(): void {
    const start = this.markStarts.at(-1)!
    const from = this.popMark()
    if ((this.size - from) % 2 !== 0) throw fault('STACK', 'A dict has a key without a value.')
    checkKeys(this.stack, from, this.size)
    const keys = everySecond(this.stack, from, this.size)
    const values = everySecond(this.stack, from + 1, this.size)
    this.size = from
    this.dict(start, keys, values)
    this.starts[from] = start
  }

  /** The container below `from`, or nothing to do if no values stand above it. */
  protected containerBelow(from: number): Value | undefined {
    if (this.size === from) return undefined
    if (from <= this.fence || from > this.size) {
      throw fault('STACK', 'The stack has no container for these items.')
    }
    const target = this.stack[from - 1]!
    const length = itemCount(target)
    if (length > 0 && length < 4) this.charge(costs.growth)
    return target
  }

  protected append(from: number): void {
    const target = this.containerBelow(from)
    if (target === undefined) return
    const items = this.stack.slice(from, this.size)
    this.settle(from, addItems(target, items, 'append', this.cursor.offset))
  }

  protected addItems(): void {
    const from = this.popMark()
    if (from <= this.fence) throw fault('STACK', 'The stack has no set for these items.')
    const target = this.containerBelow(from)
    if (target === undefined) return
    const items = this.stack.slice(from, this.size)
    this.settle(from, addItems(target, items, 'add', this.cursor.offset))
  }

  protected setItems(from: number): void {
    const target = this.containerBelow(from)
    if (target === undefined) return
    if ((this.size - from) % 2 !== 0) throw fault('STACK', 'A key stands without a value.')
    this.settle(from, setItems(target, this.stack, from, this.size, this.cursor.offset))
  }

  /** Leaves `value`, which is the container below `from` or stands for it, on top of the stack. */
  protected settle(from: number, value: Value): void {
    const before = this.stack[from - 1]
    this.replace(from - 1, value, 0)
    if (value !== before) {
      this.charge(costs.object)
      this.trace?.calls.push(value as ObjectValue)
    }
  }

  // Globals, objects

  protected global(module: string, name: string): GlobalValue {
    const value: GlobalValue = { kind: 'global', start: this.at, end: this.cursor.offset, module, name }
    this.trace?.globals.push(value)
    return value
  }

  protected globalLines(): void {
    const module = this.nameLine(false)
    const name = this.nameLine(false)
    this.push(this.global(module, name), costs.global)
  }

  protected nameLine(isAscii: boolean): string {
    const line = this.line(this.limits.numberLineBytes)
    this.charge(line.length * costs.textByte)
    const text = decodeAscii(line)
    if (text !== undefined) return text
    if (isAscii) throw fault('BAD_ARGUMENT', 'A name of protocol 0 is not ASCII.')
    return decodeUtf8(line, false)
  }

  protected stackGlobal(): void {
    this.needAbove(2)
    const from = this.size - 2
    const module = this.stack[from]!
    const name = this.stack[from + 1]!
    if (module.kind !== 'str' || name.kind !== 'str') {
      throw fault('BAD_OPERATION', 'The names of a class or function are not texts.')
    }
    const value = this.global(module.value, name.value)
    value.start = this.starts[from]!
    this.replace(from, value, costs.global)
  }

  protected made(from: number, node: ObjectValue): void {
    this.trace?.calls.push(node)
    this.replace(from, node, costs.object)
  }

  /** What stands where an argument tuple must: its items, or itself if only running it would tell. */
  protected arguments(node: Value): Value[] {
    if (node.kind === 'tuple') return node.items
    if (node.kind === 'object' || node.kind === 'persistent') return [node]
    throw fault('BAD_OPERATION', `Arguments must be a tuple; here they are ${withArticle(node.kind)}.`)
  }

  protected callee(node: Value): Value {
    if (mayBeCallable(node)) return node
    throw fault('BAD_OPERATION', `The pickle calls ${withArticle(node.kind)}, which cannot be called.`)
  }

  protected reduce(): void {
    this.needAbove(2)
    const from = this.size - 2
    const callee = this.callee(this.stack[from]!)
    const args = this.arguments(this.stack[from + 1]!)
    this.made(from, object('reduce', callee, args, this.starts[from]!, this.cursor.offset))
  }

  protected newObject(): void {
    this.needAbove(2)
    const from = this.size - 2
    const callee = this.callee(this.stack[from]!)
    const args = this.arguments(this.stack[from + 1]!)
    this.made(from, object('newobj', callee, args, this.starts[from]!, this.cursor.offset))
  }

  protected newObjectEx(): void {
    this.needAbove(3)
    const from = this.size - 3
    const callee = this.callee(this.stack[from]!)
    const args = this.arguments(this.stack[from + 1]!)
    const kwargs = this.stack[from + 2]!
    if (kwargs.kind !== 'dict') {
      throw fault(
        'BAD_OPERATION',
        `Keyword arguments must be a dict; here they are ${withArticle(kwargs.kind)}.`,
      )
    }
    this.made(from, object('newobj_ex', callee, args, this.starts[from]!, this.cursor.offset, kwargs))
  }

  protected inst(): void {
    const start = this.markStarts.at(-1) ?? this.at
    const from = this.popMark()
    const callee = this.global(this.nameLine(true), this.nameLine(true))
    callee.end = this.cursor.offset
    const args = this.stack.slice(from, this.size)
    this.made(from, object('inst', callee, args, start, this.cursor.offset))
    this.starts[from] = start
    this.charge(costs.container)
  }

  protected obj(): void {
    const start = this.markStarts.at(-1) ?? this.at
    const from = this.popMark()
    if (this.size - from < 1) throw fault('STACK', 'The stack has no class for this object.')
    const callee = this.callee(this.stack[from]!)
    const args = this.stack.slice(from + 1, this.size)
    this.made(from, object('obj', callee, args, start, this.cursor.offset))
    this.starts[from] = start
  }

  protected build(): void {
    this.needAbove(2)
    const from = this.size - 1
    const target = this.stack[from - 1]!
    const hadState = target.kind === 'object' && target.state !== undefined
    this.settle(from, build(target, this.stack[from]!, this.cursor.offset))
    if (target.kind !== 'object') return
    if (hadState) this.charge(costs.object)
    const outcome = this.#onBuild?.(target, this)
    if (!outcome) return
    this.replace(from - 1, outcome.value, costs.object)
    if (outcome.problem) throw new ProblemError(outcome.problem)
  }

  protected persistentLine(): void {
    const line = this.cursor.line(this.limits.textBytes)
    const text = decodeAscii(line)
    if (text === undefined) throw fault('BAD_ARGUMENT', 'A persistent id of protocol 0 is not ASCII.')
    const { offset } = this.cursor
    const id: StrValue = { kind: 'str', start: this.at, end: offset, value: text }
    const value: PersistentValue = { kind: 'persistent', start: this.at, end: offset, id }
    this.trace?.outside.push(value)
    this.push(value, 2 * costs.leaf + line.length * costs.textByte)
  }

  protected persistent(): void {
    this.needAbove(1)
    const from = this.size - 1
    const end = this.cursor.offset
    const value: PersistentValue = {
      kind: 'persistent',
      start: this.starts[from]!,
      end,
      id: this.stack[from]!,
    }
    this.trace?.outside.push(value)
    this.replace(from, value, costs.leaf)
  }

  protected extension(code: number): void {
    if (code <= 0) throw fault('BAD_ARGUMENT', 'An extension code is not above zero.')
    const value: ExtensionValue = { kind: 'extension', start: this.at, end: this.cursor.offset, code }
    this.trace?.outside.push(value)
    this.push(value, costs.leaf)
  }
}
