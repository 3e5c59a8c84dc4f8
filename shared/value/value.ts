import type { Problem } from '../model/errors.ts'

/**
 * The safe tree for a Python value of any class: what a pickle or a JSON text
 * says, with nothing of it run.
 *
 * - A node is an object whose identity matters: a value that occurs twice in the
 *   stream (memo) is the same node twice, and a cycle is a cycle of nodes.
 *   Whoever walks the tree keeps a stack of ancestors or a budget.
 * - `start` and `end` are byte offsets of the node's own bytes in the decoded
 *   stream, `[start, end)`. A container's span reaches from its first opcode to
 *   the opcode that finished it.
 * - Texts are JavaScript strings with lone surrogates kept as they are.
 */
export type Value =
  | NoneValue
  | BoolValue
  | IntValue
  | FloatValue
  | StrValue
  | BytesValue
  | ListValue
  | DictValue
  | GlobalValue
  | ObjectValue
  | ArrayValue
  | PersistentValue
  | ExtensionValue
  | BufferValue
  | CutValue

interface NodeBase {
  start: number
  end: number
}

export interface NoneValue extends NodeBase {
  readonly kind: 'none'
}

export interface BoolValue extends NodeBase {
  readonly kind: 'bool'
  readonly value: boolean
}

/** `bigint` beyond ±(2^53 − 1), a number within. */
export interface IntValue extends NodeBase {
  readonly kind: 'int'
  readonly value: number | bigint
}

export interface FloatValue extends NodeBase {
  readonly kind: 'float'
  readonly value: number
}

export interface StrValue extends NodeBase {
  readonly kind: 'str'
  readonly value: string
}

/**
 * Bytes of a `bytes` or `bytearray`, or of a Python 2 `str` that is not ASCII.
 * They stay in the source (`at`, `length`) unless the stream has them only in
 * an encoded form (protocols 0 to 2), when `inline` holds them.
 */
export interface BytesValue extends NodeBase {
  readonly kind: 'bytes' | 'bytearray'
  readonly bytes: BytesRef
}

export type BytesRef =
  | { readonly at: number; readonly length: number; readonly inline?: undefined }
  | { readonly inline: Uint8Array; readonly length: number; readonly at?: undefined }

/** For sets the order is that of the stream. */
export interface ListValue extends NodeBase {
  readonly kind: 'list' | 'tuple' | 'set' | 'frozenset'
  readonly items: Value[]
}

/** `keys[i]` belongs to `values[i]`; keys are any values, in stream order, later duplicates last. */
export interface DictValue extends NodeBase {
  readonly kind: 'dict'
  readonly keys: Value[]
  readonly values: Value[]
}

/** A class or function by name; module names are as the file says. */
export interface GlobalValue extends NodeBase {
  readonly kind: 'global'
  readonly module: string
  readonly name: string
}

/**
 * Something Python would make by a call. `made` says which opcode asked for it:
 * `reduce` calls `callee(*args)`; `newobj` and `newobj_ex` call
 * `callee.__new__(callee, *args, **kwargs)`; `inst` and `obj` are the protocol 0
 * and 1 forms of calling a class. `state` came by BUILD, `listItems` by APPEND(S)
 * or ADDITEMS, `dictKeys`/`dictValues` by SETITEM(S).
 *
 * `build` is no call: the pickle changes `callee` itself, which is a global (it
 * may be any object of a module), a persistent object, or an object that had a
 * state already, by `state` and items; `args` are empty.
 *
 * Where the arguments are themselves made by a call, `args` has that one node.
 */
export interface ObjectValue extends NodeBase {
  readonly kind: 'object'
  readonly made: 'reduce' | 'newobj' | 'newobj_ex' | 'inst' | 'obj' | 'build'
  readonly callee: Value
  readonly args: Value[]
  readonly kwargs?: DictValue
  state?: Value
  listItems?: Value[]
  dictKeys?: Value[]
  dictValues?: Value[]
}

/**
 * An array whose bytes stand in the joblib stream behind its wrapper, or (old
 * joblib) in a side file. numpy's own pickles are `object` nodes; the lens
 * `asArray` shows both alike.
 */
export interface ArrayValue extends NodeBase {
  readonly kind: 'ndarray'
  /** The dtype as the stream has it, still a node. */
  readonly dtype: Value
  readonly shape: readonly number[]
  readonly order: 'C' | 'F'
  /** `numpy.ndarray`, `numpy.matrix`, `numpy.memmap`… */
  readonly subclass?: GlobalValue
  /** Where the elements' bytes are; absent for arrays of objects and for side files that are not here. */
  readonly data?: BytesRef
  /** The side file that holds the elements (joblib < 0.10). */
  readonly sideFile?: string
  /** Elements of an object array in C order. */
  readonly items?: Value[]
  readonly problem?: Problem
}

export interface PersistentValue extends NodeBase {
  readonly kind: 'persistent'
  readonly id: Value
}

/** A class known only by a number of the writing process' `copyreg`. */
export interface ExtensionValue extends NodeBase {
  readonly kind: 'extension'
  readonly code: number
}

/** An out-of-band buffer of protocol 5: its bytes are not in the stream. */
export interface BufferValue extends NodeBase {
  readonly kind: 'buffer'
  readonly readonly: boolean
}

/** Where reading stopped, by a limit or by damage. */
export interface CutValue extends NodeBase {
  readonly kind: 'cut'
  readonly problem: Problem
}

export type ValueKind = Value['kind']

/** What decoding some bytes gave. */
export interface Decoded {
  /** The value; with a problem, as much of it as could be read; absent if nothing could. */
  readonly root?: Value
  readonly format: 'pickle' | 'json' | 'unknown'
  /** Pickle protocol named by the stream (0 where it names none). */
  readonly protocol?: number
  /** The decoded stream that spans and `BytesRef`s point into. */
  readonly source: import('../model/source.ts').ByteSource
  /** Compressor of the raw value, if it is compressed. */
  readonly compressor?: Compressor
  /** Set if the value was cut or the stream is damaged. */
  readonly problem?: Problem
  /** Offset after the last byte that belongs to the value. */
  readonly end: number
}

export type Compressor = 'zlib' | 'gzip' | 'bz2' | 'xz' | 'lzma' | 'lz4' | 'zfile'
