import { AppError, type Problem } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import type { Store, WholeEntries, WholeOperation, WriteOperation, WriteOutcome } from '../stores/contract.ts'
import type { Executor, ItemOutcome, PlanFacts, PlanItem } from './contract.ts'
import { isPresent, keysOf, readPresent, stopIfRefused, toBin, type Present } from './guarded.ts'
import type { ItemWithOutcome, JobFile } from './job-file.ts'
import { unwrapped } from './migrate/convert.ts'
import type { Origin } from './migrate/origin.ts'
import { cannotKeep, sha256Of, type BinEntry, type TrashBin } from './trash-bin.ts'

const itemsAtOnce = 1_000

/**
 * Lists what would be taken back: what was deleted or replaced comes back, what was added is removed again; both only
 * where nobody has written since. What earlier undo jobs took back is left out. Of what a run had begun and not ended
 * comes back what is in the bin; of an undo only what it put into its own.
 */
export function planUndo(
  original: JobFile,
  { earlier, bin }: { readonly earlier: readonly JobFile[]; readonly bin: TrashBin | undefined },
  add: (items: readonly Omit<PlanItem, 'n'>[]) => void,
): Omit<PlanFacts, 'actions'> {
  const back = new Set<string>()
  for (const file of earlier) for (const { key } of file.outcomes('done')) back.add(showKey(key))
  let items: Omit<PlanItem, 'n'>[] = []
  const isUndo = original.spec.kind === 'undo'
  for (const item of original.outcomes('done')) {
    const undone = isUndo ? redone(item, bin) : reversed(item)
    if (undone && !back.has(showKey(item.key))) items.push(undone)
    if (items.length >= itemsAtOnce) {
      add(items)
      items = []
    }
  }
  const begun = isUndo ? [] : (original.begun ?? [])
  const cutOff = begun.map((item) => ({ item, undone: reversedIfDone(item, bin) }))
  add([
    ...items,
    ...cutOff.flatMap(({ item: { key }, undone }) => (undone && !back.has(showKey(key)) ? [undone] : [])),
  ])
  const unknown = cutOff.filter(({ item: { action }, undone }) => action === 'put' && !undone).length
  return { warnings: unknown === 0 ? [] : [mayStay(unknown)], losses: [], conflicts: 0 }
}

/** What is to be done about an item that may be done or not. Of what may have been written the digest has to be known. */
function reversedIfDone(item: PlanItem, bin: TrashBin | undefined) {
  const { n, key, action, sha256 } = item
  if (action === 'put' && sha256 === undefined) return undefined
  if (action !== 'put' && bin?.has(key) !== true) return undefined
  const left = action === 'delete' ? bin?.digestOf(key) : sha256
  return reversed({ ...item, outcome: { n, state: 'done', ...(left === undefined ? {} : { sha256: left }) } })
}

function mayStay(count: number): string {
  return `The job was cut off while it wrote ${count} ${count === 1 ? 'entry' : 'entries'}, of which it is not known how many are written: they stay. To have them removed too, resume the job first.`
}

/** Of what an undo removed or wrote over, only what was nowhere else is in its bin. */
function redone(item: ItemWithOutcome, bin: TrashBin | undefined) {
  const kept = bin?.digestOf(item.key)
  if (kept === undefined) return undefined
  if (item.action === 'restore') return reversed({ ...item, action: 'replace' })
  return reversed({ ...item, action: 'delete', outcome: { ...item.outcome!, sha256: kept } })
}

function reversed(item: ItemWithOutcome) {
  const { key, sourceKey, action, bytes, computeSeconds, replaces, call, outcome } = item
  const sha256 = outcome?.sha256
  const common = {
    key,
    ...(sourceKey === undefined ? {} : { sourceKey }),
    bytes,
    computeSeconds,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(call === undefined ? {} : { call }),
  }
  if (action === 'delete') return { ...common, action: 'restore' as const }
  if (action === 'put') return { ...common, action: 'remove' as const }
  if (action === 'replace')
    return { ...common, action: 'restore' as const, ...(replaces === undefined ? {} : { replaces }) }
  return undefined
}

/** What is to be done with an item, and what is gone then; or what became of it already. */
type Step =
  | {
      readonly operation: WriteOperation
      readonly over?: Present
      /** Digest of what is put. */
      readonly left?: string
      readonly outcome?: undefined
    }
  | { readonly operation?: undefined; readonly over?: undefined; readonly outcome: ItemOutcome }

export interface Undoing {
  /** Of the job that is taken back. */
  readonly bin: TrashBin | undefined
  /** Of the undo itself, made when something goes there. */
  readonly own: OwnBin
  /** Where the entries that are removed were copied from; `undefined`: that cannot be looked at. */
  readonly origin: Origin | undefined
  readonly finish: NonNullable<Executor['finish']>
}

export interface OwnBin {
  /** That of an earlier run of this undo. */
  readonly find: () => TrashBin | undefined
  readonly make: () => TrashBin
}

/**
 * Brings entries back byte for byte, with their times and what was left of their time to live, and removes those
 * that were added. What is removed or written over, and does not stand where it was copied from, goes into a bin of the
 * undo's own first: it may be the last copy. `sha256` of an item is what the original job left behind: for something that it deleted, the
 * value in the trash; for something that it wrote, the value in the cache.
 */
export class Undoer implements Executor {
  readonly #store: Store
  readonly #bin: TrashBin | undefined
  readonly #ownBin: OwnBin
  #own: TrashBin | undefined
  readonly #origin: Origin | undefined

  readonly finish: NonNullable<Executor['finish']>

  constructor(store: Store, { bin, own, origin, finish }: Undoing) {
    this.#store = store
    this.#bin = bin
    this.#ownBin = own
    this.#own = own.find()
    this.#origin = origin
    this.finish = finish
  }

  async perform(items: readonly PlanItem[], { again }: { readonly again: boolean }): Promise<ItemOutcome[]> {
    const files = items.filter(({ key, action }) => action === 'restore' && this.#bin?.isFile(key))
    const back = new Map((await this.#bringBack(files, again)).map((outcome) => [outcome.n, outcome]))
    const left = items.filter(({ n }) => !back.has(n))
    const others = this.#store.whole
      ? await this.#restoreWhole(this.#store.whole, left, again)
      : await this.#write(left, again)
    for (const outcome of others) back.set(outcome.n, outcome)
    return items.map(({ n }) => back.get(n)!)
  }

  /** Files that were set aside are renamed back; a killed run may have done so, or not have set them aside yet. */
  async #bringBack(items: readonly PlanItem[], again: boolean): Promise<ItemOutcome[]> {
    if (items.length === 0) return []
    const outcomes = await this.#store.bringBack!(keysOf(items), this.#bin!.files)
    stopIfRefused(outcomes, again)
    const isMissing = outcomes.some((outcome) => !outcome.done && outcome.reason === 'ABSENT')
    const here = isMissing ? await this.#store.lookUp!(keysOf(items)) : []
    return items.map(({ n, key }, i) => {
      const outcome = outcomes[i]!
      if (outcome.done || (outcome.reason === 'ABSENT' && here[i])) return done(n)
      if (outcome.reason === 'EXISTS') return written(n, key)
      return { n, state: outcome.reason === 'ABSENT' ? 'skipped' : 'failed', reason: outcome.sentence }
    })
  }

  /** The store itself tells an entry that was written since from one that a killed run has brought back. */
  async #restoreWhole(
    whole: WholeEntries,
    items: readonly PlanItem[],
    again: boolean,
  ): Promise<ItemOutcome[]> {
    const kept = items.map((item) => this.#keptOf(item))
    const operations = kept.flatMap((entry) => ('state' in entry ? [] : [restoring(entry)]))
    const applied = await whole.apply(operations)
    stopIfRefused(applied, again)
    const answers = applied.values()
    return items.map((item, i) => {
      const entry = kept[i]!
      return 'state' in entry ? entry : toldBy(item, answers.next().value!, entry.sha256)
    })
  }

  /** One that is damaged in the trash is told, and is in the way of no other. */
  #keptOf(item: PlanItem): BinEntry | ItemOutcome {
    try {
      return this.#bin?.get(item.key) ?? isInTrashNoMore(item)
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'DAMAGED') throw thrown
      return { n: item.n, state: 'failed', reason: thrown.message }
    }
  }

  async #write(items: readonly PlanItem[], again: boolean): Promise<ItemOutcome[]> {
    const present = await readPresent(this.#store, keysOf(items))
    const steps = await this.#keepLastCopies(
      items,
      items.map((item, i) => this.#step(item, present[i], again)),
    )
    const operations = steps.flatMap((step) => (step.operation ? [step.operation] : []))
    const applied = await this.#store.apply(operations)
    stopIfRefused(applied, again)
    const answers = applied.values()
    const told = steps.map((step, i) => step.outcome ?? toldBy(items[i]!, answers.next().value!, step.left))
    const doubtful = items.filter((_, i) => !steps[i]!.outcome && told[i]!.state !== 'done')
    if (doubtful.length === 0) return told
    const seen = new Map((await this.#seenDone(doubtful)).map((outcome) => [outcome.n, outcome]))
    const seenTold = told.map((outcome) => seen.get(outcome.n) ?? outcome)
    // Of an earlier run it may have been removed, and written again by somebody: what the bin has of it stays there.
    if (!again)
      this.#own?.drop(keysOf(items.filter((_, i) => steps[i]!.over && seenTold[i]!.state !== 'done')))
    return seenTold
  }

  /** What is gone after the steps and is nowhere else is in the undo's own bin then, on the disk. */
  async #keepLastCopies(items: readonly PlanItem[], steps: readonly Step[]): Promise<readonly Step[]> {
    const copies = items.flatMap(({ n, key, sourceKey }, i) => {
      const value = steps[i]!.over?.value
      return value ? [{ n, key, ...(sourceKey === undefined ? {} : { sourceKey }), value }] : []
    })
    if (copies.length === 0) return steps
    const isElsewhere = await this.#origin?.wouldGive(this.#store, copies)
    const last = new Set(copies.flatMap(({ n }, i) => (isElsewhere?.[i] === true ? [] : [n])))
    const takenAtMs = Date.now()
    const kept: BinEntry[] = []
    const safe = steps.map((step, i): Step => {
      const { n, key } = items[i]!
      if (!step.over || !last.has(n)) return step
      const reason = cannotKeep(key, step.over.value)
      if (reason !== undefined) return { outcome: { n, state: 'failed', reason } }
      kept.push(toBin(key, step.over, takenAtMs))
      return step
    })
    if (kept.length > 0) {
      this.#own ??= this.#ownBin.make()
      this.#own.put(kept)
    }
    return safe
  }

  /**
   * A store that says it did not write may have done so: a connection that broke before the answer, a writer that
   * outlives its killed job for a moment and then leaves nothing to do. What is there counts.
   */
  async #seenDone(items: readonly PlanItem[]): Promise<ItemOutcome[]> {
    const present = await readPresent(this.#store, keysOf(items))
    return items.flatMap(({ n, key, action }, i) => {
      const here = present[i]
      if (action === 'remove') return here === undefined ? [done(n)] : []
      const kept = this.#bin?.digestOf(key)
      return here !== undefined && isPresent(here) && here.sha256 === kept ? [done(n, kept)] : []
    })
  }

  #step(item: PlanItem, here: Present | Problem | undefined, again: boolean): Step {
    const { n, key } = item
    if (here !== undefined && !isPresent(here))
      return { outcome: skipped(n, `${showKey(key)} cannot be read now, so it was left alone.`) }
    if (item.action === 'remove') {
      if (!here)
        return {
          outcome: again ? done(n) : skipped(n, `${showKey(key)} is not there.`),
        }
      if (!this.#isOf(here, item.sha256)) {
        // A killed run may have removed it, and somebody written it again since.
        return { outcome: again && this.#own?.has(key) ? done(n) : written(n, key) }
      }
      return { operation: { kind: 'delete' as const, key, ifValue: here.value }, over: here }
    }
    const kept = this.#keptOf(item)
    if ('state' in kept) return { outcome: kept }
    // Brought back by a run that was killed, or that did not hear that it was done.
    if (here?.sha256 === kept.sha256) return { outcome: done(n, kept.sha256) }
    const isAsLeft = item.replaces ? here && this.#isOf(here, item.sha256) : !here
    if (!isAsLeft) return { outcome: written(n, key) }
    const expiresAtMs = lifeOf(kept)
    if (expiresAtMs !== undefined && expiresAtMs <= Date.now())
      return { outcome: skipped(n, `The time to live of ${showKey(key)} is over.`) }
    return {
      ...(here ? { over: here } : {}),
      left: kept.sha256,
      operation: {
        kind: 'put' as const,
        key,
        value: kept.value,
        ...(here ? { ifValue: here.value } : { expect: 'absent' as const }),
        ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
        ...(kept.modifiedMs === undefined ? {} : { times: { modifiedMs: kept.modifiedMs } }),
      },
    }
  }

  /** The digest is that of the plan, without the store's wrapping, where the run did not come to say what it wrote. */
  #isOf({ value, sha256 }: Present, expected: string | undefined): boolean {
    return sha256 === expected || sha256Of(unwrapped(this.#store, value)) === expected
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#bin?.close()
    this.#own?.close()
    await this.#origin?.[Symbol.asyncDispose]()
    await this.#store[Symbol.asyncDispose]()
  }
}

/** An entry gets the rest of its life that it had when it was taken: time in the trash does not count. */
function lifeOf({ expiresAtMs, takenAtMs }: BinEntry): number | undefined {
  return expiresAtMs === undefined ? undefined : Date.now() + (expiresAtMs - takenAtMs)
}

function done(n: number, sha256?: string): ItemOutcome {
  return { n, state: 'done', ...(sha256 === undefined ? {} : { sha256 }) }
}

function skipped(n: number, reason: string): ItemOutcome {
  return { n, state: 'skipped', reason }
}

function isInTrashNoMore({ n, key }: PlanItem): ItemOutcome {
  return skipped(n, `${showKey(key)} is not in the trash any more.`)
}

/** An entry that had expired when it was taken comes back as expired as it was. */
function restoring(kept: BinEntry): WholeOperation {
  const { key, value, expiresAtMs, takenAtMs } = kept
  const hadLife = expiresAtMs !== undefined && expiresAtMs > takenAtMs
  return { kind: 'put', key, value, ...(hadLife ? { expiresAtMs: lifeOf(kept)! } : {}) }
}

function written(n: number, key: Uint8Array): ItemOutcome {
  return skipped(n, `${showKey(key)} was written since; what is there now was left alone.`)
}

/** `left`: the digest of what was put. */
function toldBy({ n, key }: PlanItem, outcome: WriteOutcome, left?: string): ItemOutcome {
  if (outcome.done) return done(n, left)
  if (outcome.reason === 'EXISTS' || outcome.reason === 'CHANGED') return written(n, key)
  return { n, state: 'failed', reason: outcome.sentence }
}
