import { ProblemError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'

/** Takes inflated bytes in order; the bytes are its own only during the call. Throws to stop the decompressor. */
export type Emit = (bytes: Uint8Array) => void

/**
 * A decompressor as a generator: it hands its output to `emit` and yields now and
 * then, so that whoever drives it can let other work in, or stop. Bad data is
 * thrown as `ProblemError`, after everything readable before it was emitted.
 */
export type Steps = Generator<undefined, void, undefined>

export type StepDecompressor = (source: ByteSource, emit: Emit) => Steps

export function truncated(name: string, compressedBytes: number): ProblemError {
  return new ProblemError({
    code: 'TRUNCATED',
    sentence: `The ${name} stream breaks off after ${compressedBytes} bytes; the end of the value is missing.`,
  })
}

export function badCompression(name: string, what: string): ProblemError {
  return new ProblemError({
    code: 'BAD_COMPRESSION',
    sentence: `The ${name} stream is damaged: ${what}.`,
  })
}
