import { toAppError, type Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { Entry, Store, WriteOperation, WriteOutcome } from '../../stores/contract.ts'
import type { Executor, ItemOutcome, PlanItem } from '../contract.ts'
import { isPresent, keysOf, readPresent, stopIfRefused, toBin, type Present } from '../guarded.ts'
import { cannotKeep, sha256Of, type TrashBin } from '../trash-bin.ts'
import { convert, unwrapped, type ValueForm } from './convert.ts'
import { ReadBack } from './read-back.ts'
import type { FromSource, SourceThread } from './reading-thread.ts'

interface MigratorOptions {
  readonly form: ValueForm
  /** Reads the same source, from when it is open. */
  readonly thread?: SourceThread | undefined
  /** Made when something is replaced. */
  readonly bin: () => TrashBin
  readonly finish: NonNullable<Executor['finish']>
}

interface Step {
  readonly item: PlanItem
  readonly operation: WriteOperation & { kind: 'put' }
  readonly sha256: string
  /** What stands in the target now, of an item that replaces it. */
  readonly old?: Present
}

/** What the source has of an item. */
interface Found {
  readonly value: Uint8Array | Problem | undefined
  readonly entry: Entry | undefined
  readonly digest: string | undefined
}

/**
 * Writes values of one store to another, batch by batch, and reads each back. The source is only read: the next batch
 * while this one is being written, in a thread of its own where there is one. What is overwritten is in the trash, on
 * the disk, before.
 */
export class Migrator implements Executor {
  readonly #source: Store
  readonly #thread: SourceThread | undefined
  readonly #target: Store
  readonly #form: ValueForm
  /** Made when something is replaced. */
  readonly #bin: () => TrashBin
  #opened: TrashBin | undefined
  /** Whether times of files, or times to live, go along: of kinds that both keep them. */
  readonly #hasFacts: boolean
  #ahead: { readonly items: readonly PlanItem[]; readonly read: Promise<FromSource> } | undefined

  readonly finish: NonNullable<Executor['finish']>

  constructor(source: Store, target: Store, { form, thread, bin, finish }: MigratorOptions) {
    this.#source = source
    this.#thread = thread
    this.#target = target
    this.#form = form
    this.#bin = bin
    const files = ['fs', 'json']
    this.#hasFacts = files.includes(source.kind)
      ? [...files, 'archive'].includes(target.kind)
      : source.kind === target.kind
    this.finish = finish
  }

  async perform(
    items: readonly PlanItem[],
    { again, next }: { readonly again: boolean; readonly next: readonly PlanItem[] },
  ): Promise<ItemOutcome[]> {
    const outcomes = new Map<number, ItemOutcome>()
    const reading = this.#fromSource(items)
    // Another thread has the time for it now, this one while it waits for what it writes.
    if (this.#thread?.isOpen) this.#readAhead(next)
    const steps = await this.#steps(items, await reading, { again, outcomes })
    this.#keepOld(steps)
    const operations = steps.map(({ operation }) => operation)
    const back = new ReadBack(this.#target, operations)
    const writing = this.#target.apply(operations, { onWritten: (from, to) => back.wrote(from, to) })
    if (!this.#ahead) this.#readAhead(next)
    const written = await writing
    const isThere = await back.finish()
    for (const [i, step] of steps.entries())
      outcomes.set(step.item.n, told(step, written[i]!, isThere[i]!, again))
    stopIfRefused(written, again)
    return items.map(({ n }) => outcomes.get(n)!)
  }

  /** What is to be written; items that need nothing get their outcome. */
  async #steps(
    items: readonly PlanItem[],
    { values, entries, digests }: FromSource,
    { again, outcomes }: { readonly again: boolean; readonly outcomes: Map<number, ItemOutcome> },
  ): Promise<Step[]> {
    const replaced = items.filter(({ action }) => action === 'replace')
    const old = await readPresent(this.#target, keysOf(replaced))
    const oldOf = new Map(replaced.map((item, i) => [item, old[i]]))
    const steps: Step[] = []
    for (const [i, item] of items.entries()) {
      const found = { value: values[i], entry: entries[i], digest: digests?.[i] }
      const step = await this.#step(item, found, oldOf.get(item), again)
      if ('state' in step) outcomes.set(item.n, step)
      else steps.push(step)
    }
    return steps
  }

  #fromSource(items: readonly PlanItem[]): Promise<FromSource> {
    const { items: first, read } = this.#ahead ?? {}
    this.#ahead = undefined
    return read && first?.[0]?.n === items[0]?.n && first?.length === items.length ? read : this.#read(items)
  }

  #readAhead(items: readonly PlanItem[]): void {
    if (items.length === 0) return
    const read = this.#read(items)
    // What is wrong is told when it is asked for: the run may end before.
    read.catch(() => undefined)
    this.#ahead = { items, read }
  }

  async #read(items: readonly PlanItem[]): Promise<FromSource> {
    const keys = items.map(({ key, sourceKey }) => sourceKey ?? key)
    const how = { expectBytes: largestOf(items), facts: this.#hasFacts }
    const beside = this.#thread?.isOpen ? await this.#thread.read(keys, how) : undefined
    if (beside?.values.some((value) => value instanceof Uint8Array)) return beside
    const entries = this.#hasFacts ? ((await this.#source.lookUp?.(keys)) ?? []) : []
    const values = await this.#source.getMany(keys, { expectBytes: how.expectBytes })
    // Where nothing can be read, the source as a whole may be closed or gone: asked what changed, it says so.
    if (!values.some((value) => value instanceof Uint8Array)) await this.#source.changeToken()
    return { entries, values }
  }

  async #step(
    item: PlanItem,
    { value, entry, digest }: Found,
    old: Present | Problem | undefined,
    again: boolean,
  ): Promise<Step | ItemOutcome> {
    const { n, key } = item
    if (value === undefined)
      return { n, state: 'changed', reason: `${showKey(key)} is gone from the source.` }
    if (!(value instanceof Uint8Array)) return { n, state: 'failed', reason: value.sentence }
    let inner: Uint8Array
    try {
      inner = (await convert(unwrapped(this.#source, value), this.#form)).bytes
    } catch (thrown) {
      return { n, state: 'failed', reason: `${showKey(key)} was not written: ${toAppError(thrown).message}` }
    }
    const bytes = this.#target.wrapValue?.(inner) ?? inner
    const sha256 = digest !== undefined && bytes === value ? digest : sha256Of(bytes)
    if (item.sha256 !== undefined && item.sha256 !== (bytes === inner ? sha256 : sha256Of(inner)))
      return {
        n,
        state: 'changed',
        reason: `${showKey(key)} was written again in the source since the plan was made.`,
      }
    const operation = {
      kind: 'put' as const,
      key,
      value: bytes,
      ...(entry?.expiresAtMs === undefined ? {} : { expiresAtMs: entry.expiresAtMs }),
      ...(entry?.modifiedMs === undefined ? {} : { times: { modifiedMs: entry.modifiedMs } }),
    }
    if (item.action !== 'replace') return { item, sha256, operation: { ...operation, expect: 'absent' } }
    if (again && old && isPresent(old) && old.sha256 === sha256) return { n, state: 'done', sha256 }
    if (!old || !isPresent(old) || old.sha256 !== item.replaces?.sha256)
      return {
        n,
        state: 'changed',
        reason: `${showKey(key)} was changed in the target since the plan was made.`,
      }
    const reason = cannotKeep(key, old.value)
    if (reason !== undefined) return { n, state: 'failed', reason }
    return { item, sha256, operation: { ...operation, ifValue: old.value }, old }
  }

  #keepOld(steps: readonly Step[]): void {
    const old = steps.flatMap(({ item: { key }, old: was }) => (was ? [{ key, was }] : []))
    if (old.length === 0) return
    this.#opened ??= this.#bin()
    const takenAtMs = Date.now()
    this.#opened.put(old.map(({ key, was }) => toBin(key, was, takenAtMs)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ahead?.read.catch(() => undefined)
    await this.#thread?.[Symbol.asyncDispose]()
    this.#opened?.close()
    await this.#source[Symbol.asyncDispose]()
    await this.#target[Symbol.asyncDispose]()
  }
}

function largestOf(items: readonly PlanItem[]): number {
  return items.reduce((most, { bytes }) => Math.max(most, bytes), 0)
}

/**
 * What is there counts, whatever the writing said: only bytes that were read back are done. Those that are the bytes that
 * were written have their digest.
 */
function told(
  { item: { n, key }, sha256 }: Step,
  outcome: WriteOutcome,
  isThere: boolean,
  again: boolean,
): ItemOutcome {
  // A run that was killed had written it, or the answer that it was written was lost.
  if (isThere && (outcome.done || again || (outcome.reason !== 'EXISTS' && outcome.reason !== 'CHANGED')))
    return { n, state: 'done', sha256 }
  if (!outcome.done) {
    const state = outcome.reason === 'EXISTS' || outcome.reason === 'CHANGED' ? 'changed' : 'failed'
    return { n, state, reason: outcome.sentence }
  }
  return { n, state: 'failed', reason: `${showKey(key)} was read back with other bytes than were written.` }
}
