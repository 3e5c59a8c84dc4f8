import { lstatSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let path: string | undefined

/**
 * An empty file that stands for the journal of a database that has none: SQLite, given descriptors, wants one, and
 * the same one for all connections of the process to one database, of whatever thread. One per user, in the folder
 * for temporary files, never written to and left there.
 */
export function emptyJournal(): string {
  if (path !== undefined && isOurs(path)) return path
  const usual = join(tmpdir(), `hashcache-empty-journal-${process.getuid?.() ?? 0}`)
  path = make(usual) ? usual : join(mkdtempSync(join(tmpdir(), 'hashcache-empty-journal-')), 'journal')
  make(path)
  return path
}

function make(wanted: string): boolean {
  try {
    writeFileSync(wanted, '', { flag: 'wx', mode: 0o600 })
  } catch {
    // It is there already, or is somebody's trap: that is looked at next.
  }
  return isOurs(wanted)
}

function isOurs(candidate: string): boolean {
  const status = lstatSync(candidate, { throwIfNoEntry: false })
  const user = process.getuid?.() ?? status?.uid
  return status !== undefined && status.isFile() && status.size === 0 && status.uid === user
}
