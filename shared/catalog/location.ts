import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Our own folder for what may be lost (indexes) and what may not (trash, journals): `HASHCACHE_DATA`, else
 * the platform's place for the data of programs. Never inside a user's cache.
 */
export function dataFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const chosen = environment.HASHCACHE_DATA
  if (chosen) return chosen
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'hashcache-inspector')
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'hashcache-inspector')
  }
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'hashcache-inspector')
}

/** A cache as it is the same at every start. */
export interface StoreIdentity {
  readonly kind: string
  readonly location: string
}

/** The index file of a store: its name is a hash of kind and location, so it says nothing to others. */
export function indexFile(store: StoreIdentity, folder = dataFolder()): string {
  return join(folder, 'index', `${hashOf(store).slice(0, 32)}.sqlite`)
}

/** By what a cache is known to the interface, and what we keep for it. */
export function storeId(store: StoreIdentity): string {
  return hashOf(store).slice(0, 12)
}

function hashOf({ kind, location }: StoreIdentity): string {
  return createHash('sha256').update(`${kind}:${location}`).digest('hex')
}
