import type { Store } from '../../../shared/stores/contract.ts'
import { openStore } from '../../../shared/stores/registry.ts'
import { parseKey } from '../../../shared/model/keys.ts'
import { arrayStatistics, arrayWindow } from '../values/arrays.ts'
import { bytesOf, opcodePage } from '../values/bytes.ts'
import { entryDetail } from '../values/detail.ts'
import { entryTrust } from '../values/trust.ts'
import { atomsPicture } from '../values/atoms.ts'
import { DocumentCache } from '../values/document-cache.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { changeStamp, entryStamp, openEntryDocument } from '../../../shared/catalog/documents.ts'
import { ExportSessions } from '../values/export-sessions.ts'
import { findPage } from '../values/find.ts'
import { imagePicture, linePicture, planePicture } from '../values/pictures.ts'
import { LastComparison } from '../values/last-comparison.ts'
import { spyPicture } from '../values/sparse.ts'
import { tableColumns, tableHead } from '../values/tables.ts'
import { valueText } from '../values/text.ts'
import { formatPath, nodeAt, treePage, wayTo } from '../values/tree.ts'
import { rootOf } from '../values/root.ts'
import { innermostAt } from '../../../shared/value/locate.ts'
import { replying } from './reply.ts'
import type { EntryAddress, ValueTask } from './value-task.ts'

const documentBudgetBytes = 256 * 1024 * 1024

const stores = new Map<string, Promise<Store>>()
const documents = new DocumentCache(documentBudgetBytes)
const exports = new ExportSessions()
const comparisons = new LastComparison(storeOf)

async function storeOf({ id, store: location }: EntryAddress): Promise<Store> {
  let store = stores.get(id)
  if (!store) {
    store = openStore(location)
    stores.set(id, store)
    store.catch(() => stores.delete(id))
  }
  return store
}

async function documentOf(address: EntryAddress): Promise<{ store: Store; document: Document }> {
  const { id, key } = address
  const store = await storeOf(address)
  const name = `${id}\0${key}`
  const stamp = entryStamp(store, key)
  const known = stamp === undefined ? await knownLarge(store, name) : documents.get(name, stamp)
  if (known) return { store, document: known }
  const document = await openEntryDocument(store, key, { byRanges: true, trace: true })
  documents.put(name, document)
  return { store, document }
}

/** Stores without files do not tell cheaply whether a value has changed: small ones are read again. */
async function knownLarge(store: Store, name: string): Promise<Document | undefined> {
  if (!documents.get(name, undefined)?.isLarge) return undefined
  return documents.get(name, await changeStamp(store))
}

async function run(task: ValueTask): Promise<unknown> {
  if (task.ask === 'close') return close(task.id)
  if (task.ask === 'exportNext') return exports.next(task.session)
  if (task.ask === 'exportEnd') return exports.end(task.session)
  if (task.ask === 'export') {
    // A document of its own: those that are kept may be dropped before the end.
    const own = await openEntryDocument(await storeOf(task), task.key)
    return exports.start(task.id, own, task.key, task.path, task.as)
  }
  if (task.ask === 'compare') return comparisons.answer(task)
  if (task.ask === 'trust') return entryTrust(await storeOf(task), task.key)
  const { store, document } = await documentOf(task)
  const question = (): unknown => answerOf(task, store, document)
  return document.answer ? document.answer(question) : question()
}

type DocumentTask = Exclude<
  ValueTask,
  { ask: 'close' | 'exportNext' | 'exportEnd' | 'export' | 'compare' | 'trust' }
>

function valueAt(
  document: Document,
  { key, path }: { readonly key: string; readonly path: readonly number[] },
) {
  return nodeAt(rootOf(document, key), path).value
}

/** Changes nothing: it is asked again where bytes were missing. */
function answerOf(task: DocumentTask, store: Store, document: Document): unknown {
  const { source } = document.decoded
  switch (task.ask) {
    case 'detail':
      return entryDetail(store.location, task.key, document)
    case 'tree':
      return treePage(rootOf(document, task.key), task.path, task.from, task.to, source)
    case 'array':
      return arrayWindow(valueAt(document, task), source, task.window)
    case 'statistics':
      return arrayStatistics(valueAt(document, task), source)
    case 'line':
      return linePicture(valueAt(document, task), source, task.question)
    case 'plane':
      return planePicture(valueAt(document, task), source, task.question)
    case 'image':
      return imagePicture(valueAt(document, task), source, task.question)
    case 'table':
      return tableHead(valueAt(document, task), source)
    case 'columns':
      return tableColumns(valueAt(document, task), source, task.columns)
    case 'spy':
      return spyPicture(valueAt(document, task), source, task.question)
    case 'atoms':
      return atomsPicture(valueAt(document, task), source)
    case 'text':
      return valueText(valueAt(document, task), source, task.as)
    case 'place':
      return { sizeBytes: document.stored.byteLength, file: store.locate?.(parseKey(task.key)) }
    case 'bytes':
      return bytesOf(document, task.of, task.from, task.to)
    case 'opcodes':
      return opcodePage(document, task.key, task.question)
    case 'node': {
      const path = document.decoded.root && innermostAt(document.decoded.root, task.offset)
      return { path: path && formatPath(path) }
    }
    case 'find':
      return findPage(document, task.text, task.from)
    case 'way':
      return wayTo(rootOf(document, task.key), task.path, source)
  }
}

async function close(id: string): Promise<undefined> {
  documents.forget(`${id}\0`)
  comparisons.forget(id)
  exports.forget(id)
  const store = stores.get(id)
  stores.delete(id)
  await (await store?.catch(() => undefined))?.[Symbol.asyncDispose]()
  return undefined
}

export default replying(run)
