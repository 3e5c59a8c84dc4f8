import { existsSync, statSync } from 'node:fs'
import { AppError } from '../../shared/model/errors.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import type { ByteSource } from '../../shared/model/source.ts'
import { summarize } from '../../shared/records/summarize.ts'
import { renderJson } from '../../shared/render/json.ts'
import type { Store } from '../../shared/stores/contract.ts'
import { detectStores } from '../../shared/stores/detect.ts'
import { openStore } from '../../shared/stores/registry.ts'
import type { Value } from '../../shared/value/value.ts'
import type { Document } from '../../shared/catalog/documents.ts'
import { openEntryDocument, openFileDocument, sha256Of } from '../../shared/catalog/documents.ts'
import { sha256 } from '../engine/values/text.ts'
import { openCatalog, searchRows } from './opened-catalog.ts'
import type { Output } from './output.ts'
import { standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'
import { writeHits } from './show-hits.ts'
import { writeHuman } from './show-human.ts'
import { readStored } from './stored.ts'

export interface ShowOptions {
  readonly query?: string
  readonly json?: boolean
  readonly raw?: boolean
  /** Shows only where this is found. */
  readonly find?: string
}

/** What the shown thing is called: an entry of a store, or a file. */
export type ShownName = { readonly key: string } | { readonly file: string }

const rawChunkBytes = 1 << 20

export async function runShow(targets: readonly string[], options: ShowOptions): Promise<ExitCode> {
  const [first = '', key, ...more] = targets
  const output = standardOutput()
  if (!(await isStore(first))) {
    if (options.query !== undefined)
      throw new AppError('USAGE', `--query works on a store, and ${first} is a file; leave it out.`)
    return showFiles(targets, options, output)
  }
  if (more.length > 0)
    throw new AppError('USAGE', `One key at a time: show ${first} KEY, or --query for several entries.`)
  if (key !== undefined && options.query !== undefined)
    throw new AppError('USAGE', 'Give a key or --query, not both.')
  return key === undefined ? showMatching(first, options, output) : showEntry(first, key, options, output)
}

/** A URL, a folder, or a file (for shelves also the name without its endings) that is a database of entries. */
export async function isStore(target: string): Promise<boolean> {
  if (/^[a-z][a-z0-9+]+:/.test(target) && !existsSync(target)) return true
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) return true
  return (await detectStores(target)).length > 0
}

async function showEntry(
  target: string,
  key: string,
  options: ShowOptions,
  output: Output,
): Promise<ExitCode> {
  await using store = await openStore(target)
  if (options.raw) {
    using stored = await readStored(store, key)
    await writeRaw(stored, output)
    return 0
  }
  using document = await openEntryDocument(store, key)
  return showDocument({ key }, document, options, output)
}

async function showMatching(target: string, options: ShowOptions, output: Output): Promise<ExitCode> {
  if (options.raw) throw new AppError('USAGE', '--raw gives the bytes of one entry; name its key.')
  await using opened = await openCatalog(target)
  let code: ExitCode = 0
  for (const { key } of searchRows(opened.catalog, { query: options.query })) {
    using document = await documentOrGone(opened.store, key)
    if (document && (await showDocument({ key }, document, options, output)) === 1) code = 1
  }
  return code
}

/** `undefined` for an entry that went away since it was listed. */
async function documentOrGone(store: Store, key: string): Promise<Document | undefined> {
  try {
    return await openEntryDocument(store, key)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'NOT_FOUND') return undefined
    throw thrown
  }
}

async function showFiles(files: readonly string[], options: ShowOptions, output: Output): Promise<ExitCode> {
  let code: ExitCode = 0
  for (const file of files) {
    using document = await openFileDocument(file)
    if (options.raw) await writeRaw(document.stored, output)
    else if ((await showDocument({ file }, document, options, output)) === 1) code = 1
  }
  return code
}

/** 1 if the value is damaged or cut. */
async function showDocument(
  name: ShownName,
  document: Document,
  options: ShowOptions,
  output: Output,
): Promise<ExitCode> {
  if (options.find !== undefined) await writeHits(name, document, options.find, output, options.json === true)
  else if (options.json) await writeJson(name, document, output)
  else await writeHuman(name, document, output)
  return summarize(document.decoded).status === 'ok' ? 0 : 1
}

/** One line of JSON, written as it is rendered. */
async function writeJson(name: ShownName, { decoded, stored }: Document, output: Output): Promise<void> {
  const { status, kind } = summarize(decoded)
  const { root, source, problem } = decoded
  const head = {
    ...('key' in name ? { key: jsonKey(parseKey(name.key)) } : name),
    sizeBytes: stored.byteLength,
    sha256: sha256Of(stored),
    status,
    problem,
  }
  await output.write(JSON.stringify(head).slice(0, -1) + ',"record":{')
  let separator = ''
  for (const [field, value] of kind === 'foreign' ? [] : metadataOf(root)) {
    await output.write(`${separator}${JSON.stringify(field)}:`)
    for (const piece of renderJson(value, { source, sha256 })) await output.write(piece)
    separator = ','
  }
  await output.write('}')
  if (root) {
    await output.write(',"value":')
    for (const piece of renderJson(root, { source, sha256 })) await output.write(piece)
  }
  await output.write('}\n')
}

/** The fields of a record but its output; the last one of a name counts, as in Python. */
function metadataOf(root: Value | undefined): Map<string, Value> {
  const fields = new Map<string, Value>()
  if (root?.kind !== 'dict') return fields
  for (const [i, key] of root.keys.entries()) {
    const value = root.values[i]
    if (key.kind === 'str' && key.value !== 'output' && value) fields.set(key.value, value)
  }
  return fields
}

async function writeRaw(stored: ByteSource, output: Output): Promise<void> {
  if (output.isTerminal)
    throw new AppError('USAGE', 'Raw bytes would upset the terminal; send them to a file: --raw > FILE.')
  for (let offset = 0; offset < stored.byteLength; offset += rawChunkBytes) {
    await output.write(stored.read(offset, Math.min(rawChunkBytes, stored.byteLength - offset)))
  }
}
