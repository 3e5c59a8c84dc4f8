import { ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type { BytesValue, GlobalValue, ListValue, ObjectValue, StrValue, Value } from '../value/value.ts'
import { addItems, build, checkHashable, mayBeCallable, object, pushPairs, setItems } from './containers.ts'
import { Cursor } from './cursor.ts'
import { fault, withArticle } from './faults.ts'
import { costs } from './limits.ts'
import type { Budget, Limits } from './limits.ts'
import { Memo } from './memo.ts'
import { decodeInteger, parseFloatLine, parseIndex, parseInt0, parseLong } from './numbers.ts'
import { decodeAscii, decodeQuoted, decodeRawUnicodeEscape, decodeText, decodeUtf8 } from './decode-text.ts'

export interface MachineOptions {
  readonly source: ByteSource
  /** Offset of the first opcode. */
  readonly start: number
  readonly limits: Limits
  readonly budget: Budget
  readonly trace?: Trace | undefined
  readonly onBuild?: BuildHook | undefined
  /** Copy bytes into the nodes, for a tree that outlives its source or moves to another one. */
  readonly inlineBytes?: boolean
}

/** What a hook may use of the machine that calls it. */
export interface MachineState extends Pick<MachineOptions, 'source' | 'limits' | 'budget' | 'trace'> {
  /** Stands behind the BUILD; the hook may move it over bytes that are no pickle. */
  readonly cursor: Cursor
}

/**
 * Called after BUILD gave `target` its state. An answered `value` takes the node's
 * place on the stack (not in the memo); with a `problem` reading ends behind it. A
 * `ProblemError` that the hook throws ends reading too and leaves `target`.
 */
export type BuildHook = (
  target: ObjectValue,
  machine: MachineState,
) => { readonly value: Value; readonly problem?: Problem } | undefined

export interface Trace {
  /** Every class or function named, in stream order, kept or not. */
  readonly globals: GlobalValue[]
  /** Every call made and every change of something that was not made by this pickle, in stream order. */
  readonly calls: ObjectValue[]
}

/**
 * The pickle machine: CPython's `load()` of `Modules/_pickle.c` with nodes in
 * place of objects. Nothing is looked up and nothing is called. Where `pickle.py`
 * differs from `_pickle.c`, C is followed. Like C it has one stack of values and
 * one of marks; `fence` is the lowest place that may be popped.
 */
export class Machine implements MachineState {
  readonly source: ByteSource
  readonly cursor: Cursor
  readonly limits: Limits
  readonly budget: Budget
  readonly trace: Trace | undefined
  readonly #onBuild: BuildHook | undefined
  readonly #inlineBytes: boolean
  readonly #memo: Memo

  /** Values `[0, size)`; what lies above is left over. */
  readonly stack: Value[] = []
  /** Offset of the opcode that put each value there. */
  readonly starts: number[] = []
  size = 0
  /** Sizes of the stack when each mark was set, and the marks' offsets. */
  readonly marks: number[] = []
  readonly markStarts: number[] = []
  fence = 0
  #poppedMark = 0
  #poppedMarkStart = 0
  #poppedAt = -1

  /** Offset and byte of the opcode being run; no byte before the first and at the end of the bytes. */
  at = 0
  opcode: number | undefined
  /** As the first PROTO says. */
  protocol: number | undefined
  isStopped = false
  /** Of the first frame that goes beyond the end. */
  frameProblem: Problem | undefined

  constructor(options: MachineOptions) {
    this.source = options.source
    this.cursor = new Cursor(options.source, options.start)
    this.limits = options.limits
    this.budget = options.budget
    this.trace = options.trace
    this.#onBuild = options.onBuild
    this.#inlineBytes = options.inlineBytes ?? false
    this.#memo = new Memo(options.limits.memoEntries, options.budget)
  }

  /** Runs up to STOP and answers the value. Throws `ProblemError`; the stacks then show how far it came. */
  run(): Value {
    const { cursor } = this
    while (!this.isStopped) {
      this.at = cursor.offset
      this.opcode = undefined
      const opcode = cursor.u1()
      this.opcode = opcode
      this.#step(opcode)
    }
    return this.stack[this.size]!
  }

  /** One switch over all opcodes: longer than a function should be, and better than a table of closures. */
  #step(opcode: number): void {
    const { cursor } = this
    switch (opcode) {
      case 0x8c: // SHORT_BINUNICODE
        return this.#text(cursor.u1())
      case 0x94: // MEMOIZE
        return this.#put(this.#memo.size)
      case 0x4b: // BININT1
        return this.#int(cursor.u1())
      case 0x68: // BINGET
        return this.#get(cursor.u1())
      case 0x71: // BINPUT
        return this.#put(cursor.u1())
      case 0x58: // BINUNICODE
        return this.#text(cursor.u4())
      case 0x4e: // NONE
        return this.#push({ kind: 'none', start: this.at, end: cursor.offset }, costs.leaf)
      case 0x88: // NEWTRUE
        return this.#bool(true)
      case 0x89: // NEWFALSE
        return this.#bool(false)
      case 0x4a: // BININT
        return this.#int(cursor.i4())
      case 0x4d: // BININT2
        return this.#int(cursor.u2())
      case 0x47: // BINFLOAT
        return this.#float(cursor.f8())
      case 0x28: // MARK
        return this.#mark()
      case 0x5d: // EMPTY_LIST
        return this.#list('list', this.at, [])
      case 0x7d: // EMPTY_DICT
        return this.#dict(this.at, [], [])
      case 0x29: // EMPTY_TUPLE
        return this.#list('tuple', this.at, [])
      case 0x75: // SETITEMS
        return this.#setItems(this.#popMark())
      case 0x73: // SETITEM
        return this.#setItems(this.size - 2)
      case 0x65: // APPENDS
        return this.#append(this.#popMark())
      case 0x61: // APPEND
        return this.#append(this.size - 1)
      case 0x85: // TUPLE1
        return this.#tupleOf(1)
      case 0x86: // TUPLE2
        return this.#tupleOf(2)
      case 0x87: // TUPLE3
        return this.#tupleOf(3)
      case 0x74: // TUPLE
        return this.#fromMark('tuple')
      case 0x6c: // LIST
        return this.#fromMark('list')
      case 0x91: // FROZENSET
        return this.#fromMark('frozenset')
      case 0x64: // DICT
        return this.#dictFromMark()
      case 0x8f: // EMPTY_SET
        return this.#list('set', this.at, [])
      case 0x90: // ADDITEMS
        return this.#addItems()
      case 0x93: // STACK_GLOBAL
        return this.#stackGlobal()
      case 0x63: // GLOBAL
        return this.#globalLines()
      case 0x52: // REDUCE
        return this.#reduce()
      case 0x81: // NEWOBJ
        return this.#newObject()
      case 0x92: // NEWOBJ_EX
        return this.#newObjectEx()
      case 0x62: // BUILD
        return this.#build()
      case 0x43: // SHORT_BINBYTES
        return this.#bytes('bytes', cursor.u1())
      case 0x42: // BINBYTES
        return this.#bytes('bytes', cursor.u4())
      case 0x8e: // BINBYTES8
        return this.#bytes('bytes', cursor.u8())
      case 0x96: // BYTEARRAY8
        return this.#bytes('bytearray', cursor.u8())
      case 0x8d: // BINUNICODE8
        return this.#text(cursor.u8())
      case 0x8a: // LONG1
        return this.#binaryInteger(cursor.u1())
      case 0x8b: // LONG4
        return this.#binaryInteger(cursor.i4())
      case 0x6a: // LONG_BINGET
        return this.#get(cursor.u4())
      case 0x72: // LONG_BINPUT
        return this.#put(cursor.u4())
      case 0x95: // FRAME
        return this.#frame(cursor.u8())
      case 0x80: // PROTO
        return this.#proto(cursor.u1())
      case 0x2e: // STOP
        return this.#stop()
      case 0x30: // POP
        return this.#pop()
      case 0x31: // POP_MARK
        this.size = this.#popMark()
        return
      case 0x32: // DUP
        this.#needAbove(1)
        return this.#push(this.stack[this.size - 1]!, costs.reference)
      default:
        return this.#rareStep(opcode)
    }
  }

  /** The opcodes of protocols 0 and 1, and the rare ones of the others. */
  #rareStep(opcode: number): void {
    const { cursor, limits } = this
    switch (opcode) {
      case 0x49: // INT
        return this.#intLine()
      case 0x4c: // LONG
        return this.#int(parseLong(this.#line(limits.numberLineBytes), limits))
      case 0x46: // FLOAT
        return this.#float(parseFloatLine(this.#line(limits.numberLineBytes)))
      case 0x56: // UNICODE
        return this.#unicodeLine()
      case 0x53: // STRING
        return this.#oldString(decodeQuoted(cursor.line(limits.textBytes)), -1)
      case 0x55: // SHORT_BINSTRING
        return this.#countedString(cursor.u1())
      case 0x54: // BINSTRING
        return this.#countedString(cursor.i4())
      case 0x67: // GET
        return this.#get(parseIndex(this.#line(limits.numberLineBytes)))
      case 0x70: // PUT
        return this.#put(parseIndex(this.#line(limits.numberLineBytes)))
      case 0x69: // INST
        return this.#inst()
      case 0x6f: // OBJ
        return this.#obj()
      case 0x50: // PERSID
        return this.#persistentLine()
      case 0x51: // BINPERSID
        return this.#persistent()
      case 0x82: // EXT1
        return this.#extension(cursor.u1())
      case 0x83: // EXT2
        return this.#extension(cursor.u2())
      case 0x84: // EXT4
        return this.#extension(cursor.i4())
      case 0x97: // NEXT_BUFFER
        return this.#push({ kind: 'buffer', start: this.at, end: cursor.offset, readonly: false }, costs.leaf)
      case 0x98: // READONLY_BUFFER
        return this.#readonlyBuffer()
      default:
        throw fault('UNKNOWN_OPCODE', `There is no pickle opcode 0x${opcode.toString(16).padStart(2, '0')}.`)
    }
  }

  // The stack

  #charge(bytes: number): void {
    if ((this.budget.bytes -= bytes) < 0) {
      throw fault('LIMIT_NODES', 'The value needs more memory than its size allows; it is shown up to here.')
    }
  }

  #push(value: Value, cost: number): void {
    this.#charge(cost)
    this.stack[this.size] = value
    this.starts[this.size] = this.at
    this.size++
  }

  /** Puts a value in the place of those from `from` on, keeping the first one's offset. */
  #replace(from: number, value: Value, cost: number): void {
    this.#charge(cost)
    this.stack[from] = value
    this.size = from + 1
  }

  /** Throws unless `count` values stand above the last mark. */
  #needAbove(count: number): void {
    if (this.size - count >= this.fence) return
    throw fault(
      'STACK',
      this.marks.length > 0 ? 'A mark stands where a value is needed.' : 'The stack has too few values.',
    )
  }

  #mark(): void {
    this.#charge(costs.mark)
    this.marks.push(this.size)
    this.markStarts.push(this.at)
    this.fence = this.size
  }

  /** Takes the last mark away and answers the place of the first value above it. */
  #popMark(): number {
    const mark = this.marks.pop()
    if (mark === undefined) throw fault('STACK', 'The stack has no mark.')
    this.#poppedMarkStart = this.markStarts.pop()!
    this.#poppedMark = mark
    this.#poppedAt = this.at
    this.fence = this.marks.at(-1) ?? 0
    return mark
  }

  /** After an error: puts back the mark that the failed opcode took away. */
  restoreMark(): void {
    if (this.#poppedAt !== this.at) return
    this.marks.push(this.#poppedMark)
    this.markStarts.push(this.#poppedMarkStart)
    this.#poppedAt = -1
  }

  #pop(): void {
    if (this.marks.length > 0 && this.marks.at(-1) === this.size) {
      this.#popMark()
    } else {
      this.#needAbove(1)
      this.size--
    }
  }

  #stop(): void {
    this.#needAbove(1)
    this.size--
    this.isStopped = true
  }

  #proto(version: number): void {
    if (version > 5) {
      throw fault('BAD_ARGUMENT', `The pickle is of protocol ${version}; the newest known is 5.`)
    }
    this.protocol ??= version
  }

  /** C refuses a frame that the bytes do not fill; here what is there of it is read first. */
  #frame(length: number): void {
    if (length <= this.cursor.remaining || this.frameProblem) return
    this.frameProblem = this.source.problem ?? {
      code: 'TRUNCATED',
      offset: this.at,
      opcode: 'FRAME',
      sentence: `A frame of the pickle needs ${length} bytes and ${this.cursor.remaining} are here.`,
    }
  }

  // The memo

  #get(index: number): void {
    this.#push(this.#memo.get(index), costs.reference)
  }

  #put(index: number): void {
    this.#needAbove(1)
    if (index < 0) throw fault('BAD_ARGUMENT', 'A memo index is negative.')
    this.#memo.put(index, this.stack[this.size - 1]!)
  }

  // Numbers

  #bool(value: boolean): void {
    this.#push({ kind: 'bool', start: this.at, end: this.cursor.offset, value }, costs.leaf)
  }

  #int(value: number | bigint): void {
    this.#push({ kind: 'int', start: this.at, end: this.cursor.offset, value }, costs.leaf)
  }

  #float(value: number): void {
    this.#push({ kind: 'float', start: this.at, end: this.cursor.offset, value }, costs.leaf + 16)
  }

  #intLine(): void {
    const value = parseInt0(this.#line(this.limits.numberLineBytes), this.limits)
    if (typeof value === 'boolean') this.#bool(value)
    else this.#int(value)
  }

  #binaryInteger(length: number): void {
    if (length < 0) throw fault('BAD_ARGUMENT', 'An integer has a negative length.')
    const { limits, cursor } = this
    cursor.expect(length)
    if (length > limits.integerBytes) {
      throw fault('LIMIT_SIZE', `An integer has more than ${limits.integerBytes} bytes.`)
    }
    this.#charge(length)
    this.#int(decodeInteger(cursor.bytes(length)))
  }

  // Texts and bytes

  /** A line that may not be empty. */
  #line(limitBytes: number): Uint8Array {
    const line = this.cursor.line(limitBytes)
    if (line.length === 0) throw fault('BAD_ARGUMENT', 'An argument is empty.')
    return line
  }

  /** Checks that so many bytes are there and may be made a text. */
  #expectText(length: number): void {
    this.cursor.expect(length)
    if (length > this.limits.textBytes) {
      throw fault('LIMIT_SIZE', `A text has more than ${this.limits.textBytes} bytes.`)
    }
    this.#charge(length * costs.textByte)
  }

  #text(length: number): void {
    this.#expectText(length)
    this.#pushText(decodeText(this.cursor.bytes(length)))
  }

  #pushText(value: string): void {
    this.#push({ kind: 'str', start: this.at, end: this.cursor.offset, value }, costs.leaf)
  }

  #unicodeLine(): void {
    const line = this.cursor.line(this.limits.textBytes)
    this.#charge(line.length * costs.textByte)
    this.#pushText(decodeRawUnicodeEscape(line))
  }

  #countedString(length: number): void {
    if (length < 0) throw fault('BAD_ARGUMENT', 'A text has a negative length.')
    this.#expectText(length)
    const at = this.cursor.offset
    this.#oldString(this.cursor.bytes(length), at)
  }

  /** A Python 2 `str`: text if it is ASCII, bytes if not; `at` < 0 if they do not stand in the stream. */
  #oldString(bytes: Uint8Array, at: number): void {
    const { length } = bytes
    const text = decodeAscii(bytes)
    if (text !== undefined) return this.#pushText(text)
    this.#push(
      {
        kind: 'bytes',
        start: this.at,
        end: this.cursor.offset,
        bytes: at < 0 ? { inline: bytes, length } : { at, length },
      },
      costs.container + (at < 0 ? length : 0),
    )
  }

  #bytes(kind: BytesValue['kind'], length: number): void {
    if (this.#inlineBytes) return this.#inlinedBytes(kind, length)
    const at = this.cursor.offset
    this.cursor.skip(length)
    this.#push({ kind, start: this.at, end: this.cursor.offset, bytes: { at, length } }, costs.container)
  }

  #inlinedBytes(kind: BytesValue['kind'], length: number): void {
    this.cursor.expect(length)
    this.#charge(length)
    const inline = this.cursor.bytes(length).slice()
    const { offset } = this.cursor
    this.#push({ kind, start: this.at, end: offset, bytes: { inline, length } }, costs.container)
  }

  #readonlyBuffer(): void {
    this.#needAbove(1)
    const top = this.stack[this.size - 1]!
    switch (top.kind) {
      case 'buffer':
        return this.#replace(
          this.size - 1,
          { kind: 'buffer', start: top.start, end: this.cursor.offset, readonly: true },
          costs.leaf,
        )
      case 'bytes':
      case 'bytearray':
      case 'object':
      case 'ndarray':
      case 'persistent':
      case 'extension':
      case 'global':
        return
      default:
        throw fault(
          'BAD_OPERATION',
          `The pickle makes ${withArticle(top.kind)} read-only, which is no buffer.`,
        )
    }
  }

  // Containers

  #list(kind: ListValue['kind'], start: number, items: Value[]): void {
    this.#push({ kind, start, end: this.cursor.offset, items }, costs.container)
  }

  #dict(start: number, keys: Value[], values: Value[]): void {
    this.#push({ kind: 'dict', start, end: this.cursor.offset, keys, values }, costs.dict)
  }

  #tupleOf(count: number): void {
    this.#needAbove(count)
    const from = this.size - count
    const items = this.stack.slice(from, this.size)
    const tuple: ListValue = { kind: 'tuple', start: this.starts[from]!, end: this.cursor.offset, items }
    this.#replace(from, tuple, costs.container)
  }

  #fromMark(kind: 'tuple' | 'list' | 'frozenset'): void {
    const start = this.markStarts.at(-1)!
    const from = this.#popMark()
    const items = this.stack.slice(from, this.size)
    if (kind === 'frozenset') for (const item of items) checkHashable(item)
    this.size = from
    this.#list(kind, start, items)
    this.starts[from] = start
  }

  #dictFromMark(): void {
    const start = this.markStarts.at(-1)!
    const from = this.#popMark()
    if ((this.size - from) % 2 !== 0) throw fault('STACK', 'A dict has a key without a value.')
    const keys: Value[] = []
    const values: Value[] = []
    pushPairs(keys, values, this.stack, from, this.size)
    this.size = from
    this.#dict(start, keys, values)
    this.starts[from] = start
  }

  /** The container below `from`, or nothing to do if no values stand above it. */
  #containerBelow(from: number): Value | undefined {
    if (this.size === from) return undefined
    if (from <= this.fence || from > this.size) {
      throw fault('STACK', 'The stack has no container for these items.')
    }
    return this.stack[from - 1]
  }

  #append(from: number): void {
    const target = this.#containerBelow(from)
    if (target === undefined) return
    const items = this.stack.slice(from, this.size)
    this.#settle(from, addItems(target, items, 'append', this.cursor.offset))
  }

  #addItems(): void {
    const from = this.#popMark()
    if (from <= this.fence) throw fault('STACK', 'The stack has no set for these items.')
    const target = this.#containerBelow(from)
    if (target === undefined) return
    const items = this.stack.slice(from, this.size)
    this.#settle(from, addItems(target, items, 'add', this.cursor.offset))
  }

  #setItems(from: number): void {
    const target = this.#containerBelow(from)
    if (target === undefined) return
    if ((this.size - from) % 2 !== 0) throw fault('STACK', 'A key stands without a value.')
    this.#settle(from, setItems(target, this.stack, from, this.size, this.cursor.offset))
  }

  /** Leaves `value`, which is the container below `from` or stands for it, on top of the stack. */
  #settle(from: number, value: Value): void {
    const before = this.stack[from - 1]
    this.#replace(from - 1, value, 0)
    if (value !== before) {
      this.#charge(costs.object)
      this.trace?.calls.push(value as ObjectValue)
    }
  }

  // Globals, objects

  #global(module: string, name: string): GlobalValue {
    const value: GlobalValue = { kind: 'global', start: this.at, end: this.cursor.offset, module, name }
    this.trace?.globals.push(value)
    return value
  }

  #globalLines(): void {
    const module = this.#nameLine(false)
    const name = this.#nameLine(false)
    this.#push(this.#global(module, name), costs.container)
  }

  #nameLine(isAscii: boolean): string {
    const line = this.#line(this.limits.numberLineBytes)
    this.#charge(line.length * costs.textByte)
    const text = decodeAscii(line)
    if (text !== undefined) return text
    if (isAscii) throw fault('BAD_ARGUMENT', 'A name of protocol 0 is not ASCII.')
    return decodeUtf8(line, false)
  }

  #stackGlobal(): void {
    this.#needAbove(2)
    const from = this.size - 2
    const module = this.stack[from]!
    const name = this.stack[from + 1]!
    if (module.kind !== 'str' || name.kind !== 'str') {
      throw fault('BAD_OPERATION', 'The names of a class or function are not texts.')
    }
    const value = this.#global(module.value, name.value)
    value.start = this.starts[from]!
    this.#replace(from, value, costs.container)
  }

  #made(from: number, node: ObjectValue): void {
    this.trace?.calls.push(node)
    this.#replace(from, node, costs.object)
  }

  /** What stands where an argument tuple must: its items, or itself if only running it would tell. */
  #arguments(node: Value): Value[] {
    if (node.kind === 'tuple') return node.items
    if (node.kind === 'object' || node.kind === 'persistent') return [node]
    throw fault('BAD_OPERATION', `Arguments must be a tuple; here they are ${withArticle(node.kind)}.`)
  }

  #callee(node: Value): Value {
    if (mayBeCallable(node)) return node
    throw fault('BAD_OPERATION', `The pickle calls ${withArticle(node.kind)}, which cannot be called.`)
  }

  #reduce(): void {
    this.#needAbove(2)
    const from = this.size - 2
    const callee = this.#callee(this.stack[from]!)
    const args = this.#arguments(this.stack[from + 1]!)
    this.#made(from, object('reduce', callee, args, this.starts[from]!, this.cursor.offset))
  }

  #newObject(): void {
    this.#needAbove(2)
    const from = this.size - 2
    const callee = this.#callee(this.stack[from]!)
    const args = this.#arguments(this.stack[from + 1]!)
    this.#made(from, object('newobj', callee, args, this.starts[from]!, this.cursor.offset))
  }

  #newObjectEx(): void {
    this.#needAbove(3)
    const from = this.size - 3
    const callee = this.#callee(this.stack[from]!)
    const args = this.#arguments(this.stack[from + 1]!)
    const kwargs = this.stack[from + 2]!
    if (kwargs.kind !== 'dict') {
      throw fault(
        'BAD_OPERATION',
        `Keyword arguments must be a dict; here they are ${withArticle(kwargs.kind)}.`,
      )
    }
    this.#made(from, object('newobj_ex', callee, args, this.starts[from]!, this.cursor.offset, kwargs))
  }

  #inst(): void {
    const start = this.markStarts.at(-1) ?? this.at
    const from = this.#popMark()
    const callee = this.#global(this.#nameLine(true), this.#nameLine(true))
    callee.end = this.cursor.offset
    const args = this.stack.slice(from, this.size)
    this.#made(from, object('inst', callee, args, start, this.cursor.offset))
    this.starts[from] = start
    this.#charge(costs.container)
  }

  #obj(): void {
    const start = this.markStarts.at(-1) ?? this.at
    const from = this.#popMark()
    if (this.size - from < 1) throw fault('STACK', 'The stack has no class for this object.')
    const callee = this.#callee(this.stack[from]!)
    const args = this.stack.slice(from + 1, this.size)
    this.#made(from, object('obj', callee, args, start, this.cursor.offset))
    this.starts[from] = start
  }

  #build(): void {
    this.#needAbove(2)
    const from = this.size - 1
    const target = this.stack[from - 1]!
    const hadState = target.kind === 'object' && target.state !== undefined
    this.#settle(from, build(target, this.stack[from]!, this.cursor.offset))
    if (target.kind !== 'object') return
    if (hadState) this.#charge(costs.object)
    const outcome = this.#onBuild?.(target, this)
    if (!outcome) return
    this.#replace(from - 1, outcome.value, costs.object)
    if (outcome.problem) throw new ProblemError(outcome.problem)
  }

  #persistentLine(): void {
    const line = this.cursor.line(this.limits.textBytes)
    const value = decodeAscii(line)
    if (value === undefined) throw fault('BAD_ARGUMENT', 'A persistent id of protocol 0 is not ASCII.')
    const { offset } = this.cursor
    const id: StrValue = { kind: 'str', start: this.at, end: offset, value }
    this.#push(
      { kind: 'persistent', start: this.at, end: offset, id },
      2 * costs.leaf + line.length * costs.textByte,
    )
  }

  #persistent(): void {
    this.#needAbove(1)
    const from = this.size - 1
    const end = this.cursor.offset
    this.#replace(
      from,
      { kind: 'persistent', start: this.starts[from]!, end, id: this.stack[from]! },
      costs.leaf,
    )
  }

  #extension(code: number): void {
    if (code <= 0) throw fault('BAD_ARGUMENT', 'An extension code is not above zero.')
    this.#push({ kind: 'extension', start: this.at, end: this.cursor.offset, code }, costs.leaf)
  }
}
