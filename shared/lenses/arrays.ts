import type { ByteSource } from '../model/source.ts'
import type { DType } from '../numpy/dtype.ts'
import { parseDType } from '../numpy/dtype.ts'
import type { Element } from '../numpy/element.ts'
import { decodeElement, viewOfBytes } from '../numpy/element.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { makeArray } from '../numpy/ndarray.ts'
import { bytesOf, integerOf, integersOf, itemsOf, latin1Bytes } from '../numpy/nodes.ts'
import type { ArrayValue, BytesRef, Value } from '../value/value.ts'
import { dotted, nameOf } from './names.ts'
import type { ObjectParts } from './parts.ts'
import { partsOf } from './parts.ts'
import type { ArrayView, MaskedView, View } from './view.ts'

/**
 * numpy's own ways to pickle: `_reconstruct` with a state (all protocols),
 * `_frombuffer` (protocol 5), `scalar`, `_mareconstruct`; and joblib's arrays.
 */

/** The array that a node stands for, whichever way it was stored; of a masked array its data, with the mask. */
export function asArray(node: Value, source: ByteSource): NdArray | undefined {
  const view = arrayView(node, source)
  if (view?.kind !== 'masked') return view?.array
  return view.mask ? { ...view.data, mask: view.mask } : view.data
}

/** The view of an array node or of an object that is an array; else `undefined`. */
export function arrayView(node: Value, source: ByteSource): ArrayView | MaskedView | undefined {
  if (node.kind === 'ndarray') return storedArray(node, source)
  if (node.kind !== 'object') return undefined
  const parts = partsOf(node)
  if (!parts.name || !parts.name.module.startsWith('numpy')) return undefined
  switch (parts.name.name) {
    case '_reconstruct':
      return reconstructed(parts, source)
    case '_mareconstruct':
      return masked(parts, source)
    case '_frombuffer':
      return fromBuffer(parts, source)
    default:
      return undefined
  }
}

/** joblib's array. */
function storedArray(node: ArrayValue, source: ByteSource): ArrayView | undefined {
  const dtype = parseDType(node.dtype, source)
  const { shape, order, data, items } = node
  const array = dtype && makeArray({ dtype, shape, order, source, data, items })
  if (!array) return undefined
  // joblib hands numpy.memmap out as an ndarray again.
  const name = node.subclass && nameOf(node.subclass)
  const className = name && dotted(name) !== 'numpy.memmap' ? classOf(node.subclass) : undefined
  return { kind: 'ndarray', array, className, problem: node.problem }
}

function classOf(node: Value | undefined): string | undefined {
  const name = node && nameOf(node)
  if (!name) return undefined
  const text = dotted(name)
  return text === 'numpy.ndarray' ? undefined : text
}

interface ArrayState {
  readonly dtype: DType
  readonly array: NdArray
  /** What follows the data in the state: of a masked array its mask and fill value. */
  readonly rest: readonly Value[]
}

/** `(version, shape, dtype, isFortran, data…)`: `array_setstate` of numpy; before 2005 without the version. */
function stateOf(state: Value | undefined, source: ByteSource): ArrayState | undefined {
  const parts = itemsOf(state)
  if (!parts) return undefined
  const shift = parts[0]?.kind === 'int' ? 1 : 0
  const [shapeNode, dtypeNode, fortran, data, ...rest] = parts.slice(shift)
  const shape = integersOf(shapeNode)
  const dtype = dtypeNode && parseDType(dtypeNode, source)
  if (!shape || !dtype || !data) return undefined
  const order = integerOf(fortran) === 1 ? 'F' : 'C'
  const items = data.kind === 'list' ? data.items : undefined
  if (items && !dtype.hasObject) return undefined
  // A structured dtype with objects is stored as tuples, which are no elements of one kind.
  const plainItems = items && dtype.kind === 'O' ? items : undefined
  const array = makeArray({ dtype, shape, order, source, data: refOf(data, source), items: plainItems })
  return array && { dtype, array, rest }
}

/** Bytes of the data: in the source, or spelled as text by protocols 0 to 2 (of Python 2 as such, if all ASCII). */
function refOf(node: Value, source: ByteSource): BytesRef | undefined {
  if (node.kind === 'bytes' || node.kind === 'bytearray') return node.bytes
  const spelled = node.kind === 'str' ? latin1Bytes(node.value) : bytesOf(node, source)
  return spelled && { inline: spelled, length: spelled.length }
}

function reconstructed(parts: ObjectParts, source: ByteSource): ArrayView | undefined {
  const state = stateOf(parts.state, source)
  return state && { kind: 'ndarray', array: state.array, className: classOf(parts.args[0]) }
}

/** `_frombuffer(buffer, dtype, shape, order)`. */
function fromBuffer({ args }: ObjectParts, source: ByteSource): ArrayView | undefined {
  const [buffer, dtypeNode, shapeNode, orderNode] = args
  const dtype = dtypeNode && parseDType(dtypeNode, source)
  const shape = integersOf(shapeNode)
  if (!buffer || !dtype || !shape) return undefined
  const order = orderNode?.kind === 'str' && orderNode.value === 'F' ? 'F' : 'C'
  const array = makeArray({ dtype, shape, order, source, data: refOf(buffer, source) })
  return array && { kind: 'ndarray', array }
}

/** An array whose bytes the pickle hands to the program beside it. */
export function isOutOfBand({ name, args }: ObjectParts): boolean {
  return name?.name === '_frombuffer' && args[0]?.kind === 'buffer'
}

/** `_mareconstruct(class, base class, shape, type code)` with the state `(…, data, mask, fill value)`. */
function masked(parts: ObjectParts, source: ByteSource): MaskedView | undefined {
  const state = stateOf(parts.state, source)
  if (!state) return undefined
  const { array, dtype } = state
  const [maskNode, fillNode] = state.rest
  const maskRef = maskNode && refOf(maskNode, source)
  const boolean: DType = { kind: 'b', itemsize: 1, byteOrder: '|', hasObject: false }
  const mask =
    maskRef && maskRef.length === array.size && !dtype.fields
      ? makeArray({ dtype: boolean, shape: array.shape, order: array.order, source, data: maskRef })
      : undefined
  const className = classOf(parts.args[0]) ?? 'numpy.ma.MaskedArray'
  return { kind: 'masked', className, data: array, mask, fill: fillOf(fillNode, dtype, source) }
}

function fillOf(node: Value | undefined, dtype: DType, source: ByteSource): MaskedView['fill'] {
  if (!node || node.kind === 'none') return defaultFill(dtype)
  const array = asArray(node, source)
  if (array?.data && array.size === 1) {
    const bytes = array.data.source.read(array.data.at, array.dtype.itemsize)
    return { dtype: array.dtype, element: decodeElement(array.dtype, viewOfBytes(bytes), 0) }
  }
  const view = scalarOf(node, source)
  return view && { dtype: view.dtype, element: view.element }
}

/** `numpy.ma.default_fill_value`, for an array that has none of its own. */
function defaultFill(dtype: DType): MaskedView['fill'] {
  const { itemsize } = dtype
  const elements: Partial<Record<DType['kind'], Element>> = {
    b: { kind: 'bool', value: true },
    i: { kind: 'int', value: 999_999 },
    u: { kind: 'int', value: 999_999 },
    f: { kind: 'float', value: 1e20, itemsize },
    c: { kind: 'complex', real: 1e20, imaginary: 0, itemsize: itemsize / 2 },
    U: { kind: 'text', value: 'N/A' },
  }
  const element = elements[dtype.kind]
  return element && { dtype, element }
}

/** `scalar(dtype, bytes)`; `undefined` for scalars that are objects and for bytes of the wrong length. */
export function scalarOf(node: Value, source: ByteSource): Extract<View, { kind: 'npscalar' }> | undefined {
  if (node.kind !== 'object') return undefined
  const { name, args } = partsOf(node)
  if (name?.name !== 'scalar' || !name.module.startsWith('numpy')) return undefined
  const [dtypeNode, content] = args
  const dtype = dtypeNode && parseDType(dtypeNode, source)
  const ref = content && refOf(content, source)
  if (!dtype || !ref || ref.length !== dtype.itemsize || dtype.hasObject) return undefined
  const bytes = ref.inline ?? source.read(ref.at ?? 0, ref.length)
  if (bytes.length !== dtype.itemsize) return undefined
  return { kind: 'npscalar', dtype, element: decodeElement(dtype, viewOfBytes(bytes), 0) }
}
