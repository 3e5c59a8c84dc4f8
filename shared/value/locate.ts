import type { Value } from './value.ts'
import { childAt, childCount } from './walk.ts'

interface Candidate {
  readonly value: Value
  /** Number among the children of `parent`; the root has neither. */
  readonly index?: number
  readonly parent?: Candidate
}

/**
 * The path of the innermost node whose bytes include the offset; of two alike the outer one. The key
 * of a dict belongs to its value. `undefined` if the offset is outside of the root.
 */
export function innermostAt(root: Value, offset: number): number[] | undefined {
  if (!holds(root, offset)) return undefined
  let best: Candidate = { value: root }
  const seen = new Set<Value>([root])
  const waiting: Candidate[] = [best]
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    for (const next of childrenAround(at, offset)) {
      if (seen.has(next.value)) continue
      seen.add(next.value)
      waiting.push(next)
      if (isWithin(next.value, best.value)) best = next
    }
  }
  return pathOf(best)
}

function childrenAround(parent: Candidate, offset: number): Candidate[] {
  const found: Candidate[] = []
  const count = childCount(parent.value)
  for (let index = 0; index < count; index++) {
    const { label, value } = childAt(parent.value, index)!
    if (holds(value, offset)) found.push({ value, index, parent })
    else if (label.kind === 'key' && holds(label.key, offset)) return [{ value, index, parent }]
  }
  return found
}

function pathOf(candidate: Candidate): number[] {
  const path: number[] = []
  for (let at: Candidate | undefined = candidate; at?.index !== undefined; at = at.parent) path.push(at.index)
  return path.toReversed()
}

function holds({ start, end }: Value, offset: number): boolean {
  return start <= offset && offset < end
}

function isWithin(inner: Value, outer: Value): boolean {
  return inner.end - inner.start < outer.end - outer.start
}
