import { AppError } from '../model/errors.ts'
import { formatCount } from '../model/amounts.ts'
import { showKey } from '../model/keys.ts'
import { namesWhatGoes } from '../api/policies.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { checkTag } from '../catalog/tags.ts'
import type { Store, WriteOutcome } from '../stores/contract.ts'
import { isSettled } from '../stores/stamp.ts'
import type { EvictSpec, Executor, ItemOutcome, PlanFacts, PlanItem, Policy } from './contract.ts'
import { findAlike } from './alike.ts'
import { isPresent, keysOf, readPresent, stopIfRefused, toBin, unreadable, type Present } from './guarded.ts'
import { judge, type Judged } from './policy.ts'
import { candidates, type Candidate } from './select.ts'
import { settledEntries } from './settled.ts'
import { overLimitWords } from './trash.ts'
import { cannotKeep, sha256Of, type TrashBin } from './trash-bin.ts'

const itemsAtOnce = 1_000
/** Of stores without stamps the plan reads the values: how many of them at once. */
const valuesAtOnce = 64

type NewItem = Omit<PlanItem, 'n'>

export interface Planning {
  readonly store: Store
  readonly catalog: Catalog
  readonly signal?: AbortSignal
  readonly add: (items: readonly NewItem[]) => void
  /** Why an entry goes, where that was found out before. */
  readonly noteOf?: (key: string) => string | undefined
  /** So many entries were looked at. */
  readonly onLookedAt?: (entries: number) => void
}

/** Lists what would go: exactly these entries, and no other, are moved to the trash by the run. */
export async function planEviction(spec: EvictSpec, planning: Planning): Promise<Omit<PlanFacts, 'actions'>> {
  const { store, catalog, add, onLookedAt } = planning
  const facts = { warnings: [] as string[], losses: [], conflicts: 0 }
  refuseWhatCannotBeUndone(store)
  let lookedAt = 0
  let bytes = 0
  let guests = 0
  if (spec.policy) refuseToGuess(spec.policy, spec)
  const going = spec.policy ? await judged(spec, spec.policy, planning) : undefined
  for (const batch of going?.batches ?? candidates(catalog, spec.selection)) {
    const settled = store.whole ? await settledEntries(store, batch, planning.signal) : batch
    const items = await Promise.all(
      slicesOf(settled, valuesAtOnce).map((slice) => itemsOf(store, slice, planning)),
    )
    const listed = items.flat()
    add(listed)
    bytes = listed.reduce((sum, item) => sum + item.bytes, bytes)
    guests += batch.filter(({ row }) => row.kind === 'foreign' && row.status !== 'damaged').length
    lookedAt += batch.length
    onLookedAt?.(lookedAt)
  }
  const { query = '', keys } = spec.selection
  if (query.trim() === '' && keys === undefined && spec.policy === undefined)
    facts.warnings.push(`This is every entry of ${store.label}.`)
  facts.warnings.push(...(going?.warnings ?? []))
  if (guests > 0 && !store.whole) facts.warnings.push(guestWarning(guests))
  warnOfTrash(bytes, facts.warnings)
  return going?.protectedEntries === undefined
    ? facts
    : { ...facts, protectedEntries: going.protectedEntries }
}

/** Rules that only say what stays do not mean that all else goes, where nobody has chosen entries. */
function refuseToGuess(policy: Policy, { selection: { query = '', keys } }: EvictSpec): void {
  if (namesWhatGoes(policy) || query.trim() !== '' || keys !== undefined) return
  throw new AppError(
    'USAGE',
    'These rules only say what stays. Say what goes: a filter, or a rule such as maxBytes (docs/eviction.md).',
  )
}

/** What is deleted must come back: as a value that is put, or whole. */
function refuseWhatCannotBeUndone({ capabilities: { write, deletes }, whole, label }: Store): void {
  if (write || (deletes === true && whole)) return
  throw new AppError('READ_ONLY', `${label} cannot be written; unlock it, or look who may.`)
}

function guestWarning(guests: number): string {
  const which = guests === 1 ? 'One of these is a value' : `${formatCount(guests)} of these are values`
  return `${which} that hashcache did not write; a filter such as kind:call leaves them out.`
}

/** An undo is promised; of so much it lasts no longer than until somebody looks at the trash. */
function warnOfTrash(bytes: number, warnings: string[]): void {
  const words = overLimitWords(bytes)
  if (words !== undefined) warnings.push(`${words} Evict less at once if you may want to undo it later.`)
}

interface Going {
  /** The entries that go, in the order in which they go. */
  readonly batches: readonly (readonly Judged[])[]
  /** How many would go if nothing were protected; `undefined`: nothing is. */
  readonly protectedEntries: number | undefined
  readonly warnings: readonly string[]
}

async function judged(spec: EvictSpec, policy: Policy, { store, catalog, signal }: Planning): Promise<Going> {
  const entries = [...candidates(catalog, spec.selection)].flat()
  const alike = await findAlike(
    store,
    entries,
    { superseded: policy.superseded === true, duplicates: policy.duplicates === true },
    signal,
  )
  const { keys: protectedKeys, idle } = protection(catalog, policy)
  const facts = {
    ...alike,
    isProtected: (key: string) => protectedKeys.has(key),
    lastReadMs: await lastReads(store, entries, policy),
    nowSeconds: Date.now() / 1_000,
  }
  const unprotected =
    protectedKeys.size === 0 ? undefined : judge(entries, policy, { ...facts, isProtected: () => false })
  return {
    batches: slicesOf(judge(entries, policy, facts), itemsAtOnce),
    // A typing error there lets go what was to stay.
    warnings: idle.map(
      (query) => `Nothing is protected by ${query}: no entry of ${store.label} is found by it.`,
    ),
    protectedEntries: unprotected?.filter(({ row }) => protectedKeys.has(row.key)).length,
  }
}

interface Protection {
  readonly keys: ReadonlySet<string>
  /** Filters that find nothing. */
  readonly idle: readonly string[]
}

/** @throws AppError BAD_QUERY, USAGE for what is no tag, and for the name of a saved filter, which is not known here */
function protection(catalog: Catalog, { protect = '', protectTags = [] }: Policy): Protection {
  if (protect.trimStart().startsWith('@'))
    throw new AppError(
      'USAGE',
      `protect: ${protect.trim()} names a saved filter, and rules hold the filter itself; a text that begins so is quoted ("${protect.trim()}").`,
    )
  for (const tag of protectTags) checkTag(tag)
  const queries = [protect, protectTags.length === 0 ? '' : `tag=(${protectTags.join(',')})`]
  const keys = new Set<string>()
  const idle: string[] = []
  for (const query of queries) {
    if (query.trim() === '') continue
    const found = [...candidates(catalog, { query })].flat()
    for (const { row } of found) keys.add(row.key)
    if (found.length === 0) idle.push(query.trim())
  }
  return { keys, idle }
}

/** When entries were last read, of the stores that know. */
async function lastReads(
  store: Store,
  entries: readonly Candidate[],
  { maxIdleSeconds, order }: Policy,
): Promise<(key: string) => number | undefined> {
  const reads = new Map<string, number>()
  if (store.facts && (maxIdleSeconds !== undefined || order === 'least-recently-used')) {
    for (const slice of slicesOf(entries, itemsAtOnce)) {
      const facts = await store.facts(keysOf(slice))
      for (const [i, fact] of facts.entries())
        if (fact?.accessedAtMs !== undefined) reads.set(slice[i]!.row.key, fact.accessedAtMs)
    }
  }
  return (key) => reads.get(key)
}

function slicesOf<Item>(items: readonly Item[], length: number): (readonly Item[])[] {
  const slices: (readonly Item[])[] = []
  for (let from = 0; from < items.length; from += length) slices.push(items.slice(from, from + length))
  return slices
}

/** What the run needs to see that an entry is still the one that was planned: its stamp, else the digest of its value. */
async function itemsOf(
  store: Store,
  entries: readonly Judged[],
  { signal, noteOf }: Planning,
): Promise<NewItem[]> {
  const hasStamps =
    store.lookUp !== undefined &&
    (store.whole !== undefined || entries.every(({ stamp }) => stamp !== undefined && isSettled(stamp)))
  const values = hasStamps ? [] : await store.getMany(keysOf(entries), { signal })
  return entries.map(({ key, row, stamp, reason }, i) => {
    const value = values[i]
    const note = reason ?? noteOf?.(row.key)
    return {
      key,
      action: 'delete',
      bytes: row.sizeBytes ?? 0,
      computeSeconds: row.elapsedSeconds ?? 0,
      ...(hasStamps ? { stamp } : {}),
      ...(value instanceof Uint8Array ? { sha256: sha256Of(value) } : {}),
      ...(note === undefined ? {} : { note }),
      ...(row.call === undefined ? {} : { call: row.call }),
    }
  })
}

interface Leaving {
  readonly item: PlanItem
  readonly present: Present
}

/** Into the trash first, where it is on the disk before it leaves the cache. */
export class Evictor implements Executor {
  readonly #store: Store
  readonly #bin: TrashBin

  constructor(store: Store, bin: TrashBin) {
    this.#store = store
    this.#bin = bin
  }

  async perform(items: readonly PlanItem[], { again }: { readonly again: boolean }): Promise<ItemOutcome[]> {
    const canSetAside = this.#store.canSetAside?.(this.#bin.files) === true
    const aside: PlanItem[] = []
    const copied: PlanItem[] = []
    for (const item of items) {
      // What a killed run has begun by copying is brought to its end so.
      const isCopied = again && this.#bin.digestOf(item.key) !== undefined
      // What it has begun by renaming too, though the trash lies on another disk now.
      const isRenamed = again && this.#bin.isFile(item.key)
      if ((canSetAside && item.stamp !== undefined && !isCopied) || isRenamed) aside.push(item)
      else copied.push(item)
    }
    const outcomes = [...(await this.#setAside(aside, again)), ...(await this.#copyOut(copied, again))]
    const told = new Map(outcomes.map((outcome) => [outcome.n, outcome]))
    return items.map(({ n }) => told.get(n)!)
  }

  async #copyOut(items: readonly PlanItem[], again: boolean): Promise<ItemOutcome[]> {
    if (items.length === 0) return []
    const present = await readPresent(this.#store, keysOf(items))
    const filesOnly = await this.#filesOnly(items.filter((_, i) => present[i] === undefined))
    const outcomes = new Map<number, ItemOutcome>()
    const going: Leaving[] = []
    for (const [i, item] of items.entries()) {
      const now = present[i]
      const kept = again ? this.#bin.digestOf(item.key) : undefined
      if (isPresent(now) && (now.sha256 === kept || isAsPlanned(item, now))) {
        const reason = cannotKeep(item.key, now.value)
        if (reason === undefined) going.push({ item, present: now })
        else outcomes.set(item.n, { n: item.n, state: 'failed', reason })
      }
      // It may have been deleted before somebody wrote the key again: with what the trash has, undo can bring it back.
      else if (kept !== undefined && (now === undefined || isPresent(now)))
        outcomes.set(item.n, { n: item.n, state: 'done', sha256: kept })
      else if (filesOnly.has(item.n))
        outcomes.set(item.n, { n: item.n, state: 'failed', reason: onAnotherDisk(item.key) })
      else outcomes.set(item.n, leftAlone(item, now))
    }
    this.#keep(going)
    if (again) await this.#clearRests(items.filter((_, i) => present[i] === undefined))
    const deleted = await (this.#store.whole ?? this.#store).apply(
      going.map(({ item: { key }, present: { value } }) => ({ kind: 'delete', key, ifValue: value })),
    )
    for (const outcome of await this.#told(going, deleted, again)) outcomes.set(outcome.n, outcome)
    stopIfRefused(deleted, again)
    return items.map(({ n }) => outcomes.get(n)!)
  }

  /** Of an entry that is more than its value a killed deletion may have left something. */
  async #clearRests(items: readonly PlanItem[]): Promise<void> {
    const { whole } = this.#store
    const kept = whole ? items.flatMap(({ key }) => this.#bin.get(key) ?? []) : []
    await whole?.apply(kept.map(({ key, value }) => ({ kind: 'delete', key, ifValue: value })))
  }

  /**
   * What became of each. A store that says it did not delete may have done so all the same: a connection that broke
   * before the answer, a writer that died after its transaction, one that outlives its killed job for a moment and
   * then leaves nothing to delete. So the trash lets go only of what is seen to stand in the cache still.
   *
   * @throws AppError what looking throws; the batch is then looked at again when the job is resumed
   */
  async #told(
    going: readonly Leaving[],
    deleted: readonly WriteOutcome[],
    again: boolean,
  ): Promise<ItemOutcome[]> {
    const doubtful = going.filter((_, i) => !deleted[i]!.done)
    const now = doubtful.length === 0 ? [] : await readPresent(this.#store, keysOf(doubtful.map(itemOf)))
    const standing = new Map(doubtful.map(({ item }, i) => [item.n, now[i]]))
    const back: Uint8Array[] = []
    const told = going.map(({ item: { n, key }, present: was }, i): ItemOutcome => {
      const outcome = deleted[i]!
      const here = standing.get(n)
      if (outcome.done || here === undefined) return { n, state: 'done', sha256: was.sha256 }
      const isOvertaken = outcome.reason === 'ABSENT' || outcome.reason === 'CHANGED'
      const isSame = isPresent(here) && here.sha256 === was.sha256
      // A killed run may have deleted it, and somebody written it again: undo has to know of what the trash keeps.
      if (isOvertaken && again && isPresent(here) && !isSame) return { n, state: 'done', sha256: was.sha256 }
      if (isSame || (isOvertaken && !again)) back.push(key)
      return { n, state: isOvertaken ? 'changed' : 'failed', reason: outcome.sentence }
    })
    if (back.length > 0) this.#bin.drop(back)
    return told
  }

  /** Numbers of strays, which have no value that could be copied: they are moved as files, or not at all. */
  async #filesOnly(absent: readonly PlanItem[]): Promise<ReadonlySet<number>> {
    if (absent.length === 0 || !this.#store.canSetAside) return new Set()
    const found = (await this.#store.lookUp?.(keysOf(absent))) ?? []
    return new Set(absent.flatMap(({ n }, i) => (found[i] === undefined ? [] : [n])))
  }

  /** Files are renamed into the bin. What a killed run has renamed is absent here and in the bin there. */
  async #setAside(items: readonly PlanItem[], again: boolean): Promise<ItemOutcome[]> {
    if (items.length === 0) return []
    this.#bin.putFiles(items)
    const outcomes = await this.#store.setAside!(items, this.#bin.files)
    const told = items.map(({ n }, i): ItemOutcome => {
      const outcome = outcomes[i]!
      if (outcome.done) return { n, state: 'done' }
      const state = outcome.reason === 'ABSENT' || outcome.reason === 'CHANGED' ? 'changed' : 'failed'
      return { n, state, reason: outcome.sentence }
    })
    this.#bin.drop(items.filter((_, i) => told[i]!.state !== 'done').map(({ key }) => key))
    stopIfRefused(outcomes, again)
    return told
  }

  #keep(going: readonly Leaving[]): void {
    const takenAtMs = Date.now()
    this.#bin.put(going.map(({ item, present }) => toBin(item.key, present, takenAtMs)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#bin.close()
    await this.#store[Symbol.asyncDispose]()
  }
}

function itemOf({ item }: Leaving): PlanItem {
  return item
}

function onAnotherDisk(key: Uint8Array): string {
  return `${showKey(key)} can only be moved on its own disk, and the trash is on another.`
}

function isAsPlanned({ stamp, sha256 }: PlanItem, now: Present): boolean {
  if (sha256 !== undefined) return now.sha256 === sha256
  return stamp !== undefined && now.stamp === stamp
}

function leftAlone(item: PlanItem, now: Awaited<ReturnType<typeof readPresent>>[number]): ItemOutcome {
  const { n, key } = item
  if (now === undefined) return { n, state: 'changed', reason: `${showKey(key)} is gone already.` }
  if (!isPresent(now)) return { n, state: 'failed', reason: unreadable(key, now) }
  return { n, state: 'changed', reason: `${showKey(key)} was written again since the plan was made.` }
}
