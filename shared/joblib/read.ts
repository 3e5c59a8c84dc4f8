import type { ByteSource } from '../model/source.ts'
import type { MachineState, Trace } from '../pickle/options.ts'
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
    const start = machine.cursor.offset
    const outcome =
      type === 'NumpyArrayWrapper'
        ? readWrappedArray(target, state, machine)
        : { value: readSideArray(target, state, type === 'ZNDArrayWrapper', machine, options) }
    if (outcome?.value.kind === 'ndarray') machine.trace?.arrays.push(outcome.value)
    if (machine.trace && type === 'NumpyArrayWrapper') noteInsert(machine.trace, start, machine, outcome)
    return outcome
  }
  return readPickle(source, { ...options, onBuild })
}

/** What stood behind the wrapper; of an array that is cut short all that is left. */
function noteInsert(
  trace: Trace,
  start: number,
  { cursor, source }: MachineState,
  outcome: ReturnType<typeof readWrappedArray>,
): void {
  const array = outcome?.value.kind === 'ndarray' ? outcome.value : undefined
  const isElements = array !== undefined && array.items === undefined
  const end = isElements && array.problem ? source.byteLength : cursor.offset
  if (end > start) trace.inserts.push({ start, end, isPickle: !isElements })
}
