import { AppError } from '../model/errors.ts'
import { strText } from '../value/python-text.ts'
import type { DType } from './dtype.ts'
import { dtypeText, shapeText } from './dtype.ts'
import type { NdArray } from './ndarray.ts'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
/** numpy begins the elements at multiples of this. */
const alignment = 64

/**
 * What stands before the elements in a `.npy` file (`numpy/lib/format.py`): version 1.0 where it does, 2.0 for
 * long headers, 3.0 for names beyond Latin-1. Throws `USAGE` for elements that are objects or overlap.
 */
export function npyHeader({ dtype, shape, order }: Pick<NdArray, 'dtype' | 'shape' | 'order'>): Uint8Array {
  const isFortran = order === 'F' ? 'True' : 'False'
  const text = `{'descr': ${description(dtype)}, 'fortran_order': ${isFortran}, 'shape': ${shapeText(shape)}, }`
  const isLatin = Array.from(text, (sign) => sign.codePointAt(0)!).every((point) => point < 256)
  const encoded = isLatin
    ? Uint8Array.from(text, (sign) => sign.codePointAt(0)!)
    : new TextEncoder().encode(text)
  const isShort = isLatin && encoded.length + alignment < 2 ** 16
  const prefix = magic.length + 2 + (isShort ? 2 : 4)
  const whole = Math.ceil((prefix + encoded.length + 1) / alignment) * alignment
  const bytes = new Uint8Array(whole).fill(0x20)
  bytes.set(magic)
  bytes.set([isShort ? 1 : isLatin ? 2 : 3, 0], magic.length)
  const length = new DataView(bytes.buffer)
  if (isShort) length.setUint16(8, whole - prefix, true)
  else length.setUint32(8, whole - prefix, true)
  bytes.set(encoded, prefix)
  bytes[whole - 1] = 0x0a
  return bytes
}

function description(dtype: DType): string {
  return dtype.fields ? fieldsText(dtype) : strText(dtypeText(dtype))
}

/** `numpy.dtype.descr`: the fields in the order of their places, padding as unnamed fields. */
function fieldsText(dtype: DType): string {
  const parts: string[] = []
  let at = 0
  const pad = (to: number): void => {
    if (to > at) parts.push(`('', '|V${to - at}')`)
  }
  for (const { name, dtype: field, offset } of (dtype.fields ?? []).toSorted((a, b) => a.offset - b.offset)) {
    if (offset < at)
      throw new AppError(
        'USAGE',
        `The fields of this dtype overlap at ${strText(name)}, which a .npy file cannot say; save as CSV or JSON.`,
      )
    pad(offset)
    const { subarray } = field
    const shape = subarray ? `, ${shapeText(subarray.shape)}` : ''
    parts.push(`(${strText(name)}, ${description(subarray?.base ?? field)}${shape})`)
    at = offset + field.itemsize
  }
  pad(dtype.itemsize)
  return `[${parts.join(', ')}]`
}
