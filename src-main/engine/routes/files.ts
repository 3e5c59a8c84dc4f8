import type { Dirent } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Hono } from 'hono'
import type { Folder } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/model/errors.ts'

const listingLimit = 1_000

/** `GET /files?path=`: what stands in a folder of the engine's machine; without a path, the home folder. */
export function fileRoutes(): Hono {
  return new Hono().get('/', async (context) =>
    context.json(await listFolder(context.req.query('path') ?? homedir())),
  )
}

/**
 * Folders first, then files, each by name with hidden ones last; a link counts as what it leads to. Throws `NOT_FOUND`, `REFUSED` or `USAGE`.
 */
async function listFolder(named: string): Promise<Folder> {
  const path = resolve(named.replace(/^~(?=$|\/)/, homedir()))
  const entries: Folder['entries'] = []
  let truncated = false
  try {
    for await (const entry of await opendir(path)) {
      if (entries.length === listingLimit) {
        truncated = true
        break
      }
      const place = join(path, entry.name)
      entries.push({
        name: entry.name,
        path: place,
        kind: (await isFolder(entry, place)) ? 'folder' : 'file',
      })
    }
  } catch (cause) {
    throw folderError(path, cause as NodeJS.ErrnoException)
  }
  const rank = (entry: Folder['entries'][number]): number =>
    (entry.kind === 'folder' ? 0 : 2) + (entry.name.startsWith('.') ? 1 : 0)
  entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
  const parent = dirname(path)
  return { path, parent: parent === path ? null : parent, entries, truncated }
}

async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function folderError(path: string, cause: NodeJS.ErrnoException): AppError {
  const options = { cause, data: { path } }
  if (cause.code === 'ENOENT')
    return new AppError('NOT_FOUND', `There is no folder ${path}; check the path.`, options)
  if (cause.code === 'ENOTDIR')
    return new AppError('USAGE', `${path} is a file, not a folder; name the folder it stands in.`, options)
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    return new AppError(
      'REFUSED',
      `The system does not let you list ${path}; choose another folder.`,
      options,
    )
  }
  return new AppError(
    'REFUSED',
    `${path} cannot be listed (${cause.code ?? cause.message}); choose another folder.`,
    options,
  )
}
