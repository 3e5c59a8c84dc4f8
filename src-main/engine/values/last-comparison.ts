import { entryStamp, openEntryDocument } from '../../../shared/catalog/documents.ts'
import type { Store } from '../../../shared/stores/contract.ts'
import type { CompareTask, EntryAddress } from '../workers/value-task.ts'
import { EntryComparison } from './compare.ts'

interface Held {
  readonly name: string
  readonly stores: readonly string[]
  readonly stamps: readonly (string | undefined)[]
  readonly comparison: EntryComparison
}

/** Keeps the comparison that was asked for last: its pages, maps and texts are then one run. */
export class LastComparison {
  readonly #storeOf: (address: EntryAddress) => Promise<Store>
  #held: Held | undefined

  constructor(storeOf: (address: EntryAddress) => Promise<Store>) {
    this.#storeOf = storeOf
  }

  async answer({ left, right, tolerance, question }: CompareTask): Promise<unknown> {
    const sides = [left, right]
    const stores = [await this.#storeOf(left), await this.#storeOf(right)] as const
    const name = JSON.stringify([left.id, left.key, right.id, right.key, tolerance])
    const stamps = sides.map(({ key }, i) => entryStamp(stores[i]!, key))
    const held = this.#held
    // Where nothing tells whether a value has changed, the first page reads it again.
    const isFirst = question.about === 'changes' && question.from === 0
    const isFresh = stamps.every((stamp, i) => (stamp === undefined ? !isFirst : stamp === held?.stamps[i]))
    if (held?.name === name && isFresh) return held.comparison.answer(question)
    this.#drop()
    using stack = new DisposableStack()
    const open = async (store: Store, { key }: EntryAddress) => ({
      key,
      location: store.location,
      document: stack.use(await openEntryDocument(store, key)),
    })
    const comparison = new EntryComparison(
      await open(stores[0], left),
      await open(stores[1], right),
      tolerance,
    )
    stack.move()
    this.#held = { name, stores: sides.map(({ id }) => id), stamps, comparison }
    return comparison.answer(question)
  }

  /** Lets go of what is open of a store. */
  forget(id: string): void {
    if (this.#held?.stores.includes(id)) this.#drop()
  }

  #drop(): void {
    this.#held?.comparison[Symbol.dispose]()
    this.#held = undefined
  }
}
