import type { ByteSource } from '../model/source.ts'
import { missingElements, writeNumpyArray } from '../pickle/write-array.ts'
import { type PickleWriter, writePickle } from '../pickle/write.ts'
import { makeBool, makeFields, makeGlobal, makeInstance, makeInt, makeStr, makeTuple } from '../value/make.ts'
import type { ArrayValue, BytesRef, Value } from '../value/value.ts'

/** Arrays start at multiples of this in the stream, so that Python can map them into memory (joblib ≥ 1.2). */
const alignmentBytes = 16

/**
 * A value tree as `joblib.dump` writes it: a pickle in which the bytes of each array follow
 * its `NumpyArrayWrapper`, behind one byte that says how much padding stands before them.
 * `joblib.load` gives equal values. Compression is the caller's: it wraps the whole stream.
 * An array that occurs twice is written twice, as joblib does.
 *
 * @throws AppError `USAGE` as `writePickle`, and for arrays whose bytes are not here.
 */
export function writeJoblib(root: Value, options: { source?: ByteSource } = {}): Uint8Array {
  return writePickle(root, {
    ...options,
    array(array, writer) {
      const { data, items } = array
      if (!data && !items) throw missingElements(array)
      writer.write(wrapperOf(array), () => {
        if (data) writeAligned(data, writer)
        else writer.rawBytes(nestedPickle(array, options.source))
      })
    },
  })
}

function wrapperOf(array: ArrayValue): Value {
  return makeInstance(
    makeGlobal('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    [],
    makeFields({
      subclass: array.subclass ?? makeGlobal('numpy', 'ndarray'),
      shape: makeTuple(array.shape.map((length) => makeInt(length))),
      order: makeStr(array.order),
      dtype: array.dtype,
      allow_mmap: makeBool(!array.items),
      numpy_array_alignment_bytes: makeInt(alignmentBytes),
    }),
  )
}

function writeAligned(data: BytesRef, writer: PickleWriter): void {
  const padding = alignmentBytes - ((writer.length + 1) % alignmentBytes)
  writer.rawByte(padding)
  for (let i = 0; i < padding; i++) writer.rawByte(0xff)
  writer.rawBytes(data)
}

/** Arrays of objects are a whole pickle of their own at this place of the stream. */
function nestedPickle(array: ArrayValue, source: ByteSource | undefined): BytesRef {
  const inline = writePickle(array, { source, array: writeNumpyArray })
  return { inline, length: inline.length }
}
