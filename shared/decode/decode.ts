import { dirname } from 'node:path'

import { inflate, inflateSmall } from '../inflate/inflate.ts'
import type { InflatedSource } from '../inflate/buffer.ts'
import type { InflateLimits } from '../inflate/limits.ts'
import { sniffCompressor, sniffLength } from '../joblib/compressor.ts'
import { readNpy } from '../joblib/npy.ts'
import { readJoblib } from '../joblib/read.ts'
import type { SideFiles } from '../joblib/side-file.ts'
import { readJson } from '../json/read.ts'
import { AppError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import { MemorySource } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import { defaultLimits } from '../pickle/limits.ts'
import type { Limits } from '../pickle/limits.ts'
import type { PickleDecoded } from '../pickle/read.ts'
import type { Compressor } from '../value/value.ts'
import { openFileSource } from './file-source.ts'
import { sideFileOpener } from './side-files.ts'

export interface DecodeOptions extends SideFiles {
  /** What the bytes are: `Capabilities.values` of their store. `any` (the default) is told by the first bytes. */
  readonly values?: 'pickle' | 'json' | 'any'
  readonly limits?: Partial<Limits & InflateLimits>
  /** Collect what loading would import and call; see `readPickle`. */
  readonly trace?: boolean
  readonly signal?: AbortSignal
}

/**
 * A decoded value, with the source that its spans point into. Dispose it when done: it
 * may hold a file. The source that was handed in stays its owner's, and open as long as this is used.
 */
export type DecodedValue = PickleOrOther & Disposable

type PickleOrOther = Omit<PickleDecoded, 'format'> & { readonly format: 'pickle' | 'json' | 'unknown' }

/** Compressed bytes count this often when the memory for the tree is set by the size of a value. */
const usualRatio = 10

/**
 * Raw bytes of a store or file → value: inflates if they are compressed, then reads
 * pickle, joblib, `.npy` or JSON. Never throws for what the bytes are, nor where they
 * cannot be had; the value then has a `problem` and what could be read. Throws only `CANCELLED`.
 */
export async function decodeValue(source: ByteSource, options: DecodeOptions = {}): Promise<DecodedValue> {
  const atOnce = decodeSync(source, options)
  if (atOnce) return atOnce
  try {
    const compressor = sniffCompressor(source.read(0, sniffLength))!
    return decodeInflated(source, await inflate(source, compressor, options), compressor, options)
  } catch (error) {
    return unreadable(source, error)
  }
}

/**
 * `decodeValue` at once, for whoever reads many small values; `undefined` where it
 * needs time: a large compressed value, or xz before `loadLzma` was awaited.
 */
export function decodeSync(source: ByteSource, options: DecodeOptions = {}): DecodedValue | undefined {
  try {
    const compressor = sniffCompressor(source.read(0, sniffLength))
    if (!compressor) return decodePlain(source, options)
    const inflated = inflateSmall(source, compressor, options.limits)
    return inflated && decodeInflated(source, inflated, compressor, options)
  } catch (error) {
    return unreadable(source, error)
  }
}

/** `decodeValue` of a file, with its side files. Throws nothing either: a missing file is `UNREADABLE`. */
export async function decodeFile(path: string, options: DecodeOptions = {}): Promise<DecodedValue> {
  using stack = new DisposableStack()
  try {
    const source = stack.use(openFileSource(path))
    const sideFile = options.sideFile ?? stack.use(sideFileOpener(dirname(path)))
    const value = stack.use(await decodeValue(source, { ...options, sideFile }))
    const held = stack.move()
    return Object.assign({ ...value }, { [Symbol.dispose]: () => held.dispose() })
  } catch (error) {
    return unreadable(new MemorySource(new Uint8Array(0)), error)
  }
}

function decodePlain(source: ByteSource, options: DecodeOptions): DecodedValue {
  return { ...withStreamProblem(read(source, options), source.problem), [Symbol.dispose]() {} }
}

function decodeInflated(
  source: ByteSource,
  inflated: InflatedSource,
  compressor: Compressor,
  options: DecodeOptions,
): DecodedValue {
  try {
    const limits = limitsForCompressed(source.byteLength, inflated.byteLength, options.limits)
    const decoded = withStreamProblem(read(inflated, { ...options, limits }), inflated.problem)
    return { ...decoded, compressor, [Symbol.dispose]: () => inflated[Symbol.dispose]() }
  } catch (error) {
    inflated[Symbol.dispose]()
    throw error
  }
}

/** The tree of a bomb must not be allowed what its inflated size would allow. */
function limitsForCompressed(
  compressedBytes: number,
  inflatedBytes: number,
  asked: Partial<Limits> = {},
): Partial<Limits> {
  const share = inflatedBytes === 0 ? 1 : Math.min(1, (usualRatio * compressedBytes) / inflatedBytes)
  return { treeBytesPerInputByte: defaultLimits.treeBytesPerInputByte * share, ...asked }
}

function read(source: ByteSource, options: DecodeOptions): PickleOrOther {
  const kind = options.values === undefined || options.values === 'any' ? sniffFormat(source) : options.values
  if (kind === 'json') return readJson(source, options)
  if (kind === 'npy') return readNpy(source, options)
  return readJoblib(source, options)
}

/** No pickle begins as a JSON text does: the opcodes of those bytes, where there are any, take from an empty stack. */
function sniffFormat(source: ByteSource): 'pickle' | 'json' | 'npy' {
  const head = String.fromCharCode(...source.read(0, 64))
  if (head.startsWith('\u0093NUMPY')) return 'npy'
  const text = head.replace(/^\u00ef\u00bb\u00bf/, '')
  return /^\s*(?:[{["\d]|-[\dI]|true|false|null|NaN|Infinity)/.test(text) ? 'json' : 'pickle'
}

/**
 * A stream that broke off explains a value that ends early. A limit is no problem of
 * a value that was read whole before it; damage behind the value still is one.
 */
function withStreamProblem(decoded: PickleOrOther, stream: Problem | undefined): PickleOrOther {
  if (!stream) return decoded
  if (decoded.problem) {
    return decoded.problem.code === 'TRUNCATED' || decoded.problem.code === 'EMPTY'
      ? { ...decoded, problem: { ...decoded.problem, ...stream } }
      : decoded
  }
  return stream.code === 'LIMIT_INFLATED' ? decoded : { ...decoded, problem: stream }
}

function unreadable(source: ByteSource, error: unknown): DecodedValue {
  if (!(error instanceof AppError) || error.code === 'CANCELLED' || error.code === 'INTERNAL') throw error
  const problem: Problem = { code: 'UNREADABLE', sentence: error.message }
  return { format: 'unknown', source, problem, end: 0, [Symbol.dispose]() {} }
}
