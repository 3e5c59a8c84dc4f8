import type { Connection, Detected } from '../../shared/api/contract.ts'
import { AppError } from '../../shared/model/errors.ts'
import type { Detection, StoreKind, StoreLocation } from '../../shared/stores/contract.ts'
import { detectStores } from '../../shared/stores/detect.ts'
import { storeTypes } from '../../shared/stores/kinds.ts'
import { openStore, resolveStore } from '../../shared/stores/registry.ts'

/** What a location turned out to be. */
export interface Probed {
  readonly store: StoreLocation
  readonly shown: Pick<Connection, 'kind' | 'kindTitle' | 'location' | 'label' | 'reason'>
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
  }
  return { store: { ...location, options: { ...location.options } }, shown }
}

/** What the location could be opened as, the most certain first. */
export async function detectLocation(text: string): Promise<Detected[]> {
  const { kind, path } = await resolveStore(text)
  const found = await detectStores(path)
  const detections: Detection[] =
    found.length > 0 ? found : [{ kind, path, certainty: 1, reason: 'The address says so.' }]
  return detections.map((detection) => ({
    kind: detection.kind,
    kindTitle: titleOf(detection.kind),
    location: detection.path,
    certainty: detection.certainty,
    reason: detection.reason,
  }))
}

async function locationOf(text: string, kind: string | undefined): Promise<StoreLocation> {
  if (kind === undefined) return resolveStore(text)
  const type = storeTypes.find((candidate) => candidate.kind === kind)
  if (!type) {
    const known = storeTypes.map((each) => each.kind).join(', ')
    throw new AppError('USAGE', `There is no kind of cache ${kind}; known are ${known}.`)
  }
  return resolveStore(text.startsWith(`${type.scheme}:`) ? text : `${type.scheme}:${text}`)
}

async function reasonOf({ kind, path }: StoreLocation): Promise<string> {
  const found = await detectStores(path).catch(() => [])
  return found.find((detection) => detection.kind === kind)?.reason ?? 'Opened as asked.'
}

function titleOf(kind: StoreKind): string {
  return storeTypes.find((type) => type.kind === kind)?.title ?? kind
}
