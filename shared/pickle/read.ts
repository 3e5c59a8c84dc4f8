import { ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type {
  ArrayValue,
  Decoded,
  ExtensionValue,
  GlobalValue,
  ObjectValue,
  PersistentValue,
  Value,
} from '../value/value.ts'
import { located } from './faults.ts'
import { budgetFor, defaultLimits } from './limits.ts'
import type { Limits } from './limits.ts'
import { Machine } from './machine.ts'
import { opcodeOf } from './opcodes.ts'
import { newTrace } from './options.ts'
import type { BuildHook, MachineOptions, Trace } from './options.ts'
import { partialRoot } from './partial.ts'

export interface ReadOptions {
  /** What differs from `defaultLimits`. */
  readonly limits?: Partial<Limits>
  /** Collect `globals` and `calls`, those too whose results the pickle throws away. */
  readonly trace?: boolean
  /** Offset of the pickle's first byte; 0. */
  readonly start?: number
  /** See `BuildHook`. */
  readonly onBuild?: BuildHook
}

export interface PickleDecoded extends Decoded {
  readonly format: 'pickle' | 'unknown'
  /** With `trace`: every class or function that the pickle names, in stream order. */
  readonly globals?: readonly GlobalValue[]
  /** With `trace`: every call that loading it would make, and every change of a foreign object (`made: 'build'`). */
  readonly calls?: readonly ObjectValue[]
  /** With `trace`: every persistent id and extension code. */
  readonly outside?: readonly (PersistentValue | ExtensionValue)[]
  /** With `trace`: every array of a joblib stream. */
  readonly arrays?: readonly ArrayValue[]
  /** With `trace`: every frame as the stream claims it, which reading takes no notice of. */
  readonly frames?: Trace['frames']
  /** With `trace`: every stretch of a joblib stream that is no opcodes of the pickle around it. */
  readonly inserts?: Trace['inserts']
}

/**
 * Reads one pickle of any protocol as a tree; runs nothing of it. Never throws for
 * what the bytes are: a stream that is damaged, hostile or too large answers with
 * `problem` and as much of the tree as was read. Only `MissingBytes` of a source
 * that has not all its bytes passes through. What follows STOP is not looked at.
 */
export function readPickle(source: ByteSource, options: ReadOptions = {}): PickleDecoded {
  const limits = options.limits ? { ...defaultLimits, ...options.limits } : defaultLimits
  const trace: Trace | undefined = options.trace ? newTrace() : undefined
  const start = options.start ?? 0
  const budget = budgetFor(limits, source.byteLength)
  const machine = new Machine({ source, start, limits, budget, trace, onBuild: options.onBuild })
  const outcome = runMachine(machine)
  const isPickle = outcome.problem?.code !== 'EMPTY' && outcome.problem?.code !== 'NOT_A_PICKLE'
  return {
    root: outcome.root,
    format: isPickle ? 'pickle' : 'unknown',
    protocol: isPickle ? (machine.protocol ?? 0) : undefined,
    source,
    problem: outcome.problem,
    end: outcome.end,
    ...trace,
  }
}

export interface Outcome {
  readonly root?: Value
  readonly problem?: Problem
  readonly end: number
}

/**
 * Reads a pickle that stands within another stream, with a stack and a memo of its
 * own and the budget of the outer one.
 */
export function readNested(options: Omit<MachineOptions, 'onBuild'>): Outcome {
  return runMachine(new Machine(options))
}

function runMachine(machine: Machine): Outcome {
  const start = machine.cursor.offset
  try {
    return { root: machine.run(), problem: machine.frameProblem, end: machine.cursor.offset }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const opcode = machine.opcode === undefined ? undefined : opcodeOf(machine.opcode)
    const { problem } = located(error, machine.at, opcode?.name)
    const unlike = notAPickle(machine, start, problem)
    if (unlike) return { problem: unlike, end: start }
    machine.restoreMark()
    return { root: partialRoot(machine, machine.at, problem), problem, end: machine.at }
  }
}

/** A problem that says more than `problem` where the bytes were most likely never a pickle. */
function notAPickle(machine: Machine, start: number, problem: Problem): Problem | undefined {
  if (problem.code === 'TRUNCATED' && machine.source.byteLength <= start) {
    return { code: 'EMPTY', offset: start, sentence: 'There are no bytes to read.' }
  }
  const isUnlikely = problem.code === 'UNKNOWN_OPCODE' || (problem.code === 'STACK' && machine.at === start)
  if (!isUnlikely || machine.protocol !== undefined) return undefined
  for (let i = 0; i < machine.size; i++) {
    const value = machine.stack[i]!
    if ('items' in value || 'keys' in value || 'callee' in value) return undefined
  }
  return { code: 'NOT_A_PICKLE', offset: start, sentence: 'The bytes do not begin as a pickle does.' }
}
