import { innerOf, openEntryDocument, type Document } from '../catalog/documents.ts'
import { diffValues } from '../diff/diff.ts'
import type { Side, Tolerance } from '../diff/types.ts'
import { readJson } from '../json/read.ts'
import { lookUp } from '../lenses/names.ts'
import { AppError } from '../model/errors.ts'
import { showKey, type ShownKey } from '../model/keys.ts'
import { MemorySource, type ByteSource } from '../model/source.ts'
import { orjsonForm } from '../render/orjson.ts'
import type { Store } from '../stores/contract.ts'
import type { Verdict } from './contract.ts'

/** More changes of one entry need not be listed to know that it differs. */
const listed = { maxChanges: 1 }
const chunkBytes = 1 << 20
/** A value is brought into the form of the other side's JSON up to this size: the text of an array is many times as long. */
const jsonFormBytes = 32 * 1024 * 1024

export interface ValueComparison {
  readonly tolerance: Tolerance
  /** `output`: of entries of another key, whose metadata differs anyway. */
  readonly what: 'all' | 'output'
  readonly signal?: AbortSignal
}

/** Reads both entries and tells how they stand to each other. A fault of one entry is a verdict; throws only `CANCELLED`. */
export async function compareEntries(
  left: Store,
  leftKey: ShownKey,
  right: Store,
  rightKey: ShownKey,
  options: ValueComparison,
): Promise<Verdict> {
  try {
    using a = await openEntryDocument(left, leftKey, { signal: options.signal })
    using b = await openEntryDocument(right, rightKey, { signal: options.signal })
    if (options.what === 'all' && areSameBytes(a.inner, b.inner)) return { relation: 'same' }
    return compareDocuments(a, b, options)
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'NOT_FOUND' || thrown.code === 'REFUSED')) {
      return { relation: 'unclear', why: thrown.message }
    }
    throw thrown
  }
}

/** Which of the pairs have the same bytes, read many at once; for values that fit into memory together. */
export async function sameBytes(
  left: Store,
  right: Store,
  keys: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<boolean[]> {
  const [a, b] = await Promise.all([left.getMany(keys, { signal }), right.getMany(keys, { signal })])
  return keys.map((_, i) => {
    const [x, y] = [a[i], b[i]]
    if (!(x instanceof Uint8Array) || !(y instanceof Uint8Array)) return false
    return areSameBytes(innerOf(left, new MemorySource(x)), innerOf(right, new MemorySource(y)))
  })
}

function areSameBytes(left: ByteSource, right: ByteSource): boolean {
  if (left.byteLength !== right.byteLength) return false
  for (let at = 0; at < left.byteLength; at += chunkBytes) {
    const length = Math.min(chunkBytes, left.byteLength - at)
    if (Buffer.compare(left.read(at, length), right.read(at, length)) !== 0) return false
  }
  return true
}

function compareDocuments(a: Document, b: Document, { tolerance, what }: ValueComparison): Verdict {
  const problem = a.decoded.problem ?? b.decoded.problem
  if (problem) return { relation: 'unclear', why: problem.sentence }
  const sides = alike(a, b)
  if (typeof sides === 'string') return { relation: 'unclear', why: sides }
  const [left, right] = sides
  const outputs = [outputOf(left), outputOf(right)] as const
  if (what === 'output') return differenceOf(outputs[0] ?? left, outputs[1] ?? right, tolerance)
  const verdict = differenceOf(left, right, tolerance)
  if (verdict.relation !== 'different' || !outputs[0] || !outputs[1]) return verdict
  const ofOutputs = differenceOf(outputs[0], outputs[1], tolerance)
  if (ofOutputs.relation === 'sameValue') return { ...verdict, relation: 'metadata' }
  // What came out says more than that somebody else ran it.
  const inOutput = ofOutputs.why?.replace(/^(\w+) (?=\S|$)/, "$1 ['output']")
  return ofOutputs.relation === 'different' ? { ...verdict, why: inOutput ?? verdict.why } : verdict
}

function differenceOf(left: Side, right: Side, tolerance: Tolerance): Verdict {
  const { changes, counts, isComplete } = diffValues(left, right, { ...listed, tolerance })
  const [change] = changes
  if (change) {
    const count = counts.added + counts.removed + counts.changed + counts.type
    return { relation: 'different', why: `${change.kind} ${change.path}`, changes: count }
  }
  if (isComplete) return { relation: 'sameValue' }
  return { relation: 'unclear', why: 'Their bytes differ, and not all of their values could be compared.' }
}

/** Both values in one form: beside JSON a pickle counts as what a JSON cache would have stored of it. Else why that cannot be. */
function alike(a: Document, b: Document): readonly [Side, Side] | string {
  const [left, right] = [sideOf(a), sideOf(b)]
  if (!left || !right) return 'There is no value in it.'
  const isJson = [a, b].map(({ decoded }) => decoded.format === 'json')
  if (isJson[0] === isJson[1]) return [left, right]
  const [pickled, document] = isJson[0] ? [right, b] : [left, a]
  if (document.decoded.source.byteLength > jsonFormBytes) {
    return 'One of them is JSON, and the other is too large to be compared with that.'
  }
  const asJson = jsonSide(pickled)
  if (!asJson) return 'One of them is JSON, and the other has no form in it that could be compared.'
  return isJson[0] ? [left, asJson] : [asJson, right]
}

function sideOf({ decoded }: Document): Side | undefined {
  return decoded.root && { root: decoded.root, source: decoded.source }
}

function jsonSide({ root, source }: Side): Side | undefined {
  const text = new MemorySource(new TextEncoder().encode(orjsonForm(root, source, { maxLosses: 0 }).text))
  const { root: read, problem } = readJson(text)
  return read && !problem ? { root: read, source: text } : undefined
}

function outputOf({ root, source }: Side): Side | undefined {
  const output = lookUp(root, 'output')
  return output && { root: output, source }
}

const argumentFields = ['standardized-kwargs', 'args', 'kwargs'] as const

/**
 * A text that two entries share if they are calls of one function with equal arguments, whatever they are stored as;
 * `undefined` for what is no call and for arguments that cannot be read whole.
 */
export async function callIdentity(
  store: Store,
  key: Uint8Array,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    using document = await openEntryDocument(store, showKey(key), { signal })
    const { root, source, problem } = document.decoded
    if (!root || problem || source.byteLength > jsonFormBytes) return undefined
    const standardized = lookUp(root, 'standardized-kwargs')
    const fields = standardized ? [standardized] : argumentFields.map((name) => lookUp(root, name))
    const forms = fields.map((field) => field && orjsonForm(field, source, { maxLosses: 0 }))
    const losses = forms.flatMap((form) => [...(form?.lossCounts.keys() ?? [])])
    const texts = forms.map((form) => form?.text ?? '')
    // A description that was cut is no identity; nan and None are not one argument.
    if (losses.some((loss) => loss.endsWith(' description')) && texts.some((text) => text.includes('…'))) {
      return undefined
    }
    texts.push(...losses.filter((loss) => loss.endsWith(' null')))
    const names = ['module', 'func'].map((name) => {
      const value = lookUp(root, name)
      return value?.kind === 'str' ? value.value : ''
    })
    return [...names, ...texts].join('\0')
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code !== 'CANCELLED') return undefined
    throw thrown
  }
}
