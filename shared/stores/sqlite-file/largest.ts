import { formatBytes } from '../../model/amounts.ts'

/**
 * What SQLite holds in a row (`SQLITE_MAX_LENGTH`), less some room for the other columns. Beyond it the library throws, and
 * of what has more than 2 GiB it keeps a part, or nothing, without a word.
 */
export const longestValueBytes = 1_000_000_000 - 128 * 1024

/** Why a value cannot be written, if it is that long. */
export function tooLong({ length }: Uint8Array): string | undefined {
  if (length <= longestValueBytes) return undefined
  return `it has ${formatBytes(length)}, and SQLite holds no more than ${formatBytes(longestValueBytes)} in one value`
}
