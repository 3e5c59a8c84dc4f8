import { access, constants, mkdir } from 'node:fs/promises'
import { AppError } from '../../shared/model/errors.ts'

/** Makes sure that the program has a folder to write to. Throws `REFUSED`. */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new AppError(
      'REFUSED',
      `The data folder ${folder} cannot be written (${code ?? message}); choose another with HASHCACHE_DATA.`,
      { cause, data: { path: folder } },
    )
  }
}
