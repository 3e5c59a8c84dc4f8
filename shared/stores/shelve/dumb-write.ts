import { randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../model/errors.ts'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import { DumbReader, indexName } from './dumb.ts'
import { changed, isOvertaken } from '../lock-pace.ts'
import { openLocked } from './file-lock.ts'
import { formatDirectoryLine } from './python-literal.ts'
import { filesToken } from './quiet-file.ts'
import { failedPut, syncFolder, writeError, writeFully } from './write-file.ts'

/** `dbm.dumb` begins each value at a multiple of this. */
const blockBytes = 512

/**
 * Writes to a `dbm.dumb`. Values are appended, never written over, so a reader
 * and a crash see whole values; new lines are appended to the `.dir`, and a
 * deletion writes it anew beside it and renames, the old one staying as `.bak`
 * as CPython keeps it. The space of dropped values is not used again, which is
 * how `dbm.dumb` is. It knows no locks: a Python that has the shelf open for
 * writing will write its own view of the `.dir` when it closes.
 */
export class DumbWriter {
  readonly #base: string
  /** What our last batch left, as long as nobody else wrote: saves reading the whole `.dir` for each batch. */
  #known: { reader: DumbReader; token: string } | undefined

  constructor(base: string) {
    this.#base = base
  }

  async apply(operations: readonly WriteOperation[], signal?: AbortSignal): Promise<WriteOutcome[]> {
    // Python takes no lock, but another window of ours does.
    using locked = await openLocked(`${this.#base}.dat`)
    const reader = this.#reader()
    this.#known = undefined
    const batch = new DumbBatch(this.#base, reader, locked.descriptor)
    try {
      const outcomes = batch.apply(operations, signal)
      this.#known = { reader, token: this.#token() }
      return outcomes
    } catch (error) {
      throw error instanceof AppError ? error : writeError(this.#base, error)
    }
  }

  #reader(): DumbReader {
    if (this.#known?.token === this.#token()) return this.#known.reader
    // Only its index is used from here on.
    using reader = new DumbReader(this.#base)
    if (reader.brokenLines > 0)
      throw new AppError(
        'DAMAGED',
        `${this.#base}.dir has ${reader.brokenLines} broken lines that a rewrite would lose; repair it before writing.`,
      )
    return reader
  }

  #token(): string {
    return filesToken([`${this.#base}.dat`, `${this.#base}.dir`])
  }
}

/** Makes an empty `dbm.dumb`: both files, empty; one may be there from somebody who was killed between the two. */
export function createDumb(base: string): void {
  for (const suffix of ['.dat', '.dir']) {
    try {
      closeSync(openSync(base + suffix, 'a', 0o666))
    } catch (error) {
      throw writeError(base + suffix, error)
    }
  }
}

class DumbBatch {
  readonly #base: string
  readonly #reader: DumbReader
  readonly #data: number
  #end: number
  #newLines = ''
  #rewrite = false

  constructor(base: string, reader: DumbReader, data: number) {
    this.#base = base
    this.#reader = reader
    this.#data = data
    this.#end = fstatSync(data).size
  }

  apply(operations: readonly WriteOperation[], signal?: AbortSignal): WriteOutcome[] {
    const outcomes = operations.map((operation) => {
      if (signal?.aborted) throw new AppError('CANCELLED', `Writing to ${this.#base} was cancelled.`)
      if (isOvertaken(operation, () => this.#standing(operation.key))) return changed
      return operation.kind === 'put' ? this.#put(operation) : this.#delete(operation.key)
    })
    fsyncSync(this.#data)
    if (this.#rewrite) this.#writeDirectory()
    else if (this.#newLines !== '') this.#appendLines()
    return outcomes
  }

  #put(operation: Extract<WriteOperation, { kind: 'put' }>): WriteOutcome {
    const name = indexName(operation.key)
    if (operation.expect === 'absent' && this.#reader.index.has(name))
      return { done: false, reason: 'EXISTS', sentence: 'The key is there already.' }
    const offset = Math.ceil(this.#end / blockBytes) * blockBytes
    try {
      // An empty value still makes the file reach its place, or it would lie outside.
      if (offset > this.#end) ftruncateSync(this.#data, offset)
      writeFully(this.#data, operation.value, offset)
    } catch (error) {
      ftruncateSync(this.#data, this.#end)
      return failedPut(`${this.#base}.dat`, error)
    }
    this.#end = offset + operation.value.length
    const place = { offset, sizeBytes: operation.value.length }
    this.#reader.index.set(name, place)
    this.#newLines += formatDirectoryLine({ key: operation.key, ...place })
    return { done: true }
  }

  #standing(key: Uint8Array): Uint8Array | undefined {
    const place = this.#reader.index.get(indexName(key))
    if (!place) return undefined
    const here = Buffer.alloc(place.sizeBytes)
    return here.subarray(0, readSync(this.#data, here, 0, here.length, place.offset))
  }

  #delete(key: Uint8Array): WriteOutcome {
    if (!this.#reader.index.delete(indexName(key)))
      return { done: false, reason: 'ABSENT', sentence: 'There is no such key.' }
    this.#rewrite = true
    return { done: true }
  }

  #appendLines(): void {
    const descriptor = openSync(`${this.#base}.dir`, 'a')
    const before = fstatSync(descriptor).size
    try {
      writeFully(descriptor, Buffer.from((this.#reader.endsMidLine ? '\n' : '') + this.#newLines, 'latin1'))
      fsyncSync(descriptor)
    } catch (error) {
      ftruncateSync(descriptor, before)
      throw error
    } finally {
      closeSync(descriptor)
    }
  }

  #writeDirectory(): void {
    const path = `${this.#base}.dir`
    // No process id: after a kill the next program may have the same.
    const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`
    const mode = modeOf(path)
    const descriptor = openSync(temporary, 'wx', mode)
    try {
      let text = ''
      for (const [name, place] of this.#reader.index) {
        text += formatDirectoryLine({ key: Buffer.from(name, 'latin1'), ...place })
        if (text.length > 1 << 20) {
          writeFully(descriptor, Buffer.from(text, 'latin1'))
          text = ''
        }
      }
      writeFully(descriptor, Buffer.from(text, 'latin1'))
      fsyncSync(descriptor)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    } finally {
      closeSync(descriptor)
    }
    copyFileSync(path, `${temporary}.bak`)
    renameSync(`${temporary}.bak`, `${this.#base}.bak`)
    renameSync(temporary, path)
    syncFolder(dirname(path))
  }
}

function modeOf(path: string): number {
  const descriptor = openSync(path, 'r')
  try {
    return fstatSync(descriptor).mode & 0o7777
  } finally {
    closeSync(descriptor)
  }
}
