import type { ByteSource } from '../model/source.ts'
import type { MachineState } from '../pickle/options.ts'
import { readPickle } from '../pickle/read.ts'
import type { PickleDecoded, ReadOptions } from '../pickle/read.ts'
import type { ObjectValue } from '../value/value.ts'
import { readWrappedArray } from './array.ts'
import { readSideArray } from './side-file.ts'
import type { SideFiles } from './side-file.ts'
import { wrapperClass } from './wrapper.ts'

export interface JoblibOptions extends Omit<ReadOptions, 'onBuild'>, SideFiles {}

/**
 * Reads a stream of `joblib.dump`, inflated, of any version of joblib; a plain
 * pickle reads as by `readPickle`, and all of that holds here. Arrays are `ndarray`
 * nodes whose elements stay in the source: reading steps over them.
 */
export function readJoblib(source: ByteSource, options: JoblibOptions = {}): PickleDecoded {
  const onBuild = (target: ObjectValue, machine: MachineState) => {
    const { state } = target
    const type = state?.kind === 'dict' ? wrapperClass(target) : undefined
    if (type === undefined || state?.kind !== 'dict') return undefined
    const outcome =
      type === 'NumpyArrayWrapper'
        ? readWrappedArray(target, state, machine)
        : { value: readSideArray(target, state, type === 'ZNDArrayWrapper', machine, options) }
    if (outcome?.value.kind === 'ndarray') machine.trace?.arrays.push(outcome.value)
    return outcome
  }
  return readPickle(source, { ...options, onBuild })
}
