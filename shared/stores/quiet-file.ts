import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { AppError } from '../model/errors.ts'

/**
 * Opens an ordinary file for reading so that its access time stays (`O_NOATIME`, where the system has it and the
 * file is ours; elsewhere an ordinary open). Throws `AppError` (`NOT_FOUND`, `REFUSED`, `NOT_A_STORE`).
 */
export function openQuietly(path: string): number {
  // Without O_NONBLOCK, opening a FIFO would wait for its writer.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  const descriptor = openOrThrow(path, flags)
  if (!fstatSync(descriptor).isFile()) {
    closeSync(descriptor)
    throw new AppError('NOT_A_STORE', `${path} is not an ordinary file; name a cache file or folder.`, {
      data: { path },
    })
  }
  return descriptor
}

function openOrThrow(path: string, flags: number): number {
  try {
    try {
      return openSync(path, flags | (constants.O_NOATIME ?? 0))
    } catch (thrown) {
      // The system grants O_NOATIME only to the owner of the file.
      if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') throw thrown
      return openSync(path, flags)
    }
  } catch (thrown) {
    throw fileError(path, thrown)
  }
}

/** What the system said about a file, as the program's error. */
export function fileError(path: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const code = (thrown as NodeJS.ErrnoException).code
  const options = { cause: thrown, data: { path } }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('NOT_FOUND', `There is no file ${path}; check the path.`, options)
  }
  const reason =
    code === 'EACCES' ? 'permission denied' : thrown instanceof Error ? thrown.message : String(thrown)
  return new AppError('REFUSED', `${path} cannot be opened: ${reason}; check its permissions.`, options)
}
