import type { DictValue, GlobalValue, ObjectValue, Value } from '../value/value.ts'

/** The classes of joblib that stand for an array in its streams. */
export type WrapperClass = 'NumpyArrayWrapper' | 'NDArrayWrapper' | 'ZNDArrayWrapper'

/** joblib's own modules, also where scikit-learn carried a copy (`sklearn.externals.joblib`). */
const wrapperModule = /(?:^|\.)joblib\.numpy_pickle(?:_compat)?$/

/** Which wrapper of joblib an object is an instance of, if of one. */
export function wrapperClass(target: ObjectValue): WrapperClass | undefined {
  const type = classOf(target)
  if (!type || !wrapperModule.test(type.module)) return undefined
  switch (type.name) {
    case 'NumpyArrayWrapper':
    case 'NDArrayWrapper':
    case 'ZNDArrayWrapper':
      return type.name
    default:
      return undefined
  }
}

function classOf(target: ObjectValue): GlobalValue | undefined {
  const { callee } = target
  if (callee.kind !== 'global') return undefined
  if (target.made !== 'reduce') return callee
  const isRebuilt = callee.name === '_reconstructor' || callee.name === '__newobj__'
  if (!isRebuilt || (callee.module !== 'copyreg' && callee.module !== 'copy_reg')) return undefined
  const [type] = target.args
  return type?.kind === 'global' ? type : undefined
}

/** An attribute by name; the last one counts, as when Python sets them in order. */
export function attribute(state: DictValue, name: string): Value | undefined {
  for (let i = state.keys.length - 1; i >= 0; i--) {
    const key = state.keys[i]!
    if (key.kind === 'str' && key.value === name) return state.values[i]
  }
  return undefined
}
