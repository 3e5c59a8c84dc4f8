import { existsSync } from 'node:fs'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { Entry, Stray } from '../contract.ts'
import { addStray } from './dbm.ts'
import type { DbmReader, FoundValue } from './dbm.ts'
import { parseDirectoryLine } from './python-literal.ts'
import { QuietFile, readPieces } from './quiet-file.ts'

/** Lines of a `.dir` file that do not end are not collected for ever. */
const maximalLineLength = 1 << 20
const chunkBytes = 1 << 20

/**
 * `dbm.dumb` (CPython Lib/dbm/dumb.py): `.dat` holds the values, `.dir` one
 * line a key, in Latin-1; of two lines with one key the last counts. Python
 * refuses the whole file for one broken line; here the other lines still count.
 */
export class DumbReader implements DbmReader {
  readonly strays: Stray[] = []
  /** Key (its bytes as Latin-1 characters) → place in `#places`. */
  readonly index = new Map<string, { readonly offset: number; readonly sizeBytes: number }>()
  /** The `.dir` ends in the middle of a line. */
  endsMidLine = false
  brokenLines = 0
  readonly #data: QuietFile

  /** `base` is the path without `.dat` or `.dir`. */
  constructor(base: string) {
    if (!existsSync(`${base}.dat`))
      throw new AppError(
        'DAMAGED',
        `${base}.dir has no ${base}.dat beside it, so its values are gone; restore that file.`,
      )
    using directory = QuietFile.open(`${base}.dir`)
    this.#readDirectory(directory)
    this.#data = QuietFile.open(`${base}.dat`)
  }

  *entries(): Generator<Entry> {
    const size = this.#data.sizeBytes
    for (const [name, place] of this.index) {
      const key = Uint8Array.from(Buffer.from(name, 'latin1'))
      yield isInside(place, size) ? { key, sizeBytes: place.sizeBytes } : { key }
    }
  }

  find(key: Uint8Array): FoundValue | Problem | undefined {
    const place = this.index.get(indexName(key))
    if (!place) return undefined
    const { path, sizeBytes } = this.#data
    if (!isInside(place, sizeBytes))
      return {
        code: 'UNREADABLE',
        sentence: `${path} has ${sizeBytes} bytes, but its directory puts this value at ${place.offset} with ${place.sizeBytes} bytes.`,
      }
    return { sizeBytes: place.sizeBytes, pieces: [{ path, offset: place.offset, length: place.sizeBytes }] }
  }

  read(value: FoundValue, start: number, end: number): Uint8Array {
    return readPieces(() => this.#data, value.pieces, start, end)
  }

  [Symbol.dispose](): void {
    this.#data[Symbol.dispose]()
  }

  #readDirectory(file: QuietFile): void {
    let rest = ''
    let lineNumber = 0
    for (let at = 0; ; at += chunkBytes) {
      const chunk = file.read(at, chunkBytes)
      const lines = (
        rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
      ).split('\n')
      rest = lines.pop()!
      for (const line of lines) this.#takeLine(line, ++lineNumber)
      if (rest.length > maximalLineLength) {
        this.#broken(++lineNumber, 'a line of more than a megabyte')
        return
      }
      if (chunk.length < chunkBytes) break
    }
    this.endsMidLine = rest !== ''
    if (this.endsMidLine) this.#takeLine(rest, ++lineNumber)
  }

  #takeLine(line: string, lineNumber: number): void {
    // Python reads with universal newlines: a carriage return ends a line too.
    for (const part of line.split('\r')) {
      const text = part.trimEnd()
      if (text === '' && part !== line) continue
      const parsed = parseDirectoryLine(text)
      if (typeof parsed === 'string') this.#broken(lineNumber, parsed)
      else this.index.set(indexName(parsed.key), { offset: parsed.offset, sizeBytes: parsed.sizeBytes })
    }
  }

  #broken(lineNumber: number, reason: string): void {
    this.brokenLines++
    addStray(this.strays, `line ${lineNumber} of the .dir`, `${reason}; Python would refuse the whole file`)
  }
}

/** The key as the index has it. */
export function indexName(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
}

function isInside(place: { offset: number; sizeBytes: number }, fileBytes: number): boolean {
  return place.offset >= 0 && place.sizeBytes >= 0 && place.offset + place.sizeBytes <= fileBytes
}
