import Bunzip from 'seek-bzip'

import { ProblemError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { badCompression, truncated } from './steps.ts'
import type { Emit, Steps } from './steps.ts'

const pieceBytes = 64 * 1024

/** Inflates bz2, several streams in a row too (as Python's `BZ2File` does); checks the CRC of each block and stream. */
export function* inflateBzip2(source: ByteSource, emit: Emit): Steps {
  const input = new Input(source)
  const output = new Output(emit)
  do {
    yield* inflateStream(input, output)
  } while (input.startsWithStream())
}

/* oxlint-disable no-underscore-dangle -- the library's only way to go block by block */
function* inflateStream(input: Input, output: Output): Steps {
  const stream = guarded(output, () => new Bunzip(input, output))
  while (guarded(output, () => stream._init_block())) {
    guarded(output, () => stream._read_bunzip())
    output.flush()
    yield
  }
  const checksum = guarded(output, () => stream.reader.read(32)) >>> 0
  if (checksum !== stream.streamCRC) throw badCompression('bz2', 'its checksum does not match')
}
/* oxlint-enable no-underscore-dangle */

/** The library throws `TypeError` for bad data; what it wrote before that is handed on first. */
function guarded<T>(output: Output, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof TypeError && 'errorCode' in error)) {
      if (error instanceof ProblemError && error.problem.code === 'TRUNCATED') output.flush()
      throw error
    }
    output.flush()
    throw badCompression('bz2', error.message)
  }
}

class Input {
  readonly #source: ByteSource
  #piece: Uint8Array = new Uint8Array(0)
  #at = 0
  #pieceOffset = 0

  constructor(source: ByteSource) {
    this.#source = source
  }

  readByte(): number {
    if (this.#at === this.#piece.length) {
      this.#pieceOffset += this.#at
      this.#piece = this.#source.read(this.#pieceOffset, pieceBytes)
      this.#at = 0
      if (this.#piece.length === 0) throw truncated('bz2', this.#source.byteLength)
    }
    return this.#piece[this.#at++]!
  }

  read(into: Uint8Array, offset: number, length: number): number {
    for (let i = 0; i < length; i++) into[offset + i] = this.readByte()
    return length
  }

  startsWithStream(): boolean {
    const head = this.#source.read(this.#pieceOffset + this.#at, 3)
    return head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68
  }
}

class Output {
  readonly #emit: Emit
  readonly #chunk = new Uint8Array(pieceBytes)
  #length = 0

  constructor(emit: Emit) {
    this.#emit = emit
  }

  writeByte(byte: number): void {
    if (this.#length === pieceBytes) this.flush()
    this.#chunk[this.#length++] = byte
  }

  flush(): void {
    const length = this.#length
    this.#length = 0
    if (length > 0) this.#emit(this.#chunk.subarray(0, length))
  }
}
