import { setImmediate } from 'node:timers/promises'

import { zfileHeadLength } from '../joblib/compressor.ts'
import { AppError, ProblemError } from '../model/errors.ts'
import { MemorySource } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import type { Compressor } from '../value/value.ts'
import { InflatedBuffer } from './buffer.ts'
import type { InflatedSource } from './buffer.ts'
import { inflateBzip2 } from './bzip2.ts'
import { inflateLimits } from './limits.ts'
import type { InflateLimits } from './limits.ts'
import { inflateLz4 } from './lz4.ts'
import { inflateLzma, loadLzma, lzmaIsLoaded } from './lzma.ts'
import type { StepDecompressor } from './steps.ts'
import { inflateDeflateSync, streamDeflate } from './zlib.ts'

export interface InflateOptions {
  readonly limits?: Partial<InflateLimits>
  readonly signal?: AbortSignal
}

/** Values up to this size are inflated at once, without a turn of the event loop. */
const smallBytes = 1024 * 1024
const smallInflatedBytes = 4 * 1024 * 1024
const sliceMs = 10

/**
 * Inflates a compressed value. Never throws for bad data: a broken or too large stream
 * gives what was inflated before, with `problem`. Throws `AppError` (`CANCELLED`) when
 * the signal says so, and whatever `source.read` throws. The result is to be disposed.
 *
 * Memory: `limits.memoryBytes`, what the compressor needs, and some 100 KiB.
 */
export async function inflate(
  source: ByteSource,
  compressor: Compressor,
  options: InflateOptions = {},
): Promise<InflatedSource> {
  if (compressor === 'xz' || compressor === 'lzma') await loadLzma()
  const small = inflateSmall(source, compressor, options.limits)
  if (small) return small
  const buffer = newBuffer(source, options.limits)
  try {
    await inflateInto(buffer, source, compressor, options.signal)
  } catch (error) {
    if (!(error instanceof ProblemError)) {
      buffer[Symbol.dispose]()
      throw options.signal?.aborted ? cancelled(error) : error
    }
    buffer.problem = { offset: buffer.byteLength, ...error.problem }
  }
  return buffer
}

/**
 * `inflate` for values small enough to be done at once; `undefined` for others, and for
 * xz and lzma before their library was loaded (`loadLzma`).
 */
export function inflateSmall(
  source: ByteSource,
  compressor: Compressor,
  asked?: Partial<InflateLimits>,
): InflatedSource | undefined {
  if (source.byteLength > smallBytes) return undefined
  const mostBytes = Math.min(smallInflatedBytes, inflateLimits(source.byteLength, asked).inflatedBytes)
  if (compressor === 'zlib' || compressor === 'gzip' || compressor === 'zfile') {
    const { start, format } = deflateBody(source, compressor)
    const result = inflateDeflateSync(source.read(start, source.byteLength - start), format, mostBytes)
    return result && new SmallSource(result.inflated, result.problem)
  }
  const steps = stepDecompressors[compressor]
  if (steps === inflateLzma && !lzmaIsLoaded()) return undefined
  return inflateStepsAtOnce(source, steps, mostBytes)
}

class SmallSource extends MemorySource implements Disposable {
  readonly problem: ByteSource['problem']

  constructor(bytes: Uint8Array, problem: ByteSource['problem']) {
    super(bytes)
    this.problem = problem && { offset: bytes.length, ...problem }
  }

  [Symbol.dispose](): void {}
}

function inflateStepsAtOnce(
  source: ByteSource,
  decompress: StepDecompressor,
  mostBytes: number,
): InflatedSource | undefined {
  const buffer = new InflatedBuffer(
    { inflatedBytes: mostBytes, memoryBytes: mostBytes },
    8 * source.byteLength,
  )
  const steps = decompress(source, (bytes) => buffer.append(bytes))
  try {
    while (!steps.next().done);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    if (error.problem.code === 'LIMIT_INFLATED') return undefined
    buffer.problem = { offset: buffer.byteLength, ...error.problem }
  }
  return buffer
}

const stepDecompressors = {
  bz2: inflateBzip2,
  xz: inflateLzma,
  lzma: inflateLzma,
  lz4: inflateLz4,
} satisfies Partial<Record<Compressor, StepDecompressor>>

function newBuffer(source: ByteSource, asked?: Partial<InflateLimits>): InflatedBuffer {
  return new InflatedBuffer(inflateLimits(source.byteLength, asked), 8 * source.byteLength)
}

async function inflateInto(
  buffer: InflatedBuffer,
  source: ByteSource,
  compressor: Compressor,
  signal?: AbortSignal,
): Promise<void> {
  const emit = (bytes: Uint8Array): void => buffer.append(bytes)
  if (compressor === 'zlib' || compressor === 'gzip' || compressor === 'zfile') {
    const { start, format } = deflateBody(source, compressor)
    await streamDeflate(source, start, format, emit, signal)
    return
  }
  const steps = stepDecompressors[compressor](source, emit)
  let sliceEnd = performance.now() + sliceMs
  while (!steps.next().done) {
    if (performance.now() < sliceEnd) continue
    await setImmediate()
    if (signal?.aborted) {
      steps.return()
      signal.throwIfAborted()
    }
    sliceEnd = performance.now() + sliceMs
  }
}

/** joblib ≤ 0.8.4 under Python 2 wrote one blank more behind the head of its `zfile` (`numpy_pickle_compat.py`, `read_zfile`). */
function deflateBody(
  source: ByteSource,
  compressor: 'zlib' | 'gzip' | 'zfile',
): { start: number; format: 'zlib' | 'gzip' } {
  if (compressor !== 'zfile') return { start: 0, format: compressor }
  const next = source.read(zfileHeadLength, 1)[0]
  return { start: next === 0x20 ? zfileHeadLength + 1 : zfileHeadLength, format: 'zlib' }
}

function cancelled(cause: unknown): AppError {
  return new AppError('CANCELLED', 'Inflating the value was cancelled.', { cause })
}
