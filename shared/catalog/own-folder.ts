import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoOf } from '../decode/file-source.ts'
import { AppError } from '../model/errors.ts'
import { makeFolder } from '../stores/make-folder.ts'

/** The smallest that we write there takes about as much. */
const nearlyNothingBytes = 64 * 1024

/**
 * Makes a folder in the data folder, and that one too, for its user only.
 *
 * @throws AppError REFUSED that says what stands in the way and what to do
 */
export function makeOwnFolder(path: string): void {
  try {
    makeFolder(path, 0o700)
  } catch (thrown) {
    throw unusable(path, whyUnusable(path, thrown instanceof AppError ? thrown.cause : thrown), thrown)
  }
  if (!statSync(path).isDirectory()) throw unusable(path, `${path} is a file, and no folder`)
}

/** The same where all of it is to be read and written, to say so before it fails in a part. @throws AppError REFUSED */
export function requireOwnFolder(path: string): void {
  makeOwnFolder(path)
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (thrown) {
    throw unusable(path, whyUnusable(path, thrown), thrown)
  }
}

function unusable(path: string, why: string, cause?: unknown): AppError {
  const sentence = `The data folder cannot be used: ${why}; mend that, or choose another with HASHCACHE_DATA.`
  return new AppError('REFUSED', sentence, { cause, data: { path } })
}

/** Why a file or folder of ours cannot be made, opened or written: by what is seen there, else in the system's words. */
export function whyUnusable(path: string, thrown: unknown): string {
  let there = path
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  const isFolder = statSync(there).isDirectory()
  if (!isFolder && there !== path) return `${there} is a file, and no folder`
  const folder = isFolder ? there : dirname(there)
  try {
    accessSync(there, constants.R_OK | constants.W_OK)
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (found) {
    const errno = errnoOf(found)
    if (errno === 'EROFS') return `the disk of ${folder} is mounted for reading only`
    if (errno === 'EACCES' || errno === 'EPERM') return `you have no permission to read and write ${there}`
  }
  const { bsize, bavail, blocks } = statfsSync(folder)
  if (blocks > 0 && bavail * bsize < nearlyNothingBytes) return `the disk of ${folder} is full`
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Names in a folder of ours; none if it is not there yet. @throws AppError REFUSED: an empty list would be untrue */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return []
    throw unusable(folder, whyUnusable(folder, thrown), thrown)
  }
}

/**
 * What can be read of things of ours. One that cannot hides no other; where that holds for all of them, because the
 * folder is closed or full, it is an error: an empty list would be untrue.
 *
 * @throws AppError REFUSED
 */
export function readableOf<Thing>(names: readonly string[], read: (name: string) => Thing): Thing[] {
  let refused: AppError | undefined
  const things: Thing[] = []
  for (const name of names) {
    try {
      things.push(read(name))
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      if (thrown.code === 'REFUSED') refused ??= thrown
    }
  }
  if (refused && things.length === 0) throw refused
  return things
}
