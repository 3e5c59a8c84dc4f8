import type { ObjectParts } from '../lenses/parts.ts'
import type { ByteSource } from '../model/source.ts'
import type { DictValue, Value } from '../value/value.ts'
import { align } from './align.ts'
import { alignmentDigest, keyDigest } from './digest.ts'
import { atField, atIndex, atKey } from './path.ts'
import type { Place } from './path.ts'

/** Two values that stand against each other, or one that has no counterpart. */
export interface Pair {
  readonly left?: Value | undefined
  readonly right?: Value | undefined
  readonly place: Place | undefined
}

export interface Sources {
  readonly left: ByteSource
  readonly right: ByteSource
}

type Pairs = Generator<Pair>

/** Lists item by item: what was put in or taken out does not shift the rest. Indices are those of the left, of added items those of the right. */
export function* listPairs(
  left: readonly Value[],
  right: readonly Value[],
  sources: Sources,
  place: Place | undefined,
): Pairs {
  const runs = align(
    left.map((item) => alignmentDigest(item, sources.left)),
    right.map((item) => alignmentDigest(item, sources.right)),
  )
  for (const { leftFrom, leftTo, rightFrom, rightTo } of runs) {
    const length = Math.max(leftTo - leftFrom, rightTo - rightFrom)
    for (let i = 0; i < length; i++) {
      const hasLeft = leftFrom + i < leftTo
      const hasRight = rightFrom + i < rightTo
      yield {
        left: hasLeft ? left[leftFrom + i] : undefined,
        right: hasRight ? right[rightFrom + i] : undefined,
        place: atIndex(place, hasLeft ? leftFrom + i : rightFrom + i),
      }
    }
  }
}

/** Sets without order. Items that only one side has are added or removed, however alike they are. */
export function* setPairs(
  left: readonly Value[],
  right: readonly Value[],
  sources: Sources,
  place: Place | undefined,
): Pairs {
  const waiting = new Map<string, Value[]>()
  for (const item of right) {
    const { text } = keyDigest(item, sources.right)
    const same = waiting.get(text)
    if (same) same.push(item)
    else waiting.set(text, [item])
  }
  for (const same of waiting.values()) same.reverse()
  for (const item of left) {
    const partner = waiting.get(keyDigest(item, sources.left).text)?.pop()
    yield { left: item, right: partner, place: atItem(place, item, sources.left) }
  }
  for (const same of waiting.values()) {
    for (const item of same.toReversed()) yield { right: item, place: atItem(place, item, sources.right) }
  }
}

function atItem(before: Place | undefined, item: Value, source: ByteSource): Place {
  const { step } = atKey(undefined, item, source)
  return { before, step: `{${String(step).slice(1, -1)}}` }
}

type PlaceOfKey = (place: Place | undefined, key: Value, source: ByteSource) => Place

interface Mapping {
  readonly keys: readonly Value[]
  readonly values: readonly Value[]
}

/** Dicts by key, whatever the order; of a key that occurs twice the last value counts, as in Python. */
export function* dictPairs(
  left: Mapping,
  right: Mapping,
  sources: Sources,
  place: Place | undefined,
  placeOfKey: PlaceOfKey = atKey,
): Pairs {
  const leftEntries = entriesOf(left, sources.left)
  const rightEntries = entriesOf(right, sources.right)
  for (const [digest, at] of leftEntries) {
    const other = rightEntries.get(digest)
    yield {
      left: left.values[at],
      right: other === undefined ? undefined : right.values[other],
      place: placeOfKey(place, left.keys[at]!, sources.left),
    }
  }
  for (const [digest, at] of rightEntries) {
    if (!leftEntries.has(digest)) {
      yield { right: right.values[at], place: placeOfKey(place, right.keys[at]!, sources.right) }
    }
  }
}

/** Where the value of each key is. Keys too large to be told apart count as different ones, by their order. */
function entriesOf({ keys }: Mapping, source: ByteSource): Map<string, number> {
  const entries = new Map<string, number>()
  const alike = new Map<string, number>()
  for (const [i, key] of keys.entries()) {
    const { text, isWhole } = keyDigest(key, source)
    if (isWhole) {
      entries.set(text, i)
      continue
    }
    const before = alike.get(text) ?? 0
    alike.set(text, before + 1)
    entries.set(`${text}#${before}`, i)
  }
  return entries
}

/** Attributes are no keys: `.energy`. */
const atAttribute: PlaceOfKey = (place, key, source) =>
  key.kind === 'str' ? atField(place, key.value) : atKey(place, key, source)

/** Objects by what makes them: arguments, state, items. */
export function* objectPairs(
  left: ObjectParts,
  right: ObjectParts,
  sources: Sources,
  place: Place | undefined,
): Pairs {
  if (!left.name || !right.name || left.how === 'change') {
    yield { left: left.callee, right: right.callee, place: atField(place, 'callee') }
  }
  const args = atField(place, 'args')
  for (let i = 0; i < Math.max(left.args.length, right.args.length); i++) {
    yield { left: left.args[i], right: right.args[i], place: atIndex(args, i) }
  }
  yield* dictPairs(left.kwargs ?? noPairs, right.kwargs ?? noPairs, sources, atField(place, 'kwargs'))
  yield* statePairs(left.state, right.state, sources, place)
  if (left.listItems ?? right.listItems) {
    yield* listPairs(left.listItems ?? [], right.listItems ?? [], sources, place)
  }
  yield* dictPairs(itemsOf(left), itemsOf(right), sources, place)
}

const noPairs: Mapping = { keys: [], values: [] }

function itemsOf({ dictKeys, dictValues }: ObjectParts): Mapping {
  return { keys: dictKeys ?? [], values: dictValues ?? [] }
}

function* statePairs(
  left: Value | undefined,
  right: Value | undefined,
  sources: Sources,
  place: Place | undefined,
): Pairs {
  const attributes = attributesOf(left)
  const others = attributesOf(right)
  if (attributes && others) {
    for (const [i, part] of attributes.entries()) {
      yield* dictPairs(part ?? noPairs, others[i] ?? noPairs, sources, place, atAttribute)
    }
  } else if (left ?? right) {
    yield { left, right, place: atField(place, 'state') }
  }
}

/** A state that is attributes: a dict, or `(dict or None, dict of slots)`; no state is no attributes. */
function attributesOf(state: Value | undefined): [DictValue | undefined, DictValue | undefined] | undefined {
  if (!state || state.kind === 'none') return [undefined, undefined]
  if (state.kind === 'dict') return [state, undefined]
  if (state.kind !== 'tuple' || state.items.length !== 2) return undefined
  const [attributes, slots] = state.items
  if (slots?.kind !== 'dict') return undefined
  if (attributes?.kind === 'dict') return [attributes, slots]
  return attributes?.kind === 'none' ? [undefined, slots] : undefined
}
