import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { app } from '../../shared/api/contract.ts'
import { makeOwnFolder, requireOwnFolder } from '../../shared/catalog/own-folder.ts'

const settingsFile = z.object({ recents: app.shape.recents })
type Recent = z.infer<typeof settingsFile>['recents'][number]

const recentsKept = 20

/** What the program remembers between starts. A damaged file counts as an empty one: nothing in it is dear. */
export interface Settings {
  readonly recents: readonly Recent[]
  /** Puts the location first; at most 20 are kept. */
  remember(recent: Recent): Promise<void>
  forget(location: string): Promise<void>
}

/** Opens `settings.json` of the data folder; it is written whole, beside and renamed, readable by its owner only. */
export async function openSettings(dataFolder: string): Promise<Settings> {
  requireOwnFolder(dataFolder)
  const path = join(dataFolder, 'settings.json')
  let recents = await readRecents(path)
  let writing: Promise<void> = Promise.resolve()
  const save = (next: Recent[]): Promise<void> => {
    recents = next
    const text = JSON.stringify({ recents }, undefined, 2) + '\n'
    writing = writing.then(
      () => writeWhole(path, text),
      () => writeWhole(path, text),
    )
    return writing
  }
  return {
    get recents() {
      return recents
    },
    remember: (recent) =>
      save([recent, ...recents.filter(({ location }) => location !== recent.location)].slice(0, recentsKept)),
    forget: (location) => save(recents.filter((recent) => recent.location !== location)),
  }
}

async function readRecents(path: string): Promise<Recent[]> {
  try {
    return settingsFile.parse(JSON.parse(await readFile(path, 'utf8'))).recents
  } catch {
    return []
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  makeOwnFolder(dirname(path))
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(beside, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}
