import type { Store, StoreLocation, StoreType } from './contract.ts'
import { detectStores } from './detect.ts'
import { explainNoStore } from './explain.ts'
import { storeTypes } from './kinds.ts'
import { parseLocation } from './location.ts'

export interface OpenOptions {
  /** Open for changes. With a scheme, a cache that is not there is then made. */
  readonly write?: boolean
  readonly signal?: AbortSignal
}

const typeOfScheme = new Map<string, StoreType>(
  storeTypes.flatMap((type) =>
    (type.serverSchemes ?? [type.scheme]).map((scheme) => [scheme, type] as const),
  ),
)
const schemes: ReadonlySet<string> = new Set(typeOfScheme.keys())
const serverSchemes: ReadonlySet<string> = new Set(storeTypes.flatMap((type) => type.serverSchemes ?? []))

/**
 * Opens a cache: a path, whose kind is detected; a URL such as `fs:PATH` or `lmdb:PATH?db=NAME`;
 * or a location as `Store.location` and `resolveStore` give them.
 *
 * @throws AppError `NOT_FOUND`, `NOT_A_STORE`, `REFUSED`, `USAGE`
 */
export async function openStore(target: string | StoreLocation, options: OpenOptions = {}): Promise<Store> {
  const location = typeof target === 'string' ? await resolveStore(target) : target
  return storeTypes.find(({ kind }) => kind === location.kind)!.open(location, options)
}

/** Which cache a text means, without opening it. Throws as `openStore` does. */
export async function resolveStore(text: string): Promise<StoreLocation> {
  const { scheme, path, options } = parseLocation(text, schemes, serverSchemes)
  const type = scheme === undefined ? undefined : typeOfScheme.get(scheme)
  if (type) return { kind: type.kind, path, options }
  const [best] = await detectStores(path)
  if (!best) throw explainNoStore(path)
  return { kind: best.kind, path: best.path, options: {} }
}
