import { decodeValue } from '../../decode/decode.ts'
import { toAppError, type Problem } from '../../model/errors.ts'
import { keyText, showKey } from '../../model/keys.ts'
import type { EntrySummary } from '../../model/record.ts'
import { MemorySource } from '../../model/source.ts'
import { summarize } from '../../records/summarize.ts'
import type { Store } from '../../stores/contract.ts'
import type { ConflictSide, Decision, Loss, MigrateSpec, PlanFacts, PlanItem } from '../contract.ts'
import { keysOf } from '../guarded.ts'
import { sha256Of } from '../trash-bin.ts'
import { convert, isJson, unwrapped, type Converted } from './convert.ts'
import type { SourceEntries, SourceEntry } from './entries.ts'
import type { Target } from './target.ts'

type NewItem = Omit<PlanItem, 'n'>

/** Values that are looked at together: bounded, for the plan of a cache of any size. */
const valuesAtOnce = 256
const bytesAtOnce = 64 * 1024 * 1024
const differentLosses = 1_000

export interface MigrationPlanning {
  readonly source: Store
  readonly entries: SourceEntries
  readonly target: Target
  readonly signal?: AbortSignal
  readonly add: (items: readonly NewItem[]) => void
  readonly onLookedAt?: (entries: number) => void
}

/**
 * Lists what a migration would write, what the target has already, the conflicts and how they are decided, what JSON
 * would lose, and what the target's limits say. Reads values only where the form changes or the target has the key.
 */
export async function planMigration(
  spec: MigrateSpec,
  planning: MigrationPlanning,
): Promise<Omit<PlanFacts, 'actions'>> {
  const { source, entries, target, signal, add, onLookedAt } = planning
  const planner = new Planner(spec, source, target, signal)
  let lookedAt = 0
  let bytes = 0
  for await (const batch of entries.batches(signal)) {
    const items = await planner.items(batch)
    for (const { action, bytes: size } of items) if (action === 'put' || action === 'replace') bytes += size
    add(items)
    lookedAt += batch.length
    onLookedAt?.(lookedAt)
  }
  const limits = await target.limits(bytes, lookedAt)
  return planner.facts(limits)
}

/** What has to be known of an entry: what the target has under its key, what the value becomes in another form. */
interface Look {
  readonly entry: SourceEntry
  readonly isThere: boolean
  readonly isRead: boolean
}

class Planner {
  readonly #spec: MigrateSpec
  readonly #source: Store
  readonly #target: Target
  readonly #signal: AbortSignal | undefined
  readonly #losses = new Map<string, { type: string; path: string; count: number; kept: Loss['kept'] }>()
  #conflicts = 0
  #undecided = 0
  #keptBoth = 0
  #impossible = 0

  constructor(spec: MigrateSpec, source: Store, target: Target, signal: AbortSignal | undefined) {
    this.#spec = spec
    this.#source = source
    this.#target = target
    this.#signal = signal
  }

  async items(entries: readonly SourceEntry[]): Promise<NewItem[]> {
    const keys = keysOf(entries)
    const there = await this.#target.has(keys, this.#signal)
    const isConverted = await this.#isConverted(keys)
    const items: NewItem[] = []
    let waiting: Look[] = []
    let bytes = 0
    // What is read waits for others, and all behind it with it: items come in the order of the entries.
    for (const [i, entry] of entries.entries()) {
      const look = { entry, isThere: there[i]!, isRead: there[i]! || isConverted[i]! }
      waiting.push(look)
      if (look.isRead) bytes += entry.sizeBytes ?? 0
      if (waiting.length < valuesAtOnce && bytes < bytesAtOnce) continue
      items.push(...(await this.#looked(waiting)))
      waiting = []
      bytes = 0
    }
    items.push(...(await this.#looked(waiting)))
    return items
  }

  async #looked(looks: readonly Look[]): Promise<NewItem[]> {
    const keysOfThose = (which: (look: Look) => boolean): Uint8Array[] =>
      looks.filter((look) => which(look)).map(({ entry }) => entry.key)
    const read = keysOfThose(({ isRead }) => isRead)
    const values = read.length === 0 ? [] : await this.#source.getMany(read, { signal: this.#signal })
    const old = keysOfThose(({ isThere }) => isThere)
    const present = old.length === 0 ? [] : await this.#target.get(old, this.#signal)
    const items: NewItem[] = []
    let value = 0
    let now = 0
    for (const { entry, isRead, isThere } of looks) {
      const found = isRead ? { value: values[value++] } : undefined
      items.push(await this.#item(entry, found, isThere ? present[now++] : undefined))
    }
    return items
  }

  /** Which values change their form on the way: of those only the losses are known before they are written. */
  async #isConverted(keys: readonly Uint8Array[]): Promise<boolean[]> {
    const { values: theirs, rangeRead } = this.#source.capabilities
    const ours = this.#target.values
    if (ours === 'any' || ours === theirs) return keys.map(() => false)
    // One sign tells JSON from a pickle.
    if (theirs !== 'any' || !rangeRead) return keys.map(() => true)
    const heads = await this.#source.getMany(keys, { range: [0, 1], signal: this.#signal })
    return heads.map((head) => !(head instanceof Uint8Array) || isJson(head) !== (ours === 'json'))
  }

  async #item(
    entry: SourceEntry,
    read: { readonly value: Uint8Array | Problem | undefined } | undefined,
    now: Uint8Array | Problem | undefined,
  ): Promise<NewItem> {
    const { key, stamp, call } = entry
    const common = {
      key,
      bytes: entry.sizeBytes ?? 0,
      computeSeconds: entry.elapsedSeconds ?? 0,
      ...(stamp === undefined ? {} : { stamp }),
      ...(call === undefined ? {} : { call }),
    }
    const refusal = this.#target.refusesKey(key)
    if (refusal !== undefined) return this.#left(common, refusal)
    if (!read) return { ...common, action: 'put' }
    if (!(read.value instanceof Uint8Array))
      return this.#left(common, read.value?.sentence ?? 'It is gone since it was listed.')
    let converted: Converted
    try {
      converted = await convert(unwrapped(this.#source, read.value), this.#target.values)
    } catch (thrown) {
      return this.#left(common, toAppError(thrown).message)
    }
    this.#countLosses(converted)
    const sized = { ...common, bytes: converted.bytes.length, sha256: sha256Of(converted.bytes) }
    if (now === undefined) return { ...sized, action: 'put' }
    if (!(now instanceof Uint8Array))
      return this.#left(common, `The target has it, but unreadable: ${now.sentence}`)
    const replaces = { bytes: now.length, sha256: sha256Of(now) }
    if (sha256Of(this.#target.unwrapped(now)) === sized.sha256) return { ...sized, action: 'same' }
    this.#conflicts++
    return this.#decide(entry, { ...sized, replaces }, now)
  }

  #left(item: Omit<NewItem, 'action'>, note: string): NewItem {
    this.#impossible++
    return { ...item, action: 'skip', note }
  }

  async #decide(
    { runAtSeconds = -Infinity, elapsedSeconds = 0 }: SourceEntry,
    item: Omit<NewItem, 'action'> & Required<Pick<NewItem, 'replaces'>>,
    now: Uint8Array,
  ): Promise<NewItem> {
    const { replaces, ...kept } = item
    const { onConflict, otherwise } = this.#spec
    const wanted = [decisionOf(this.#spec, item.key), otherwise].filter((each) => each !== undefined)
    // What was decided of this one and cannot be done leaves it to what was decided of all others.
    const decided = wanted.find((each) => each !== 'keep-both' || this.#target.keys !== 'name')
    const isImpossible = wanted.length > 0 && decided === undefined
    const rule = onConflict === 'ask' ? decided : onConflict
    const skip = (note: string): NewItem => ({ ...kept, action: 'skip', note })
    const replace = (note: string): NewItem => ({ ...item, replaces, action: 'replace', note })
    switch (rule) {
      case undefined: {
        this.#undecided++
        const theirs = await summaryOf(this.#target, now)
        const sides = {
          source: sideOf(kept.bytes, { runAtSeconds, elapsedSeconds }),
          target: sideOf(now.length, theirs),
        }
        const note = 'the target’s names are hashes: it cannot keep both'
        return { ...kept, action: 'ask', sides, ...(isImpossible ? { note } : {}) }
      }
      case 'fail':
        this.#undecided++
        return skip('conflict: the target has other bytes')
      case 'skip':
        return skip('conflict: the target’s value stays')
      case 'overwrite':
        return replace('conflict: the target’s value goes to the trash')
      case 'keep-both': {
        this.#keptBoth++
        const key = otherKey(item.key, sha256Of(now))
        return { ...kept, key, sourceKey: item.key, action: 'put', note: 'conflict: kept under another key' }
      }
      case 'newest': {
        const theirs = await summaryOf(this.#target, now)
        return runAtSeconds > (theirs?.runAtSeconds ?? -Infinity)
          ? replace('conflict: this one is newer')
          : skip('conflict: the target’s value is not older')
      }
      case 'fastest': {
        const theirs = await summaryOf(this.#target, now)
        return elapsedSeconds > (theirs?.elapsedSeconds ?? 0)
          ? replace('conflict: this one took longer to compute')
          : skip('conflict: the target’s value took as long or longer to compute')
      }
    }
  }

  #countLosses({ losses, lossCounts }: Converted): void {
    const kinds = new Map(losses.map((loss) => [`${loss.type} → ${loss.becomes}`, loss]))
    for (const [name, count] of lossCounts) {
      const known = this.#losses.get(name)
      const loss = kinds.get(name)
      if (known) known.count += count
      else if (this.#losses.size < differentLosses) {
        const { type = name, path = '', kept = 'changed' } = loss ?? {}
        this.#losses.set(name, { type: loss ? name : type, path, count, kept })
      }
    }
  }

  facts(limits: { warnings: readonly string[]; exceeded?: string }): Omit<PlanFacts, 'actions'> {
    const warnings = [...limits.warnings]
    if (this.#impossible > 0)
      warnings.push(
        `${this.#impossible} ${this.#impossible === 1 ? 'entry cannot' : 'entries cannot'} be written to the target; the plan says of each why.`,
      )
    if (this.#keptBoth > 0)
      warnings.push(
        'What is kept under another key is never found by the function that made it: its key is no hash of a call.',
      )
    const losses = [...this.#losses.values()].toSorted((a, b) => order(a) - order(b) || b.count - a.count)
    const refused = this.#refusal(limits.exceeded)
    const impossible = this.#impossible > 0 ? { impossible: this.#impossible } : {}
    return { warnings, losses, conflicts: this.#conflicts, ...impossible, ...refused }
  }

  #refusal(exceeded: string | undefined): Pick<PlanFacts, 'refused' | 'needs'> {
    const { onConflict, acceptLoss, acceptLimits } = this.#spec
    if (this.#undecided > 0) {
      const count = `${this.#undecided} ${this.#undecided === 1 ? 'key has' : 'keys have'}`
      return {
        refused: `${count} another value in the target; say what to do with conflicts.`,
        needs: onConflict === 'ask' ? 'decisions' : 'onConflict',
      }
    }
    if (onConflict === 'keep-both' && this.#keptBoth > 0 && this.#target.keys === 'name') {
      const refused =
        'The names of this target are hashes, so it cannot keep two values of one key; choose another rule.'
      return { refused, needs: 'onConflict' }
    }
    if (this.#losses.size > 0 && !acceptLoss)
      return {
        refused:
          'JSON cannot hold everything as it is; accept what changes and is lost, or choose a target that holds pickles.',
        needs: 'acceptLoss',
      }
    if (exceeded !== undefined && !acceptLimits) return { refused: exceeded, needs: 'acceptLimits' }
    return {}
  }
}

/** Keys are anybody's words: `constructor` too. */
function decisionOf({ decisions = {} }: MigrateSpec, key: Uint8Array): Decision | undefined {
  const shown = showKey(key)
  return Object.hasOwn(decisions, shown) ? decisions[shown] : undefined
}

/** What a person decides by; what the record does not say is left out. */
function sideOf(
  bytes: number,
  { runAtSeconds, elapsedSeconds }: Partial<Pick<EntrySummary, 'runAtSeconds' | 'elapsedSeconds'>> = {},
): ConflictSide {
  return {
    bytes,
    ...(runAtSeconds !== undefined && Number.isFinite(runAtSeconds) ? { runAtSeconds } : {}),
    ...(elapsedSeconds ? { elapsedSeconds } : {}),
  }
}

function order({ kept }: { readonly kept: Loss['kept'] }): number {
  return kept === 'lost' ? 0 : 1
}

/** Keys of several values stay apart, and the same conflict gets the same key at every try. */
function otherKey(key: Uint8Array, sha256: string): Uint8Array {
  return new TextEncoder().encode(`${keyText(key) ?? showKey(key)}.${sha256.slice(0, 8)}`)
}

async function summaryOf(target: Target, value: Uint8Array): Promise<EntrySummary | undefined> {
  using decoded = await decodeValue(new MemorySource(target.unwrapped(value)), { values: 'any', skim: true })
  return decoded.root ? summarize(decoded) : undefined
}
