import type { Document } from '../../../shared/catalog/documents.ts'

interface Held {
  readonly document: Document
  readonly costBytes: number
}

/** What a small document costs beside its bytes. */
const overheadBytes = 64 * 1024
/** A document on disk keeps only its tree in memory, which is at most some of this. */
const treeBytesAtMost = 64 * 1024 * 1024

/**
 * The documents looked at last, within a sum of bytes. Paging through one entry's tree or array
 * then decodes it once. The newest is always kept.
 */
export class DocumentCache implements Disposable {
  readonly #budgetBytes: number
  readonly #held = new Map<string, Held>()
  #usedBytes = 0

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get size(): number {
    return this.#held.size
  }

  /** The document under this name if it still has the stamp; `undefined` stamps match what was made without looking. */
  get(name: string, stamp: string | undefined): Document | undefined {
    const held = this.#held.get(name)
    if (!held) return undefined
    if (stamp !== undefined && held.document.stamp !== stamp) {
      this.#drop(name, held)
      return undefined
    }
    this.#held.delete(name)
    this.#held.set(name, held)
    return held.document
  }

  put(name: string, document: Document): void {
    const before = this.#held.get(name)
    if (before) this.#drop(name, before)
    const costBytes = costOf(document)
    this.#held.set(name, { document, costBytes })
    this.#usedBytes += costBytes
    for (const [oldest, held] of this.#held) {
      if (this.#usedBytes <= this.#budgetBytes || this.#held.size === 1) break
      this.#drop(oldest, held)
    }
  }

  /** Lets go of every document whose name begins so. */
  forget(prefix: string): void {
    for (const [name, held] of this.#held) if (name.startsWith(prefix)) this.#drop(name, held)
  }

  [Symbol.dispose](): void {
    this.forget('')
  }

  #drop(name: string, held: Held): void {
    this.#held.delete(name)
    this.#usedBytes -= held.costBytes
    held.document[Symbol.dispose]()
  }
}

function costOf({ decoded, stored }: Document): number {
  const isInflated = decoded.source !== stored
  const decodedBytes = decoded.source.byteLength
  return overheadBytes + (isInflated ? decodedBytes : Math.min(decodedBytes, treeBytesAtMost))
}
