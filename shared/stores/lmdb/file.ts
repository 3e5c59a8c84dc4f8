import { closeSync, fstatSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { AppError } from '../../model/errors.ts'
import { fileError, namedStatus, openQuietly } from '../../decode/file-source.ts'
import { metaError, metaProbeBytes, readMeta } from './layout.ts'
import type { Layout, Meta, MetaReading } from './layout.ts'
import { PageFault } from './pages.ts'

const readAsync = promisify(read)
const maxTornReads = 100
const pageSizes = [4096, 16384, 65536, 8192, 32768, 2048, 1024, 512]

/**
 * An LMDB data file opened for reading only: no lock file, no reader slot, no access time moved. Knows pages by
 * number and the meta pages; trees are `tree.ts`.
 */
export class LmdbFile {
  readonly path: string
  readonly layout: Layout
  /** Set when one of the two meta pages could not be used. */
  readonly metaDamage: string | undefined
  readonly #descriptor: number
  #isOpen = true
  #known: { readonly bytes: Uint8Array; readonly meta: Meta } | undefined

  private constructor(path: string, descriptor: number, layout: Layout, metaDamage: string | undefined) {
    this.path = path
    this.#descriptor = descriptor
    this.layout = layout
    this.metaDamage = metaDamage
  }

  /** Throws `AppError`: `NOT_FOUND`, `REFUSED`, `NOT_A_STORE` (no LMDB file), `DAMAGED` (no usable meta page). */
  static open(path: string): LmdbFile {
    const descriptor = openQuietly(path)
    try {
      const { metas, faults } = readBothMetas(descriptor)
      const newest = newestOf(metas)
      if (!newest) {
        const told = faults.find((fault) => fault.fault !== 'MAGIC') ?? faults[0]
        throw told
          ? metaError(path, told.fault, told.sentence)
          : metaError(path, 'SHORT', 'it has no meta page')
      }
      return new LmdbFile(path, descriptor, newest.layout, faults[0]?.sentence)
    } catch (thrown) {
      closeSync(descriptor)
      throw fileError(path, thrown)
    }
  }

  /** The newest meta page as it stands now. */
  newestMeta(): Meta {
    let before = this.#readMetaBytes()
    if (this.#known && Buffer.compare(before, this.#known.bytes) === 0) return this.#known.meta
    // A commit may write the page between two reads of it; equal twice means that it was read in one piece.
    for (let attempt = 0; attempt < maxTornReads; attempt++) {
      const bytes = this.#readMetaBytes()
      if (Buffer.compare(before, bytes) === 0) {
        const meta = newestOf(metasIn(bytes, this.layout))
        if (!meta) break
        this.#known = { bytes, meta }
        return meta
      }
      before = bytes
    }
    throw new AppError('DAMAGED', `${this.path} has lost its meta pages; restore it from a copy.`, {
      data: { path: this.path },
    })
  }

  /** The beginnings of both meta pages, one after the other. */
  #readMetaBytes(): Uint8Array {
    const bytes = new Uint8Array(2 * metaProbeBytes)
    this.readInto(bytes.subarray(0, metaProbeBytes), 0)
    this.readInto(bytes.subarray(metaProbeBytes), this.layout.pageBytes)
    return bytes
  }

  get sizeBytes(): number {
    return fstatSync(this.#descriptor).size
  }

  /** False after another file took this one's place under the path. */
  isCurrent(): boolean {
    const opened = fstatSync(this.#descriptor, { bigint: true })
    const named = namedStatus(this.path)
    return named !== undefined && named.ino === opened.ino && named.dev === opened.dev
  }

  /** Identity of the file, for change tokens. */
  identity(): string {
    const { dev, ino } = fstatSync(this.#descriptor)
    return `${dev}:${ino}`
  }

  readPageBytes(pageNumber: number): Uint8Array {
    const { pageBytes } = this.layout
    const bytes = new Uint8Array(pageBytes)
    if (this.readInto(bytes, pageNumber * pageBytes) < pageBytes) {
      throw new PageFault(pageNumber, 'lies outside of the file')
    }
    return bytes
  }

  /** Fills the target from an offset; gives the number of bytes that were there. */
  readInto(target: Uint8Array, offset: number): number {
    return readFully(this.#descriptor, target, offset)
  }

  /** As `readInto`, off the main thread: for large values. */
  async readIntoAsync(target: Uint8Array, offset: number): Promise<number> {
    let done = 0
    while (done < target.length) {
      const { bytesRead } = await readAsync(
        this.#descriptor,
        target,
        done,
        target.length - done,
        offset + done,
      )
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#descriptor)
  }
}

function readFully(descriptor: number, target: Uint8Array, offset: number): number {
  // Offsets beyond this come from damaged files only, and the system would take them for negative.
  if (offset > Number.MAX_SAFE_INTEGER) return 0
  let done = 0
  while (done < target.length) {
    const count = readSync(descriptor, target, done, target.length - done, offset + done)
    if (count === 0) break
    done += count
  }
  return done
}

type Fault = Extract<MetaReading, { fault: unknown }>

/** Page 1 stands one page after page 0; if page 0 does not tell how long that is, every size is tried. */
function readBothMetas(descriptor: number): { metas: Meta[]; faults: Fault[] } {
  const metas: Meta[] = []
  const faults: Fault[] = []
  const first = readMetaAt(descriptor, 0)
  if ('meta' in first) metas.push(first.meta)
  else faults.push(first)
  const distances = 'meta' in first ? [first.meta.layout.pageBytes] : pageSizes
  let secondFault: Fault | undefined
  for (const distance of distances) {
    const second = readMetaAt(descriptor, distance)
    if ('fault' in second) secondFault ??= second
    else if (second.meta.layout.pageBytes === distance) return { metas: [...metas, second.meta], faults }
  }
  if (secondFault) faults.push(secondFault)
  return { metas, faults }
}

function metasIn(bytes: Uint8Array, layout: Layout): Meta[] {
  return [bytes.subarray(0, metaProbeBytes), bytes.subarray(metaProbeBytes)].flatMap((probe) => {
    const reading = readMeta(probe)
    return 'meta' in reading && reading.meta.layout.pageBytes === layout.pageBytes ? [reading.meta] : []
  })
}

function readMetaAt(descriptor: number, offset: number): MetaReading {
  const probe = new Uint8Array(metaProbeBytes)
  const length = readFully(descriptor, probe, offset)
  return readMeta(probe.subarray(0, length))
}

function newestOf(metas: readonly Meta[]): Meta | undefined {
  return metas.reduce<Meta | undefined>(
    (newest, meta) => (newest && newest.transaction >= meta.transaction ? newest : meta),
    undefined,
  )
}
