import type { Slices } from '../slices.ts'
import { shardOfKey } from './keys.ts'
import type { StoredKey } from './keys.ts'
import type { CacheRow, Rows } from './rows.ts'
import type { Shard } from './shard.ts'

/** All databases of a cache: one, or the parts of a FanoutCache. */
export class Shards {
  readonly all: readonly Shard[]

  constructor(all: readonly Shard[]) {
    this.all = all
  }

  throwIfClosed(): void {
    this.all[0]!.reader.throwIfClosed()
  }

  /** The shard where Python looks for a key, then the others: the number of shards may have been another once. */
  inOrderFor(key: StoredKey): Shard[] {
    const first = shardOfKey(key, this.all.length)
    return [...this.all.slice(first), ...this.all.slice(0, first)]
  }

  /** What an action makes of the row of each key; `undefined` where there is none, in no shard. */
  forEach<Result>(
    keys: readonly (StoredKey | undefined)[],
    slices: Slices,
    action: (row: CacheRow, rows: Rows, shard: Shard) => Result,
  ): Promise<(Result | undefined)[]> {
    return this.search(keys, (shard, indexes) =>
      shard.forEach(
        indexes.map((i) => keys[i]!),
        slices,
        (row, rows) => action(row, rows, shard),
      ),
    )
  }

  /** What is found of each key in the shard where Python looks for it, else in the others. */
  async search<Result>(
    keys: readonly (StoredKey | undefined)[],
    look: (shard: Shard, indexes: readonly number[]) => Promise<(Result | undefined)[]>,
  ): Promise<(Result | undefined)[]> {
    this.throwIfClosed()
    const results = Array.from({ length: keys.length }, (): Result | undefined => undefined)
    let missing = [...keys.keys()].filter((index) => keys[index] !== undefined)
    for (let attempt = 0; attempt < this.all.length && missing.length > 0; attempt++) {
      for (const [number, shard] of this.all.entries()) {
        const here = missing.filter(
          (index) => (shardOfKey(keys[index]!, this.all.length) + attempt) % this.all.length === number,
        )
        const found = await look(shard, here)
        for (const [order, index] of here.entries()) results[index] = found[order]
      }
      missing = missing.filter((index) => results[index] === undefined)
    }
    return results
  }

  /** Does something with the items of each shard, and forgets copies of what changed. */
  async change<Item>(
    items: readonly Item[],
    shardOf: (item: Item) => Shard,
    change: (shard: Shard, items: readonly Item[]) => Promise<void>,
  ): Promise<void> {
    for (const [shard, here] of Map.groupBy(items, shardOf)) {
      await change(shard, here)
      await shard.reader.afterWrite()
    }
  }
}
