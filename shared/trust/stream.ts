import { wrapperClass } from '../joblib/wrapper.ts'
import type { ByteSource } from '../model/source.ts'
import { parseDType } from '../numpy/dtype.ts'
import { itemsOf } from '../numpy/nodes.ts'
import type { ObjectValue, Value } from '../value/value.ts'

/**
 * Behind a wrapper joblib reads the bytes of an array, or a further pickle, out of the
 * stream itself. How many and which of the two hangs on the wrapper's attributes and on
 * the flags of its dtype. A stream that has them otherwise than joblib writes them could
 * have Python go on at another place than this reader did, and there see other opcodes.
 */

const fields = {
  NumpyArrayWrapper: ['subclass', 'shape', 'order', 'dtype', 'allow_mmap', 'numpy_array_alignment_bytes'],
  NDArrayWrapper: ['filename', 'subclass', 'allow_mmap'],
  ZNDArrayWrapper: ['filename', 'init_args', 'state', 'subclass', 'allow_mmap'],
}

type WrapperName = keyof typeof fields

export function isWrapperName(name: string): name is WrapperName {
  return Object.hasOwn(fields, name)
}

/**
 * Doubts about a call that makes a wrapper: the class must not be called, since that
 * would set attributes which the state does not show, and the state must be a dict of
 * the known ones.
 */
export function wrapperDoubt(call: ObjectValue, name: WrapperName): string | undefined {
  const { state, listItems, dictKeys, kwargs } = call
  const isPlain =
    isMadeBare(call) &&
    wrapperClass(call) === name &&
    !(listItems ?? dictKeys ?? kwargs) &&
    (state === undefined ||
      (state.kind === 'dict' &&
        state.keys.every((key) => key.kind === 'str' && fields[name].includes(key.value))))
  return isPlain ? undefined : 'it is no wrapper of an array as joblib writes it'
}

/** `cls.__new__(cls)`, or what protocols 0 and 1 have for it: `copyreg._reconstructor(cls, object, None)`. */
function isMadeBare({ made, args }: ObjectValue): boolean {
  if (made === 'newobj') return args.length === 0
  if (made !== 'reduce' || args.length !== 3) return false
  const [, base, state] = args
  return isObjectClass(base) && state?.kind === 'none'
}

function isObjectClass(node: Value | undefined): boolean {
  return node?.kind === 'global' && node.name === 'object' && /^(?:builtins|__builtin__)$/.test(node.module)
}

/**
 * Tells for an offset whether a frame of protocol 4 goes on behind it. joblib reads the
 * rest of a frame from memory and what follows a wrapper from the file behind the frame,
 * and so ends each frame before; elsewhere the two readers would part.
 */
export function framesAt(
  frames: readonly { readonly start: number; readonly end: number }[],
): (offset: number) => boolean {
  const sorted = frames.toSorted((a, b) => a.start - b.start)
  const ends = sorted.map(({ end }) => end)
  for (let i = 1; i < ends.length; i++) ends[i] = Math.max(ends[i]!, ends[i - 1]!)
  return (offset) => {
    let [from, to] = [0, sorted.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (sorted[middle]!.start < offset) from = middle + 1
      else to = middle
    }
    return from > 0 && ends[from - 1]! > offset
  }
}

const flagsAt = 7
/** `NPY_ITEM_HASOBJECT` of numpy: the elements are Python objects, which joblib reads as a pickle. */
const objectFlag = 1

/** Doubts about a `numpy.dtype`: its flags, which its state sets whatever its kind is, must fit the kind. */
export function dtypeDoubt(call: ObjectValue, source: ByteSource): string | undefined {
  if (call.state === undefined) return undefined
  const flags = itemsOf(call.state)?.[flagsAt]
  const dtype = parseDType(call, source)
  const isFit =
    dtype &&
    flags?.kind === 'int' &&
    (Number(BigInt(flags.value) & BigInt(objectFlag)) === 1) === dtype.hasObject
  return isFit ? undefined : 'its flags do not fit its kind'
}
