import type { ByteSource } from '../model/source.ts'
import { pythonLiteral } from '../render/python.ts'
import type { Value } from '../value/value.ts'
import { visibleText } from '../value/python-text.ts'

/** A place in a value: the last step and the place before it; `undefined` is the value itself. */
export interface Place {
  readonly before: Place | undefined
  readonly step: string | number
}

const keyCharacters = 120
/** Deeper places are shown by their first and last steps. */
const shownSteps = 40

/** `[3]`, `[0, 2]` of an array. */
export function atIndex(before: Place | undefined, ...index: readonly number[]): Place {
  return { before, step: index.length === 1 ? index[0]! : `[${index.join(', ')}]` }
}

/** `['energy']`. */
export function atKey(before: Place | undefined, key: Value, source: ByteSource): Place {
  return { before, step: `[${pythonLiteral(key, { source, maxCharacters: keyCharacters })}]` }
}

/** `.cell`; what is no name in brackets. */
export function atField(before: Place | undefined, name: string): Place {
  const isName = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)
  return { before, step: isName ? `.${name}` : `.[${visibleText(name.slice(0, keyCharacters))}]` }
}

export function pathText(place: Place | undefined): string {
  const last: string[] = []
  let depth = 0
  for (let at = place; at; at = at.before) depth++
  const first: string[] = []
  for (let at = place, i = depth; at; at = at.before, i--) {
    const text = typeof at.step === 'number' ? `[${at.step}]` : at.step
    if (depth - i < shownSteps) last.push(text)
    else if (i <= shownSteps) first.push(text)
  }
  const left = depth - first.length - last.length
  return first.toReversed().join('') + (left > 0 ? `…(${left} more)…` : '') + last.toReversed().join('')
}
