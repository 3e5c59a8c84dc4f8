interface Told {
  readonly id: string
  readonly asOf: number
}

/** A list as the engine tells it (`shared/api/as-of.ts`). */
export interface ToldList<Item extends Told> {
  readonly asOf: number
  readonly items: readonly Item[]
}

/**
 * A list that has come in, with what is newer of the known one: answers and events overtake one another. A known item
 * that is not in it is there no more, unless it is newer than the list.
 */
export function newestOf<Item extends Told>(
  known: ToldList<Item> | undefined,
  heard: ToldList<Item>,
): ToldList<Item> {
  if (!known) return heard
  const [older, newer] = known.asOf > heard.asOf ? [heard, known] : [known, heard]
  const items = new Map(newer.items.map((item) => [item.id, item]))
  for (const item of older.items) {
    const other = items.get(item.id)
    if (item.asOf > (other?.asOf ?? newer.asOf)) items.set(item.id, item)
  }
  return { asOf: newer.asOf, items: [...items.values()] }
}

/** The list with the news of one item; a new one comes last. */
export function withNews<Item extends Told>(known: ToldList<Item> | undefined, item: Item): ToldList<Item> {
  return newestOf(known, { asOf: 0, items: [item] })
}
