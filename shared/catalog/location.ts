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

/** The index file of a store: its name is a hash of kind and location, so it says nothing to others. */
export function indexFile(
  store: { readonly kind: string; readonly location: string },
  folder = dataFolder(),
): string {
  const name = createHash('sha256').update(`${store.kind}:${store.location}`).digest('hex').slice(0, 32)
  return join(folder, 'index', `${name}.sqlite`)
}
