import type { Connection, ConnectionList } from '../../shared/api/contract.ts'
import type { DatabaseInfo } from '../../shared/api/locations.ts'
import { indexFile, storeId } from '../../shared/catalog/location.ts'
import { AppError, toAppError } from '../../shared/model/errors.ts'
import { hasHiddenSecrets, withoutSecrets } from '../../shared/model/secrets.ts'
import type { StoreLocation, Stray } from '../../shared/stores/contract.ts'
import { AsOfClock } from './as-of-clock.ts'
import { ChangeWatch } from './change-watch.ts'
import type { EventHub } from './events.ts'
import { runIndex } from './index-run.ts'
import type { Probed } from './probe.ts'
import { RevisionPace } from './revision-pace.ts'
import type { Settings } from './settings.ts'
import type { IndexProgress, IndexResult, IndexTask } from './workers/index-task.ts'
import type { ProbeTask } from './workers/probe-task.ts'
import type { WorkerPool } from './workers/pool.ts'

/** A connection with what the engine alone needs to know. */
export interface OpenConnection {
  /** What others see of it; replaced, never changed. `writable` is the lock: see `requireWritable`. */
  readonly shown: Connection
  readonly store: StoreLocation
  readonly catalogFile: string
  readonly strays: readonly Stray[]
}

interface Held extends OpenConnection {
  shown: Connection
  strays: readonly Stray[]
  /** The names under which it was opened, without secrets. */
  readonly opened: Set<string>
  /** Time that the last look for changes took. */
  lookMs: number
  /** The index run under way. */
  run?: { readonly done: Promise<void>; readonly cancelling: AbortController }
  /** A refresh came while a run was under way. */
  isAskedAgain?: boolean
  readonly watch: ChangeWatch
}

export interface ConnectionsOptions {
  readonly dataFolder: string
  readonly settings: Settings
  readonly events: EventHub
  readonly pool: WorkerPool<IndexTask, IndexResult>
  readonly probes: WorkerPool<ProbeTask, unknown>
  /** Lets the other workers close what they have open of a connection. */
  onClose(connection: OpenConnection): Promise<void>
  /** Least time between two looks for changes. */
  readonly watchEveryMs: number
}

/**
 * The open stores. Each goes `indexing → ready | cancelled | failed`, and to `indexing` again when
 * it changes or is refreshed; its revision rises with its catalog. Every change is told to the event hub.
 */
export class Connections implements AsyncDisposable {
  readonly #options: ConnectionsOptions
  readonly #held = new Map<string, Held>()
  readonly #clock = new AsOfClock()

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  list(): Connection[] {
    return [...this.#held.values()].map(({ shown }) => shown)
  }

  /** As it is told to others. */
  told(): ConnectionList {
    return { asOf: this.#clock.next(), items: this.list() }
  }

  /** Throws `NOT_FOUND`. */
  get(id: string): OpenConnection {
    return this.#get(id)
  }

  /**
   * Opens a cache, or gives the connection that is open already: the id is a hash of kind and location, the
   * same at every start. Indexing begins at once. Throws `NOT_FOUND`, `NOT_A_STORE`, `REFUSED`, `USAGE`.
   */
  async open(text: string, kind?: string): Promise<Connection> {
    const remembered = withoutSecrets(text)
    // What is kept of a URL with a password leads to its connection for as long as that is open.
    const known = [...this.#held.values()].find(({ opened }) => opened.has(remembered))
    if (known && hasHiddenSecrets(text)) return known.shown
    const { store, shown } = (await this.#options.probes.run({ ask: 'open', location: text, kind })) as Probed
    const { location, label } = shown
    const id = storeId({ kind: shown.kind, location })
    await this.#options.settings.remember({
      location: remembered,
      kind: shown.kind,
      label,
      openedAtMs: Date.now(),
    })
    const open = this.#held.get(id)
    if (open) {
      open.opened.add(remembered)
      return open.shown
    }
    const held: Held = {
      shown: {
        id,
        asOf: this.#clock.next(),
        ...shown,
        state: 'opening',
        writable: false,
        entries: 0,
        revision: 0,
      },
      store,
      catalogFile: indexFile({ kind: shown.kind, location }, this.#options.dataFolder),
      strays: [],
      opened: new Set([remembered]),
      lookMs: 0,
      watch: new ChangeWatch({ everyMs: this.#options.watchEveryMs, look: () => this.#look(id) }),
    }
    this.#held.set(id, held)
    this.#start(held)
    return held.shown
  }

  /** Looks for changes and reads what changed; while a run is under way, once more after it: it may have passed the change. */
  refresh(id: string): Connection {
    const held = this.#get(id)
    if (held.run) held.isAskedAgain = true
    else this.#start(held)
    return held.shown
  }

  /** Ends the run under way; what it has read stays. */
  async cancel(id: string): Promise<Connection> {
    const held = this.#get(id)
    held.run?.cancelling.abort()
    await held.run?.done
    return held.shown
  }

  /**
   * Unlocks a cache for writing until it is closed, or locks it again. Throws `READ_ONLY` for a kind that
   * cannot be written and `REFUSED` where system or server do not allow it; then it stays locked.
   */
  async lock(id: string, writable: boolean): Promise<Connection> {
    const held = this.#get(id)
    if (writable) await this.#options.probes.run({ ask: 'unlock', store: held.store })
    if (held.shown.writable !== writable) this.#show(held, { writable })
    return held.shown
  }

  /** The connection, for one who is about to write. Throws `READ_ONLY` while it is locked: nothing writes without asking here. */
  requireWritable(id: string): OpenConnection {
    const held = this.#get(id)
    if (held.shown.writable) return held
    throw new AppError('READ_ONLY', `${held.shown.label} is locked; unlock it for writing first.`, {
      data: { id },
    })
  }

  /** The databases or tables in the file of a cache. */
  async databases(id: string): Promise<DatabaseInfo[]> {
    const { kind, path } = this.#get(id).store
    return (await this.#options.probes.run({ ask: 'databases', location: path, kind })) as DatabaseInfo[]
  }

  async close(id: string): Promise<ConnectionList> {
    const held = this.#get(id)
    this.#held.delete(id)
    held.watch.stop()
    held.run?.cancelling.abort()
    await held.run?.done
    await this.#options.onClose(held)
    const left = this.told()
    this.#options.events.publishClosed(id, left)
    return left
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#held.keys()].map((id) => this.close(id)))
  }

  #get(id: string): Held {
    const held = this.#held.get(id)
    if (!held) throw new AppError('NOT_FOUND', `No open store has the id ${id}; open its location again.`)
    return held
  }

  #start(held: Held): void {
    const cancelling = new AbortController()
    this.#show(held, { state: 'indexing', indexed: undefined, total: undefined, error: undefined })
    held.run = { cancelling, done: this.#run(held, cancelling.signal, false) }
  }

  /** One look of the watch: does nothing while nobody listens or a run is under way. */
  async #look(id: string): Promise<number> {
    const held = this.#held.get(id)
    if (!held || held.run || !this.#options.events.hasReaders || held.shown.state === 'failed') return 0
    const cancelling = new AbortController()
    const done = this.#run(held, cancelling.signal, true)
    held.run = { cancelling, done }
    await done
    return held.lookMs
  }

  async #run(held: Held, signal: AbortSignal, onlyIfChanged: boolean): Promise<void> {
    const pace = new RevisionPace()
    const onProgress = ({ indexed, total, entries, revision }: IndexProgress): void => {
      if (signal.aborted) return
      this.#show(held, { state: 'indexing', indexed, total, entries, ...(pace.isDue() ? { revision } : {}) })
    }
    const { pool } = this.#options
    const { store, catalogFile } = held
    try {
      const result = await runIndex({ pool, store, catalogFile, onlyIfChanged, signal, onProgress })
      if (result.hasRun) held.strays = result.strays
      held.lookMs = result.lookMs
      this.#finish(held, {
        state: 'ready',
        entries: result.entries,
        revision: result.revision,
        indexedAtMs: Date.now(),
      })
    } catch (thrown) {
      const { code, message } = toAppError(thrown)
      if (code === 'CANCELLED' && signal.aborted) this.#finish(held, { state: 'cancelled' })
      else this.#finish(held, { state: 'failed', error: { code, message } })
    }
  }

  #finish(held: Held, change: Partial<Connection>): void {
    held.run = undefined
    const before = held.shown
    const after = { ...before, error: undefined, indexed: undefined, total: undefined, ...change }
    held.watch.start()
    // A look that found nothing is no news.
    if (before.state === after.state && before.revision === after.revision) held.shown = after
    else this.#show(held, after)
    const { isAskedAgain } = held
    held.isAskedAgain = false
    if (isAskedAgain && after.state === 'ready' && this.#held.has(after.id)) this.#start(held)
  }

  #show(held: Held, change: Partial<Connection>): void {
    held.shown = { ...held.shown, ...change, asOf: this.#clock.next() }
    if (this.#held.has(held.shown.id)) this.#options.events.publish(held.shown)
  }
}
