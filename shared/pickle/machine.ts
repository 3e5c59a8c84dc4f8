import type { Problem } from '../model/errors.ts'
import type { Value } from '../value/value.ts'
import { decodeQuoted } from './decode-text.ts'
import { fault } from './faults.ts'
import { costs } from './limits.ts'
import { Memo } from './memo.ts'
import { parseFloatLine, parseIndex, parseLong } from './numbers.ts'
import { ObjectMachine } from './objects.ts'
import type { MachineOptions } from './options.ts'

/**
 * The pickle machine: CPython's `load()` of `Modules/_pickle.c` with nodes in
 * place of objects. Nothing is looked up and nothing is called. Where `pickle.py`
 * differs from `_pickle.c`, C is followed. Like C it has one stack of values and
 * one of marks; `fence` is the lowest place that may be popped.
 */
export class Machine extends ObjectMachine {
  readonly #memo: Memo
  /** The byte of the opcode being run; none before the first and at the end of the bytes. */
  opcode: number | undefined
  /** As the first PROTO says. */
  protocol: number | undefined
  /** Of the first frame that goes beyond the end. */
  frameProblem: Problem | undefined
  #isStopped = false

  constructor(options: MachineOptions) {
    super(options)
    this.#memo = new Memo(options.limits.memoEntries, options.budget)
  }

  /** Runs up to STOP and answers the value. Throws `ProblemError`; the stacks then show how far it came. */
  run(): Value {
    const { cursor } = this
    while (!this.#isStopped) {
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
        return this.text(cursor.u1())
      case 0x94: // MEMOIZE
        return this.#put(this.#memo.size)
      case 0x4b: // BININT1
        return this.int(cursor.u1())
      case 0x68: // BINGET
        return this.#get(cursor.u1())
      case 0x71: // BINPUT
        return this.#put(cursor.u1())
      case 0x58: // BINUNICODE
        return this.text(cursor.u4())
      case 0x4e: // NONE
        return this.push({ kind: 'none', start: this.at, end: cursor.offset }, costs.leaf)
      case 0x88: // NEWTRUE
        return this.bool(true)
      case 0x89: // NEWFALSE
        return this.bool(false)
      case 0x4a: // BININT
        return this.int(cursor.i4())
      case 0x4d: // BININT2
        return this.int(cursor.u2())
      case 0x47: // BINFLOAT
        return this.float(cursor.f8())
      case 0x28: // MARK
        return this.mark()
      case 0x5d: // EMPTY_LIST
        return this.list('list', this.at, [])
      case 0x7d: // EMPTY_DICT
        return this.dict(this.at, [], [])
      case 0x29: // EMPTY_TUPLE
        return this.list('tuple', this.at, [])
      case 0x75: // SETITEMS
        return this.setItems(this.popMark())
      case 0x73: // SETITEM
        return this.setItems(this.size - 2)
      case 0x65: // APPENDS
        return this.append(this.popMark())
      case 0x61: // APPEND
        return this.append(this.size - 1)
      case 0x85: // TUPLE1
        return this.tupleOf(1)
      case 0x86: // TUPLE2
        return this.tupleOf(2)
      case 0x87: // TUPLE3
        return this.tupleOf(3)
      case 0x74: // TUPLE
        return this.fromMark('tuple')
      case 0x6c: // LIST
        return this.fromMark('list')
      case 0x91: // FROZENSET
        return this.fromMark('frozenset')
      case 0x64: // DICT
        return this.dictFromMark()
      case 0x8f: // EMPTY_SET
        return this.list('set', this.at, [])
      case 0x90: // ADDITEMS
        return this.addItems()
      case 0x93: // STACK_GLOBAL
        return this.stackGlobal()
      case 0x63: // GLOBAL
        return this.globalLines()
      case 0x52: // REDUCE
        return this.reduce()
      case 0x81: // NEWOBJ
        return this.newObject()
      case 0x92: // NEWOBJ_EX
        return this.newObjectEx()
      case 0x62: // BUILD
        return this.build()
      case 0x43: // SHORT_BINBYTES
        return this.bytes('bytes', cursor.u1())
      case 0x42: // BINBYTES
        return this.bytes('bytes', cursor.u4())
      case 0x8e: // BINBYTES8
        return this.bytes('bytes', cursor.u8())
      case 0x96: // BYTEARRAY8
        return this.bytes('bytearray', cursor.u8())
      case 0x8d: // BINUNICODE8
        return this.text(cursor.u8())
      case 0x8a: // LONG1
        return this.binaryInteger(cursor.u1())
      case 0x8b: // LONG4
        return this.binaryInteger(cursor.i4())
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
        return this.pop()
      case 0x31: // POP_MARK
        this.size = this.popMark()
        return
      case 0x32: // DUP
        this.needAbove(1)
        return this.push(this.stack[this.size - 1]!, costs.reference)
      default:
        return this.#rareStep(opcode)
    }
  }

  /** The opcodes of protocols 0 and 1, and the rare ones of the others. */
  #rareStep(opcode: number): void {
    const { cursor, limits } = this
    switch (opcode) {
      case 0x49: // INT
        return this.intLine()
      case 0x4c: // LONG
        return this.int(parseLong(this.line(limits.numberLineBytes), limits))
      case 0x46: // FLOAT
        return this.float(parseFloatLine(this.line(limits.numberLineBytes)))
      case 0x56: // UNICODE
        return this.unicodeLine()
      case 0x53: // STRING
        return this.oldString(decodeQuoted(cursor.line(limits.textBytes)), -1)
      case 0x55: // SHORT_BINSTRING
        return this.countedString(cursor.u1())
      case 0x54: // BINSTRING
        return this.countedString(cursor.i4())
      case 0x67: // GET
        return this.#get(parseIndex(this.line(limits.numberLineBytes)))
      case 0x70: // PUT
        return this.#put(parseIndex(this.line(limits.numberLineBytes)))
      case 0x69: // INST
        return this.inst()
      case 0x6f: // OBJ
        return this.obj()
      case 0x50: // PERSID
        return this.persistentLine()
      case 0x51: // BINPERSID
        return this.persistent()
      case 0x82: // EXT1
        return this.extension(cursor.u1())
      case 0x83: // EXT2
        return this.extension(cursor.u2())
      case 0x84: // EXT4
        return this.extension(cursor.i4())
      case 0x97: // NEXT_BUFFER
        return this.push({ kind: 'buffer', start: this.at, end: cursor.offset, readonly: false }, costs.leaf)
      case 0x98: // READONLY_BUFFER
        return this.readonlyBuffer()
      default:
        throw fault('UNKNOWN_OPCODE', `There is no pickle opcode 0x${opcode.toString(16).padStart(2, '0')}.`)
    }
  }

  #stop(): void {
    this.needAbove(1)
    this.size--
    this.#isStopped = true
  }

  #proto(version: number): void {
    if (version > 5) {
      throw fault('BAD_ARGUMENT', `The pickle is of protocol ${version}; the newest known is 5.`)
    }
    this.protocol ??= version
  }

  /** C refuses a frame that the bytes do not fill; here what is there of it is read first. */
  #frame(length: number): void {
    const start = this.cursor.offset
    this.trace?.frames.push({ start, end: start + length })
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
    this.push(this.#memo.get(index), costs.reference)
  }

  #put(index: number): void {
    this.needAbove(1)
    if (index < 0) throw fault('BAD_ARGUMENT', 'A memo index is negative.')
    this.#memo.put(index, this.stack[this.size - 1]!)
  }
}
