import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Connection } from '../../shared/api/contract.ts'
import type { DatabaseInfo, Detected, TestResult } from '../../shared/api/locations.ts'
import { AppError, toAppError } from '../../shared/model/errors.ts'
import { hasHiddenSecrets, withoutSecrets } from '../../shared/model/secrets.ts'
import type { Detection, Store, StoreKind, StoreLocation, StoreType } from '../../shared/stores/contract.ts'
import { detectStores } from '../../shared/stores/detect.ts'
import { storeTypes } from '../../shared/stores/kinds.ts'
import { refusedPath } from '../../shared/stores/paths.ts'
import { openStore, resolveStore } from '../../shared/stores/registry.ts'

/** What a location turned out to be. */
export interface Probed {
  readonly store: StoreLocation
  readonly shown: Pick<Connection, 'kind' | 'kindTitle' | 'location' | 'label' | 'reason' | 'notes'>
}

/** Opens a cache to see that it can be read, and closes it. Throws `NOT_FOUND`, `NOT_A_STORE`, `REFUSED`, `USAGE`. */
export async function probeStore(text: string, kind?: string): Promise<Probed> {
  const location = await locationOf(text, kind)
  await using store = await openStore(location)
  const shown = {
    kind: store.kind,
    kindTitle: titleOf(store.kind),
    location: store.location,
    label: store.label,
    reason: await reasonOf(location),
    ...notesOf(store),
  }
  return { store: { ...location, options: { ...location.options } }, shown }
}

/** Opens a cache to say how it is, and closes it. What is wrong is in the answer. */
export async function testStore(text: string, kind?: string): Promise<TestResult> {
  const startMs = performance.now()
  try {
    const location = await locationOf(text, kind)
    await using store = await openStore(location)
    const about = await store.about?.()
    const milliseconds = performance.now() - startMs
    return {
      ok: true,
      milliseconds,
      kind: store.kind,
      kindTitle: titleOf(store.kind),
      product: about?.product,
      entries: about?.entries ?? (await countedEntries(store, location)),
      reason: about ? undefined : await reasonOf(location),
      ...notesOf(store),
    }
  } catch (thrown) {
    const { code, message, data } = toAppError(thrown)
    const needs = typeof data['needs'] === 'string' ? { needs: data['needs'] } : {}
    return { ok: false, milliseconds: performance.now() - startMs, error: { code, message, ...needs } }
  }
}

/** What the location could be opened as, the most certain first. */
export async function detectLocation(text: string): Promise<Detected[]> {
  const { kind, path } = await resolveStore(expandHome(text))
  const found = await detectStores(path)
  const detections: Detection[] =
    found.length > 0 ? found : [{ kind, path, certainty: 1, reason: 'The address says so.' }]
  return detections.map((detection) => ({
    kind: detection.kind,
    kindTitle: titleOf(detection.kind),
    location: withoutSecrets(detection.path),
    certainty: detection.certainty,
    reason: detection.reason,
  }))
}

/** The databases or tables of a file, whether or not it says which of them is the cache; of other kinds none. */
export async function listDatabases(text: string, kind?: string): Promise<DatabaseInfo[]> {
  const { path, ...location } = await locationOf(text, kind)
  const type = typeOf(location.kind)
  const found = (await type?.databases?.(path)) ?? []
  const option = databaseOptions[location.kind] ?? ''
  return found.map(({ name, entries, flags, problem }) => ({
    name,
    entries,
    flags: [...flags],
    problem,
    option,
  }))
}

/**
 * Makes sure that a cache that can be read can be opened for writing too. Throws `READ_ONLY` for a kind that
 * cannot be written, `REFUSED` where system or server do not allow it.
 */
export async function unlockStore(location: StoreLocation): Promise<undefined> {
  // A cache that has gone is not to be made anew.
  await (await openStore(location))[Symbol.asyncDispose]()
  if (existsSync(location.path)) {
    try {
      accessSync(location.path, constants.W_OK)
    } catch (error) {
      throw refusedPath(location.path, error, 'written')
    }
  }
  await using store = await openStore(location, { write: true })
  const { write, deletes } = store.capabilities
  if (write || deletes === true) return undefined
  throw new AppError(
    'READ_ONLY',
    `${store.label} stays locked: a ${titleOf(store.kind)} of this form can be read, not written; migrate it to another kind to change it.`,
  )
}

/** Which option of its URL names a database of a file. */
const databaseOptions: Partial<Record<StoreKind, string>> = { lmdb: 'db', sqlite: 'table' }

/** Of a store that knows its databases, entries of the one that is open. */
async function countedEntries(store: Store, { kind, options }: StoreLocation): Promise<number | undefined> {
  const option = databaseOptions[kind]
  const databases = option === undefined ? undefined : await store.databases?.()
  const name = option === undefined ? undefined : options[option]
  return databases?.find((database) => database.name === name)?.entries
}

function notesOf({ notes = [] }: Store): { notes?: string[] } {
  return notes.length === 0 ? {} : { notes: [...notes] }
}

async function locationOf(text: string, kind: string | undefined): Promise<StoreLocation> {
  if (hasHiddenSecrets(text)) {
    throw new AppError('REFUSED', `The password of ${text} is not kept; give it again.`, {
      data: { needs: 'password' },
    })
  }
  const named = expandHome(text)
  if (kind === undefined) return resolveStore(named)
  const type = typeOf(kind)
  if (!type) {
    const known = storeTypes.map((each) => each.kind).join(', ')
    throw new AppError('USAGE', `There is no kind of cache ${kind}; known are ${known}.`)
  }
  const isUrl = (type.serverSchemes ?? [type.scheme]).some((scheme) => named.startsWith(`${scheme}:`))
  return resolveStore(isUrl ? named : `${type.scheme}:${named}`)
}

/** `~/cache` and `fs:~/cache` as a shell would read them. */
export function expandHome(text: string): string {
  return text.replace(/^((?:[a-z][a-z0-9+]+:)?)~(?=$|[/?])/, (_all, scheme: string) => scheme + homedir())
}

async function reasonOf({ kind, path }: StoreLocation): Promise<string> {
  const found = await detectStores(path).catch(() => [])
  return found.find((detection) => detection.kind === kind)?.reason ?? 'Opened as asked.'
}

function typeOf(kind: string): StoreType | undefined {
  return storeTypes.find((type) => type.kind === kind)
}

export function titleOf(kind: StoreKind): string {
  return typeOf(kind)?.title ?? kind
}
