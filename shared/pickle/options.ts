import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type {
  ArrayValue,
  ExtensionValue,
  GlobalValue,
  ObjectValue,
  PersistentValue,
  Value,
} from '../value/value.ts'
import type { Cursor } from './cursor.ts'
import type { Budget, Limits } from './limits.ts'

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
  /** Every value that only the loading program can give, in stream order. */
  readonly outside: (PersistentValue | ExtensionValue)[]
  /** Every array that a hook put in place of its wrapper, in stream order. */
  readonly arrays: ArrayValue[]
  /** Every frame as the stream claims it, `[start, end)`. */
  readonly frames: { readonly start: number; readonly end: number }[]
  /** Every stretch of the stream that a hook stepped over: elements of an array, or a further pickle. */
  readonly inserts: Insert[]
}

/** Bytes `[start, end)` that are no opcodes of the pickle around them. */
export interface Insert {
  readonly start: number
  readonly end: number
  /** The elements of an array of objects, with opcodes of its own up to its STOP. */
  readonly isPickle: boolean
}

export function newTrace(): Trace {
  return { globals: [], calls: [], outside: [], arrays: [], frames: [], inserts: [] }
}
