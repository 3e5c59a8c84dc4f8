import { MemorySource } from '../model/source.ts'
import { toHex } from '../model/bytes.ts'
import { canonicalBytes } from '../numpy/canonical.ts'
import { orderedChunks } from '../numpy/chunks.ts'
import { datetime64Text } from '../numpy/datetime.ts'
import type { DType } from '../numpy/dtype.ts'
import type { Element } from '../numpy/element.ts'
import { safeInteger } from '../numpy/element.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { cellsOf, makeArray } from '../numpy/ndarray.ts'
import { PairwiseSum } from '../numpy/pairwise.ts'
import { numbersOf, Summary } from '../numpy/statistics.ts'
import type { BytesRef } from '../value/value.ts'
import type { ArrayView, MaskedView } from '../lenses/view.ts'
import type { Rendering, Steps } from './json-steps.ts'
import { cutText, listSteps } from './json-steps.ts'
import { jsonComplex, jsonDType, jsonFloat, jsonInt, jsonStr, jsonString } from './json-text.ts'

const firstElements = 5
const maxObjectItems = 200
const maxHexBytes = 32

/** `{"$ndarray": …}`: the hash is of the elements in C order as little-endian bytes without padding. */
export function* arraySteps(rendering: Rendering, { array, className, problem }: ArrayView): Steps {
  const { dtype, shape, order } = array
  yield `{"$ndarray":{"dtype":${jsonDType(dtype)},"shape":[${shape.join(',')}],"order":"${order}"`
  if (className !== undefined) yield `,"class":${jsonString(className)}`
  if (dtype.hasObject) {
    if (!dtype.fields) {
      yield ',"items":'
      yield* listSteps(rendering, (array.items ?? []).slice(0, maxObjectItems))
    }
    yield ',"sha256":null'
  } else if (array.data) {
    yield contentText(rendering, array)
  } else {
    yield ',"sha256":null'
  }
  if (!array.data && !array.items && !dtype.hasObject) {
    yield `,"$cut":${jsonString(problem?.sentence ?? 'The bytes of this array are not here.')}`
  }
  yield '}}'
}

/** Hash, first elements and, of ints and floats, smallest, largest and mean of the finite ones: one pass. */
function contentText(rendering: Rendering, array: NdArray): string {
  const { dtype } = array
  const isNumber = dtype.kind === 'i' || dtype.kind === 'u' || dtype.kind === 'f'
  const summary = new Summary()
  const sum = new PairwiseSum(array.size)
  const hash = rendering.hashOf(chunks())
  const first = cellsOf(array, 0, firstElements).map((cell) =>
    cell && cell.kind !== 'node' ? elementJson(rendering, cell) : cutText('This element is not here.'),
  )
  let text = `,"sha256":${hash === undefined ? 'null' : `"${hash}"`},"first":[${first.join(',')}]`
  if (!isNumber || hash === undefined) return text
  const { count, finite, min, max } = summary.result()
  if (finite < count) text += `,"nonfinite":${count - finite}`
  if (min === undefined || max === undefined) return text
  const mean = (finite === count ? sum.sum : finiteSum(array, finite)) / finite
  const number = (value: number | bigint) => (dtype.kind === 'f' ? jsonFloat(Number(value)) : jsonInt(value))
  return `${text},"min":${number(min)},"max":${number(max)},"mean":${jsonFloat(mean)}`

  function* chunks(): Generator<Uint8Array> {
    for (const chunk of orderedChunks(array)) {
      if (isNumber) sum.add(summary.add(dtype, chunk))
      yield canonicalBytes(dtype, chunk)
    }
  }
}

/** A second pass, for arrays with numbers to leave out. */
function finiteSum(array: NdArray, finite: number): number {
  const sum = new PairwiseSum(finite)
  for (const chunk of orderedChunks(array)) sum.add(numbersOf(array.dtype, chunk).filter(Number.isFinite))
  return sum.sum
}

/** One element as a plain value; a sub-array as an array of its own. */
export function elementJson(rendering: Rendering, element: Element): string {
  switch (element.kind) {
    case 'bool':
      return String(element.value)
    case 'int':
      return jsonInt(element.value)
    case 'float':
      return jsonFloat(element.value)
    case 'complex':
      return jsonComplex(element.real, element.imaginary)
    case 'text':
      return jsonStr(element.value, (bytes) => rendering.hashOf([bytes]) ?? '')
    case 'bytes': {
      const { value } = element
      return `{"$bytes":${bytesJson(rendering, { inline: value, length: value.length })}}`
    }
    case 'datetime':
      return jsonString(datetime64Text(element))
    case 'timedelta': {
      const count = element.count === undefined ? 'null' : jsonInt(safeInteger(element.count))
      return `{"value":${count},"unit":"${element.unit}","step":${element.step}}`
    }
    case 'record':
      // The nesting of fields is bounded by the dtype's parser.
      return `[${element.fields.map((field) => elementJson(rendering, field.value)).join(',')}]`
    case 'array':
      return subarrayJson(rendering, element.base, element.shape, element.bytes)
    default:
      return cutText('The object of this field is not read.')
  }
}

function subarrayJson(
  rendering: Rendering,
  dtype: DType,
  shape: readonly number[],
  bytes: Uint8Array,
): string {
  const source = new MemorySource(bytes)
  const array = makeArray({ dtype, shape, order: 'C', source, data: { at: 0, length: bytes.length } })
  if (!array) return cutText('The shape of this sub-array is not possible.')
  const parts: string[] = []
  for (const step of arraySteps(rendering, { kind: 'ndarray', array }))
    if (typeof step === 'string') parts.push(step)
  return parts.join('')
}

/** `{"length", "sha256", "hex"}` of bytes; the hash is null where the bytes are not all here. */
export function bytesJson(rendering: Rendering, ref: BytesRef): string {
  const { length } = ref
  const hash = rendering.hashOf(bytesChunks(rendering, ref))
  const isWhole = ref.inline !== undefined || (ref.at ?? 0) + length <= rendering.source.byteLength
  const sha256 = hash === undefined || !isWhole ? 'null' : `"${hash}"`
  if (length > maxHexBytes) return `{"length":${length},"sha256":${sha256}}`
  const bytes = ref.inline ?? rendering.source.read(ref.at ?? 0, length)
  return `{"length":${length},"sha256":${sha256},"hex":"${toHex(bytes)}"}`
}

const chunkBytes = 1 << 20

function* bytesChunks(rendering: Rendering, ref: BytesRef): Generator<Uint8Array> {
  if (ref.inline) {
    yield ref.inline
    return
  }
  const start = ref.at ?? 0
  for (let offset = 0; offset < ref.length; offset += chunkBytes) {
    const bytes = rendering.source.read(start + offset, Math.min(chunkBytes, ref.length - offset))
    if (bytes.length === 0) return
    yield bytes
  }
}

export function* maskedSteps(rendering: Rendering, view: MaskedView): Steps {
  yield `{"$masked":{"class":${jsonString(view.className)},"data":`
  yield* arraySteps(rendering, { kind: 'ndarray', array: view.data })
  yield ',"mask":'
  if (view.mask) yield* arraySteps(rendering, { kind: 'ndarray', array: view.mask })
  else yield 'null'
  yield ',"fill_value":'
  yield view.fill ? scalarJson(rendering, view.fill.dtype, view.fill.element) : 'null'
  yield '}}'
}

export function scalarJson(rendering: Rendering, dtype: DType, element: Element): string {
  return `{"$npscalar":{"dtype":${jsonDType(dtype)},"value":${elementJson(rendering, element)}}}`
}
