import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Gives all files times that Node can set without rounding, eighths of a second: others come back by copy to the
 * microsecond, and what is compared in fewer digits then differs now and then in the last.
 */
export function roundTimes(folder: string): void {
  for (const each of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!each.isFile()) continue
    const path = join(each.parentPath, each.name)
    const { atimeMs, mtimeMs } = statSync(path)
    const [accessed = 0, modified = 0] = [atimeMs, mtimeMs].map((ms) => Math.floor(ms / 125) / 8)
    utimesSync(path, accessed, modified)
  }
}
