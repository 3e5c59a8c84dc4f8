import type { ByteSource } from '../model/source.ts'
import { viewOf } from '../lenses/view-of.ts'
import type { Value } from '../value/value.ts'
import type { Rendering, Steps } from './json-steps.ts'
import { cutText } from './json-steps.ts'
import { jsonFloat, jsonInt, jsonString } from './json-text.ts'
import { viewSteps } from './json-views.ts'

/** Pure code has no SHA-256: whoever calls brings one. */
export interface Sha256 {
  update(bytes: Uint8Array): void
  /** In hex. */
  digest(): string
}

export interface JsonLimits {
  /** Levels of nesting; deeper ones are a `$cut`. */
  readonly maxDepth: number
  /** Nodes rendered again because they are referenced again; a file of a few bytes can ask for 2^100 of them. */
  readonly maxRepeats: number
  readonly maxCharacters: number
  /** Hashing is what the same bytes referenced many times make dear. At least sixteen times the source is allowed. */
  readonly maxHashedBytes: number
}

const defaultJsonLimits: JsonLimits = Object.freeze({
  maxDepth: 1000,
  maxRepeats: 1_000_000,
  maxCharacters: 512 << 20,
  maxHashedBytes: 2 ** 30,
})

export interface JsonContext {
  readonly source: ByteSource
  readonly sha256: () => Sha256
  readonly limits?: Partial<JsonLimits>
}

const pieceCharacters = 1 << 16

/**
 * The language-neutral rendering of a value (`docs/rendering.md`) as JSON text in
 * ASCII, in pieces of some 64 K characters. Each piece is made as it is asked for.
 */
export function* renderJson(node: Value, context: JsonContext): Generator<string, void> {
  let piece = ''
  for (const text of new JsonDriver(context).run(node)) {
    piece += text
    if (piece.length < pieceCharacters) continue
    yield piece
    piece = ''
  }
  yield piece
}

/** The rendering as one text, for values known to be small. */
export function jsonText(node: Value, context: JsonContext): string {
  let text = ''
  for (const piece of renderJson(node, context)) text += piece
  return text
}

interface Frame {
  readonly node: Value
  readonly steps: Steps
  /** Collects the text of a captured node instead of giving it out. */
  readonly capture: string[] | undefined
}

/** Runs the steps with a stack of its own, knows the ancestors, counts what was spent. */
class JsonDriver implements Rendering {
  readonly source: ByteSource
  readonly #sha256: () => Sha256
  readonly #limits: JsonLimits
  readonly #frames: Frame[] = []
  /** Level of each node that is being rendered. */
  readonly #levels = new Map<Value, number>()
  readonly #seen = new Set<Value>()
  #repeats = 0
  #characters = 0
  #hashedBytes = 0
  spent: string | undefined

  constructor(context: JsonContext) {
    const limits = { ...defaultJsonLimits, ...context.limits }
    this.source = context.source
    this.#sha256 = context.sha256
    const maxHashedBytes = Math.max(limits.maxHashedBytes, 16 * context.source.byteLength)
    this.#limits = { ...limits, maxHashedBytes }
  }

  *run(root: Value): Generator<string, void> {
    const first = this.#enter(root, undefined)
    if (first !== undefined) yield first
    let answer: string | undefined
    while (this.#frames.length > 0) {
      const frame = this.#frames.at(-1)!
      const { done, value: step } = frame.steps.next(answer)
      answer = undefined
      let text: string | undefined
      if (done) {
        const captured = this.#leave(frame)
        answer = captured
        continue
      }
      if (typeof step === 'string') text = step
      else if ('captured' in step) {
        const leaf = this.#enter(step.captured, [])
        if (leaf !== undefined) answer = leaf
        continue
      } else text = this.#enter(step.node, frame.capture)
      if (text === undefined) continue
      this.#count(text)
      if (frame.capture) frame.capture.push(text)
      else yield text
    }
  }

  #count(text: string): void {
    this.#characters += text.length
    if (this.#characters > this.#limits.maxCharacters) this.spent ??= 'The rendering would be too long.'
  }

  /** The text of a node that needs no frame; else the frame is opened and nothing returned. */
  #enter(node: Value, capture: string[] | undefined): string | undefined {
    const leaf = leafText(node)
    if (leaf !== undefined) return leaf
    const level = this.#levels.get(node)
    if (level !== undefined) return `{"$cycle":${this.#frames.length - level}}`
    if (this.#frames.length >= this.#limits.maxDepth) {
      return cutText(`The value is nested more than ${this.#limits.maxDepth} levels deep.`)
    }
    this.#countRepeat(node)
    if (this.spent) return cutText(this.spent)
    this.#levels.set(node, this.#frames.length)
    this.#frames.push({ node, steps: viewSteps(this, viewOf(node, this.source)), capture })
    return undefined
  }

  #countRepeat(node: Value): void {
    if (!this.#seen.has(node)) {
      this.#seen.add(node)
      return
    }
    const inside = 'items' in node ? node.items?.length : 'keys' in node ? node.keys.length : undefined
    this.#repeats += 1 + (inside ?? 0)
    if (this.#repeats > this.#limits.maxRepeats) {
      this.spent ??= 'The value repeats its parts too often to be written out.'
    }
  }

  /** Closes the frame; a captured text that is complete goes to the step that asked for it. */
  #leave(frame: Frame): string | undefined {
    this.#frames.pop()
    this.#levels.delete(frame.node)
    const parent = this.#frames.at(-1)
    return frame.capture && frame.capture !== parent?.capture ? frame.capture.join('') : undefined
  }

  hashOf(chunks: Iterable<Uint8Array>): string | undefined {
    const hash = this.#sha256()
    for (const chunk of chunks) {
      this.#hashedBytes += chunk.length
      if (this.#hashedBytes > this.#limits.maxHashedBytes) {
        this.spent ??= 'The value refers to the same bytes too often to hash them all.'
        return undefined
      }
      hash.update(chunk)
    }
    return hash.digest()
  }
}

/** Short texts need neither hash nor view. */
const shortText = 2000

function leafText(node: Value): string | undefined {
  switch (node.kind) {
    case 'none':
      return 'null'
    case 'bool':
      return String(node.value)
    case 'int':
      return jsonInt(node.value)
    case 'float':
      return jsonFloat(node.value)
    case 'str':
      return node.value.length <= shortText ? jsonString(node.value) : undefined
    default:
      return undefined
  }
}
