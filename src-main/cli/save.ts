import { createWriteStream, existsSync } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { ExportFormat } from '../../shared/api/pictures.ts'
import { exportFormats } from '../../shared/api/pictures.ts'
import { openEntryDocument, openFileDocument } from '../../shared/catalog/documents.ts'
import type { Document } from '../../shared/catalog/documents.ts'
import { AppError } from '../../shared/model/errors.ts'
import { openStore } from '../../shared/stores/registry.ts'
import { exportOf } from '../engine/values/export.ts'
import type { Export } from '../engine/values/export.ts'
import { rootOf } from '../engine/values/root.ts'
import { standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'
import { isStore } from './show.ts'
import { pathOfNames } from './value-path.ts'

export interface SaveOptions {
  readonly path?: string
  readonly as?: string
  readonly output?: string
  readonly force?: boolean
}

/** Saves the value of an entry or of a loose file, or a part of it, as a file or to the standard output. */
export async function runSave(targets: readonly string[], options: SaveOptions): Promise<ExitCode> {
  const [target = '', key] = targets
  const as = formatOf(options)
  if (!(await isStore(target))) {
    if (key !== undefined)
      throw new AppError('USAGE', `${target} is a file, which has no entries; leave the key out.`)
    using document = await openFileDocument(target)
    await save(document, target, as, options)
    return 0
  }
  if (key === undefined)
    throw new AppError('USAGE', `Name the entry: save ${target} KEY; "hashcache ls" lists the keys.`)
  await using store = await openStore(target)
  using document = await openEntryDocument(store, key)
  await save(document, key, as, options)
  return 0
}

/** `--as`, or what the name of the file ends with. */
function formatOf({ as, output }: SaveOptions): ExportFormat {
  const ending = /\.(\w+)$/.exec(output ?? '')?.[1]
  const format = exportFormats.find((known) => known === (as ?? ending))
  if (format) return format
  throw new AppError('USAGE', `Say how to save: --as ${exportFormats.join(', --as ')}.`)
}

async function save(document: Document, name: string, as: ExportFormat, options: SaveOptions): Promise<void> {
  const path =
    options.path === undefined
      ? []
      : pathOfNames(rootOf(document, name), options.path, document.decoded.source)
  const pieces = exportOf(document, name, path, as)
  if (options.output === undefined || options.output === '-') return toStandardOutput(pieces, as)
  if (existsSync(options.output) && !options.force)
    throw new AppError('REFUSED', `${options.output} exists; choose another name, or --force to replace it.`)
  await toFile(pieces, options.output, options.force === true)
}

async function toStandardOutput(pieces: Export, as: ExportFormat): Promise<void> {
  const output = standardOutput()
  if (output.isTerminal && ['npy', 'raw', 'png'].includes(as))
    throw new AppError('USAGE', 'Raw bytes would upset the terminal; name a file: -o FILE.')
  for (const piece of pieces) await output.write(piece)
}

async function toFile(pieces: Export, path: string, isForced: boolean): Promise<void> {
  const iterator = pieces[Symbol.iterator]()
  // What cannot be saved must not leave an empty file, nor replace what was there.
  let next = iterator.next()
  const file = createWriteStream(path, { flags: isForced ? 'w' : 'wx' })
  try {
    for (; !next.done; next = iterator.next()) if (!file.write(next.value)) await once(file, 'drain')
    file.end()
    await finished(file)
  } catch (cause) {
    file.destroy()
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('REFUSED', `${path} cannot be written (${reason}).`, { cause })
  }
}
