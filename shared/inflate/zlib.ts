import { constants, createGunzip, createInflate, gunzipSync, inflateSync } from 'node:zlib'
import type { Gunzip, Inflate } from 'node:zlib'

import { ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { badCompression, truncated } from './steps.ts'
import type { Emit } from './steps.ts'

export type DeflateFormat = 'zlib' | 'gzip'

const pieceBytes = 16 * 1024
const chunkBytes = 64 * 1024

/**
 * Inflates a whole small value at once. `undefined` if it inflates to more than
 * `mostBytes`; of a damaged value everything before the damage is given.
 */
export function inflateDeflateSync(
  bytes: Uint8Array,
  format: DeflateFormat,
  mostBytes: number,
): { inflated: Uint8Array; problem?: Problem } | undefined {
  const run = format === 'zlib' ? inflateSync : gunzipSync
  try {
    return { inflated: run(bytes, { maxOutputLength: mostBytes }) }
  } catch (error) {
    if (isTooLarge(error)) return undefined
    const problem = deflateProblem(error, format, bytes.length).problem
    const prefix = (length: number): Uint8Array =>
      run(bytes.subarray(0, length), {
        maxOutputLength: mostBytes,
        finishFlush: constants.Z_SYNC_FLUSH,
      })
    return { inflated: inflateLongestPrefix(prefix, bytes.length), problem }
  }
}

/** zlib fails as a whole at the first damaged bit, so the longest prefix that does not fail is searched by halving. */
function inflateLongestPrefix(inflatePrefix: (length: number) => Uint8Array, length: number): Uint8Array {
  let best: Uint8Array = new Uint8Array(0)
  let good = 0
  let bad = length + 1
  let middle = length
  while (bad - good > 1) {
    try {
      best = inflatePrefix(middle)
      good = middle
    } catch {
      bad = middle
    }
    middle = (good + bad) >> 1
  }
  return best
}

/**
 * Inflates piece by piece on libuv's threads. A piece is handed over when all that the
 * one before gave was emitted, so damage costs at most the output of its own piece.
 */
export async function streamDeflate(
  source: ByteSource,
  start: number,
  format: DeflateFormat,
  emit: Emit,
  signal?: AbortSignal,
): Promise<void> {
  const stream =
    format === 'zlib' ? createInflate({ chunkSize: chunkBytes }) : createGunzip({ chunkSize: chunkBytes })
  const flow = new DeflateFlow(stream, emit)
  try {
    for (let offset = start; offset < source.byteLength && !flow.ended; offset += pieceBytes) {
      signal?.throwIfAborted()
      await flow.write(source.read(offset, pieceBytes))
    }
    await flow.finish()
  } catch (error) {
    throw isZlibError(error) ? deflateProblem(error, format, source.byteLength) : error
  } finally {
    stream.destroy()
  }
}

/** A zlib stream with its three ways to fail (itself, the taker of its bytes, its end) as one. */
class DeflateFlow {
  readonly #stream: Inflate | Gunzip
  readonly #failed: Promise<never>
  readonly #end: Promise<void>
  ended = false

  constructor(stream: Inflate | Gunzip, emit: Emit) {
    this.#stream = stream
    const failure = Promise.withResolvers<never>()
    const end = Promise.withResolvers<void>()
    this.#failed = failure.promise
    this.#end = end.promise
    // A failure that comes while nobody waits is met by the next write or by finish.
    this.#failed.catch(() => undefined)
    stream.on('error', failure.reject)
    stream.on('end', () => {
      this.ended = true
      end.resolve()
    })
    stream.on('data', (chunk: Uint8Array) => {
      if (stream.destroyed) return
      try {
        emit(chunk)
      } catch (error) {
        failure.reject(error)
        stream.destroy()
      }
    })
  }

  async write(piece: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve) => {
      this.#stream.write(piece, () => resolve())
    })
    await Promise.race([written, this.#failed, this.#end])
  }

  async finish(): Promise<void> {
    this.#stream.end()
    await Promise.race([this.#end, this.#failed])
  }
}

function deflateProblem(error: unknown, format: DeflateFormat, compressedBytes: number): ProblemError {
  if (errorCode(error) === 'Z_BUF_ERROR') return truncated(format, compressedBytes)
  return badCompression(format, error instanceof Error ? error.message : String(error))
}

function isTooLarge(error: unknown): boolean {
  return errorCode(error) === 'ERR_BUFFER_TOO_LARGE'
}

function isZlibError(error: unknown): boolean {
  return errorCode(error)?.startsWith('Z_') === true
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
