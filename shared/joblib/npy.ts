import { ProblemError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { budgetFor, defaultLimits } from '../pickle/limits.ts'
import { newTrace } from '../pickle/options.ts'
import type { Trace } from '../pickle/options.ts'
import { readNested } from '../pickle/read.ts'
import type { PickleDecoded } from '../pickle/read.ts'
import type { ArrayValue } from '../value/value.ts'
import { arrayHead, badArray, missingElements, objectArray } from './array.ts'
import type { ArrayHead } from './array.ts'
import { parseLiteral } from './npy-literal.ts'
import { attribute } from './wrapper.ts'

/** Headers hold the dtype; one beyond this is no header (numpy itself refuses more than 10,000). */
const maxHeaderBytes = 2 ** 16
const magic = '\x93NUMPY'

/**
 * Reads a `.npy` file, format 1.0 to 3.0 (`numpy/lib/format.py`), as an `ndarray`
 * node whose elements stay in the source. Never throws for what the bytes are.
 */
export function readNpy(source: ByteSource, options: { readonly trace?: boolean } = {}): PickleDecoded {
  const trace = options.trace ? newTrace() : undefined
  try {
    const { root, end } = readNpyArray(source, { trace })
    return { root, format: 'unknown', source, problem: root.problem, end, ...trace }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { format: 'unknown', source, problem: { offset: 0, ...error.problem }, end: 0, ...trace }
  }
}

/**
 * The array of a `.npy` file. With `inlineObjects` an array of objects holds copies
 * of its bytes, so that the tree can stand in another source's tree.
 *
 * @throws ProblemError
 */
export function readNpyArray(
  source: ByteSource,
  options: { readonly inlineObjects?: boolean; readonly trace?: Trace | undefined } = {},
): { readonly root: ArrayValue; readonly end: number } {
  const { head, dataOffset } = readNpyHead(source)
  const { shape, order, node: dtype } = head
  const shared = { kind: 'ndarray', start: 0, dtype, shape, order } as const
  if (head.dtype.hasObject) {
    const limits = defaultLimits
    const budget = budgetFor(limits, source.byteLength)
    const nested = readNested({
      source,
      start: dataOffset,
      limits,
      budget,
      inlineBytes: options.inlineObjects ?? false,
      trace: options.trace,
    })
    const array = nested.root && objectArray(nested.root, undefined, source)
    // A pickle of something else is still shown, as the only element.
    const items = array?.items ?? (nested.root ? [nested.root] : undefined)
    return { root: { ...shared, end: nested.end, items, problem: nested.problem }, end: nested.end }
  }
  const present = source.byteLength - dataOffset
  if (head.sizeBytes > present) {
    const problem = missingElements(head, present, source)
    return { root: { ...shared, end: source.byteLength, problem }, end: source.byteLength }
  }
  const end = dataOffset + head.sizeBytes
  return { root: { ...shared, end, data: { at: dataOffset, length: head.sizeBytes } }, end }
}

function readNpyHead(source: ByteSource): { head: ArrayHead; dataOffset: number } {
  const start = source.read(0, 12)
  if (start.length < 10 || String.fromCharCode(...start.subarray(0, 6)) !== magic) {
    throw new ProblemError({ code: 'NOT_A_PICKLE', sentence: 'The file does not begin as a .npy file does.' })
  }
  const version = start[6]!
  if (version < 1 || version > 3) throw badArray(`The .npy file is of version ${version}; 1 to 3 are known.`)
  const prefix = version === 1 ? 10 : 12
  let length = start[8]! | (start[9]! << 8)
  if (version > 1) length = (length | ((start[10] ?? 0) << 16) | ((start[11] ?? 0) << 24)) >>> 0
  if (length > source.byteLength - prefix) {
    throw new ProblemError({ code: 'TRUNCATED', sentence: 'The .npy file ends within its header.' })
  }
  if (length > maxHeaderBytes) {
    throw new ProblemError({ code: 'LIMIT_SIZE', sentence: `The .npy header has ${length} bytes.` })
  }
  const bytes = source.read(prefix, length)
  const header = parseLiteral(new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes), prefix)
  if (header.kind !== 'dict') throw badArray('The header of the .npy file is no dict.')
  const fortran = attribute(header, 'fortran_order')
  if (fortran?.kind !== 'bool') throw badArray('The .npy header does not say the order.')
  const order = fortran.value ? 'F' : 'C'
  return {
    head: arrayHead(attribute(header, 'descr'), attribute(header, 'shape'), order, source),
    dataOffset: prefix + length,
  }
}
