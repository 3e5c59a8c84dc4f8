import { decodeValue } from '../../decode/decode.ts'
import { writeJoblib } from '../../joblib/write.ts'
import { readJson } from '../../json/read.ts'
import { AppError, toAppError } from '../../model/errors.ts'
import { MemorySource } from '../../model/source.ts'
import { orjsonForm, type JsonLoss } from '../../render/orjson.ts'
import type { Store } from '../../stores/contract.ts'

/** What a store holds: pickles, JSON, or either, one beside the other. */
export type ValueForm = 'pickle' | 'json' | 'any'

export interface Converted {
  /** In the form of the target, without the wrapping that it may put on. */
  readonly bytes: Uint8Array
  readonly losses: readonly JsonLoss[]
  readonly lossCounts: ReadonlyMap<string, number>
}

const nothingLost = { losses: [], lossCounts: new Map<string, number>() }

/** The bytes that a store's own wrapping is about: shelve pickles the bytes of a pickle. */
export function unwrapped(store: Store, value: Uint8Array): Uint8Array {
  const source = new MemorySource(value)
  const inner = store.innerValue?.(source)
  if (!inner) return value
  return inner.inline ?? source.read(inner.at, inner.length)
}

/** JSON as caches hold it is an object or a list; no pickle and no compressed stream begins with these signs. */
export function isJson(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b || bytes[0] === 0x5b
}

/**
 * A value from one store as another holds it. Bytes are kept wherever both hold the same form. From a pickle to JSON
 * something may be lost: that is listed, with `lost` for what JSON has nothing for.
 *
 * @throws AppError USAGE with a sentence about the value, if it cannot be converted
 */
export async function convert(inner: Uint8Array, wanted: ValueForm): Promise<Converted> {
  const form = isJson(inner) ? 'json' : 'pickle'
  if (wanted === 'any' || wanted === form) return { bytes: inner, ...nothingLost }
  return form === 'pickle' ? toJson(inner) : { ...nothingLost, bytes: toPickle(inner) }
}

async function toJson(inner: Uint8Array): Promise<Converted> {
  using decoded = await decodeValue(new MemorySource(inner), { values: 'pickle' })
  const { root, source, problem } = decoded
  if (!root || problem)
    throw new AppError(
      'USAGE',
      `It cannot be read whole (${problem?.sentence ?? 'it is empty'}), so it has no form in JSON.`,
    )
  const { text, losses, lossCounts } = orjsonForm(root, source, { rootName: 'record' })
  return {
    bytes: new TextEncoder().encode(text),
    losses,
    lossCounts,
  }
}

function toPickle(inner: Uint8Array): Uint8Array {
  const source = new MemorySource(inner)
  const { root, problem } = readJson(source)
  if (!root || problem)
    throw new AppError('USAGE', `It is no whole JSON (${problem?.sentence ?? 'it is empty'}).`)
  try {
    return writeJoblib(root, { source })
  } catch (thrown) {
    throw new AppError('USAGE', `It has no form as a pickle (${toAppError(thrown).message}).`, {
      cause: thrown,
    })
  }
}
