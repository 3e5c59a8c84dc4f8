import { AppError } from '../model/errors.ts'
import { makeBool, makeBytes, makeCall, makeGlobal, makeInt, makeList, makeTuple } from '../value/make.ts'
import type { ArrayValue, Value } from '../value/value.ts'
import type { PickleWriter } from './write.ts'

/**
 * numpy's own form of an array in a pickle: `_reconstruct(subclass, (0,), b'b')` and a state of
 * (version, shape, dtype, is Fortran, elements). The module is named as numpy 1 does, which
 * numpy 2 still finds; the reverse is not so.
 */
export function writeNumpyArray(array: ArrayValue, writer: PickleWriter): void {
  const { data, items } = array
  if (!data && !items) throw missingElements(array)
  const elements: Value = items
    ? makeList([...items])
    : { kind: 'bytes', bytes: data!, start: array.start, end: array.end }
  const state = makeTuple([
    makeInt(1),
    makeTuple(array.shape.map((length) => makeInt(length))),
    array.dtype,
    makeBool(array.order === 'F'),
    elements,
  ])
  const reconstruct = makeGlobal('numpy.core.multiarray', '_reconstruct')
  const subclass = array.subclass ?? makeGlobal('numpy', 'ndarray')
  writer.write(
    makeCall(reconstruct, [subclass, makeTuple([makeInt(0)]), makeBytes(Uint8Array.of(0x62))], state),
  )
}

export function missingElements(array: ArrayValue): AppError {
  return new AppError(
    'USAGE',
    `The elements of an array stand in a side file (${array.sideFile ?? 'unnamed'}) that is not here: it cannot be written`,
  )
}
