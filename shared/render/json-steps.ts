import type { ByteSource } from '../model/source.ts'
import type { Value } from '../value/value.ts'
import { jsonString } from './json-text.ts'

/**
 * What a renderer of one view yields: text, a node to be rendered in its place,
 * or a node to be rendered into a text that is handed back (sets are sorted by
 * it). The driver in `json.ts` keeps the stack, so that no depth of nesting is a
 * depth of calls.
 */
type Step = string | { readonly node: Value } | { readonly captured: Value }
export type Steps = Generator<Step, void, string | undefined>

/** What the renderers of views share. */
export interface Rendering {
  readonly source: ByteSource
  /** SHA-256 in hex of chunks of bytes; `undefined` once more bytes were hashed than any honest value needs. */
  hashOf(chunks: Iterable<Uint8Array>): string | undefined
  /** True once the limits are spent: containers stop at the next item. */
  readonly spent: string | undefined
}

/** `{"$cut": reason}`: where the rendering leaves something out. */
export function cutText(reason: string): string {
  return `{"$cut":${jsonString(reason)}}`
}

/** Items between brackets, ended early by a `$cut` once the limits are spent. */
export function* listSteps(rendering: Rendering, items: readonly Value[]): Steps {
  yield '['
  for (const [i, node] of items.entries()) {
    if (i > 0) yield ','
    if (rendering.spent) {
      yield cutText(rendering.spent)
      break
    }
    yield { node }
  }
  yield ']'
}

/** `[[key, value], …]`. */
export function* pairSteps(rendering: Rendering, keys: readonly Value[], values: readonly Value[]): Steps {
  yield '['
  for (const [i, node] of keys.entries()) {
    if (i > 0) yield ','
    if (rendering.spent) {
      yield cutText(rendering.spent)
      break
    }
    yield '['
    yield { node }
    yield ','
    yield { node: values[i]! }
    yield ']'
  }
  yield ']'
}
