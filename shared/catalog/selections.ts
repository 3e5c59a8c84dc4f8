/** A million entries take 125 kB each. */
const selectionsKept = 32

/**
 * What SQL found of one revision, bit by bit: sorting by another column, adding a term or going back to a filter does
 * not look through all texts again.
 */
export class Selections {
  readonly #kept = new Map<string, Uint8Array>()
  readonly #idsEnd: number

  constructor(idsEnd: number) {
    this.#idsEnd = idsEnd
  }

  /** By id: 1 for those that are found, else 0. The caller may change it. */
  mask(name: string, find: () => readonly number[]): Uint8Array {
    const bits = this.#kept.get(name) ?? this.#packed(find())
    this.#kept.delete(name)
    this.#kept.set(name, bits)
    if (this.#kept.size > selectionsKept) this.#kept.delete(this.#kept.keys().next().value!)
    const mask = new Uint8Array(this.#idsEnd)
    for (let id = 0; id < mask.length; id++) mask[id] = (bits[id >>> 3]! >>> (id & 7)) & 1
    return mask
  }

  #packed(ids: readonly number[]): Uint8Array {
    const bits = new Uint8Array((this.#idsEnd + 7) >>> 3)
    for (const id of ids) bits[id >>> 3]! |= 1 << (id & 7)
    return bits
  }
}
