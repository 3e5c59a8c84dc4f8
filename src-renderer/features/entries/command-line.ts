import type { Connection } from '../../../shared/api/contract.ts'

/** The command that shows the entry in a terminal, quoted for a POSIX shell. */
export function commandLineFor(store: Pick<Connection, 'location'>, key: string): string {
  return `hashcache show ${quoted(store.location)} ${quoted(key)}`
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
