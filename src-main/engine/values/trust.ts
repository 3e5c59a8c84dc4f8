import { AppError } from '../../../shared/model/errors.ts'
import { parseKey, type ShownKey } from '../../../shared/model/keys.ts'
import type { Store } from '../../../shared/stores/contract.ts'
import { trustOf } from '../../../shared/trust/trust.ts'
import type { TrustReport } from '../../../shared/trust/trust.ts'
import { openEntryDocument, openFileDocument } from '../../../shared/catalog/documents.ts'

/** Elements of side files are of no use here; nested pickles in them are looked at nevertheless. */
const how = { trace: true, skim: true }

/** What loading the entry would import and call. Throws `NOT_FOUND` if the store has it not (any more). */
export async function entryTrust(store: Store, key: ShownKey): Promise<TrustReport> {
  using document = await openEntryDocument(store, key, how)
  return trustOf(document.decoded)
}

/**
 * `undefined` for an entry that went away since it was listed; one that cannot be read is damaged. Throws what is wrong
 * with the store as a whole (a server that is gone, a locked database): that says nothing of the entry.
 */
export async function entryTrustOrGone(store: Store, key: ShownKey): Promise<TrustReport | undefined> {
  try {
    return await entryTrust(store, key)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    if (thrown.code === 'NOT_FOUND') return undefined
    if (thrown.code !== 'REFUSED' || !isOfEntry(store, key, thrown)) throw thrown
    return {
      verdict: 'broken',
      sentence: thrown.message,
      imports: [],
      calls: [],
      warnings: [],
      importCount: 0,
      callCount: 0,
      unknownCount: 0,
      problem: { code: 'UNREADABLE', sentence: thrown.message },
    }
  }
}

/** An entry in a file of its own, or a value that the store told to be unreadable. */
function isOfEntry(store: Store, key: ShownKey, { data }: AppError): boolean {
  return data['key'] === key || store.locate?.(parseKey(key)) !== undefined
}

/** What loading the file would import and call. Throws `NOT_FOUND` and `REFUSED`. */
export async function fileTrust(path: string): Promise<TrustReport> {
  using document = await openFileDocument(path, how)
  return trustOf(document.decoded)
}
