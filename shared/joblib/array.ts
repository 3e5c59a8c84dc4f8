import { ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { parseDType } from '../numpy/dtype.ts'
import type { DType } from '../numpy/dtype.ts'
import { readNested } from '../pickle/read.ts'
import type { BuildHook, MachineState } from '../pickle/options.ts'
import type { ArrayValue, DictValue, GlobalValue, ObjectValue, Value } from '../value/value.ts'
import { attribute } from './wrapper.ts'

/** numpy's own bound (`NPY_MAXDIMS` of numpy 2). */
const maxDimensions = 64

/** What is known of an array before its elements. */
export interface ArrayHead {
  /** The dtype as a node, and understood. */
  readonly node: Value
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly order: 'C' | 'F'
  /** Bytes of all elements; for arrays of objects that of their pointers, which no stream has. */
  readonly sizeBytes: number
}

export function badArray(sentence: string): ProblemError {
  return new ProblemError({ code: 'BAD_ARRAY', sentence })
}

/**
 * Checks what a stream claims of an array.
 *
 * @throws ProblemError `BAD_ARRAY` for a dtype or shape that no array has.
 */
export function arrayHead(
  dtypeNode: Value | undefined,
  shapeNode: Value | undefined,
  order: 'C' | 'F',
  source: ByteSource,
): ArrayHead {
  const dtype = dtypeNode && parseDType(dtypeNode, source)
  if (!dtype) throw badArray('The array has a dtype that numpy does not know.')
  if (dtype.itemsize === 0 && !dtype.hasObject) throw badArray("The array's elements have no bytes.")
  const shape = parseShape(shapeNode)
  return { node: dtypeNode, dtype, shape, order, sizeBytes: elementCount(shape) * dtype.itemsize }
}

/** Number of elements; 0 if any dimension is 0, whatever the others say. */
function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1)
}

function parseShape(node: Value | undefined): readonly number[] {
  if (node?.kind !== 'tuple' && node?.kind !== 'list') throw badArray("The array's shape is no tuple.")
  if (node.items.length > maxDimensions) {
    throw badArray(`The array has ${node.items.length} dimensions; numpy knows ${maxDimensions}.`)
  }
  return node.items.map((item) => {
    if (item.kind !== 'int') throw badArray("The array's shape holds something other than integers.")
    if (typeof item.value !== 'number' || item.value < 0) {
      throw badArray(`The array's shape holds ${item.value}, which is no length.`)
    }
    return item.value
  })
}

/** The problem of an array whose elements are not all there; a broken source's own problem comes first. */
export function missingElements(head: ArrayHead, present: number, source: ByteSource): Problem {
  return (
    source.problem ?? {
      code: 'BAD_ARRAY',
      offset: source.byteLength,
      sentence: `The array needs ${head.sizeBytes} bytes and ${present} are left: its shape is wrong or the value is cut short.`,
    }
  )
}

/**
 * `joblib.numpy_pickle.NumpyArrayWrapper` (joblib from 0.10 on): the elements stand
 * in the stream behind the BUILD, after padding that its first byte counts if the
 * wrapper has an alignment (joblib from 1.2 on); objects stand there as a pickle.
 */
export function readWrappedArray(
  target: ObjectValue,
  state: DictValue,
  machine: MachineState,
): ReturnType<BuildHook> {
  const { cursor, source } = machine
  const orderNode = attribute(state, 'order')
  // numpy_pickle.py read_array: whatever is not 'F' is C.
  const order = orderNode?.kind === 'str' && orderNode.value === 'F' ? 'F' : 'C'
  const dtypeNode = attribute(state, 'dtype')
  const head = arrayHead(dtypeNode, attribute(state, 'shape'), order, source)
  const subclass = asGlobal(attribute(state, 'subclass'))
  if (head.dtype.hasObject) return readObjectArray(target, subclass, machine)

  const alignment = attribute(state, 'numpy_array_alignment_bytes')
  if (alignment && alignment.kind !== 'none') cursor.skip(cursor.u1())
  const { start } = target
  const at = cursor.offset
  const shared = { kind: 'ndarray', start, dtype: head.node, shape: head.shape, order, subclass } as const
  if (head.sizeBytes > cursor.remaining) {
    const problem = missingElements(head, cursor.remaining, source)
    return { value: { ...shared, end: source.byteLength, problem }, problem }
  }
  cursor.skip(head.sizeBytes)
  return { value: { ...shared, end: cursor.offset, data: { at, length: head.sizeBytes } } }
}

export function asGlobal(node: Value | undefined): GlobalValue | undefined {
  return node?.kind === 'global' ? node : undefined
}

/** The nested pickle is the array: joblib takes whatever it holds. */
function readObjectArray(
  target: ObjectValue,
  subclass: GlobalValue | undefined,
  machine: MachineState,
): ReturnType<BuildHook> {
  const { cursor, source, limits, budget, trace } = machine
  const start = cursor.offset
  const { root, problem, end } = readNested({ source, start, limits, budget, trace })
  cursor.seek(end)
  const value = root && objectArray(root, subclass, source)
  if (value) {
    value.start = target.start
    value.end = end
  }
  return { value: value ?? root ?? target, problem: problem && nestedProblem(problem) }
}

/** The outer stream is a pickle, whatever the nested one is. */
function nestedProblem(problem: Problem): Problem {
  if (problem.code === 'EMPTY') {
    return { ...problem, code: 'TRUNCATED', sentence: "The bytes end before the array's objects." }
  }
  if (problem.code === 'NOT_A_PICKLE') {
    return { ...problem, code: 'BAD_ARRAY', sentence: "What stands for the array's objects is no pickle." }
  }
  return problem
}

/**
 * An array of objects from numpy's own pickle of it (`_reconstruct`, then a state
 * of version, shape, dtype, order and list of items); `undefined` for anything else.
 */
export function objectArray(
  root: Value,
  subclass: GlobalValue | undefined,
  source: ByteSource,
): ArrayValue | undefined {
  if (root.kind !== 'object' || root.callee.kind !== 'global' || root.callee.name !== '_reconstruct') {
    return undefined
  }
  if (root.state?.kind !== 'tuple') return undefined
  const [, shapeNode, dtypeNode, isFortran, list] = root.state.items
  if (list?.kind !== 'list') return undefined
  try {
    const order = isFortran && isTrue(isFortran) ? 'F' : 'C'
    const { node: dtype, shape } = arrayHead(dtypeNode, shapeNode, order, source)
    if (elementCount(shape) !== list.items.length) return undefined
    const { start, end } = root
    const type = subclass ?? asGlobal(root.args[0])
    return { kind: 'ndarray', start, end, dtype, shape, order, subclass: type, items: list.items }
  } catch (error) {
    if (error instanceof ProblemError) return undefined
    throw error
  }
}

function isTrue(node: Value): boolean {
  return (node.kind === 'bool' || node.kind === 'int') && Number(node.value) !== 0
}
