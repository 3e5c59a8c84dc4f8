import { hash } from 'lz4js/xxh32.js'

import type { ByteSource } from '../model/source.ts'
import { decodeLz4Block } from './lz4-block.ts'
import { badCompression, truncated } from './steps.ts'
import type { Emit, Steps } from './steps.ts'

const frameMagic = 0x184d2204
const windowBytes = 64 * 1024
const largestBlockBytes = [0, 0, 0, 0, 64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024]

interface FrameHead {
  readonly linked: boolean
  readonly blockChecksums: boolean
  readonly contentChecksum: boolean
  readonly blockBytes: number
  readonly end: number
}

/**
 * Inflates LZ4 frames, several in a row too. Checks the checksums of head and blocks;
 * the one of the whole content is not checked. Format: lz4 `doc/lz4_Frame_format.md`.
 */
export function* inflateLz4(source: ByteSource, emit: Emit): Steps {
  let offset = 0
  do {
    const head = readHead(source, offset)
    offset = yield* inflateFrame(source, head, emit)
  } while (readWord(source, offset) === frameMagic)
}

function readHead(source: ByteSource, offset: number): FrameHead {
  const bytes = source.read(offset, 19)
  const flags = bytes[4]
  const blockDescriptor = bytes[5]
  if (flags === undefined || blockDescriptor === undefined) throw truncated('lz4', source.byteLength)
  if (flags >> 6 !== 1) throw badCompression('lz4', `the version of its frame is ${flags >> 6}, not 1`)
  const blockBytes = largestBlockBytes[(blockDescriptor >> 4) & 7]!
  if (blockBytes === 0) throw badCompression('lz4', 'its block size is none of the format')
  if ((flags & 1) !== 0) throw badCompression('lz4', 'it needs a dictionary, which joblib never uses')
  const checkAt = 6 + ((flags & 8) === 0 ? 0 : 8)
  const check = bytes[checkAt]
  if (check === undefined) throw truncated('lz4', source.byteLength)
  if (((hash(0, bytes, 4, checkAt - 4) >>> 8) & 255) !== check) {
    throw badCompression('lz4', 'the checksum of its head does not match')
  }
  return {
    linked: (flags & 0x20) === 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentChecksum: (flags & 4) !== 0,
    blockBytes,
    end: offset + checkAt + 1,
  }
}

/** Returns the offset behind the frame. */
function* inflateFrame(
  source: ByteSource,
  head: FrameHead,
  emit: Emit,
): Generator<undefined, number, undefined> {
  const window = new Uint8Array(windowBytes + head.blockBytes)
  let history = 0
  let offset = head.end
  for (;;) {
    const word = readWord(source, offset)
    if (word === undefined) throw truncated('lz4', source.byteLength)
    if (word === 0) return offset + 4 + (head.contentChecksum ? 4 : 0)
    const stored = word >>> 31 === 1
    const size = word & 0x7fffffff
    if (size > head.blockBytes) throw badCompression('lz4', `a block claims ${size} bytes`)
    const block = source.read(offset + 4, size)

    const start = windowBytes
    const result = stored
      ? { end: start + copyStored(block, window, start), fault: undefined }
      : decodeLz4Block(block, window, start, start - history)
    emit(window.subarray(start, result.end))
    if (block.length < size) throw truncated('lz4', source.byteLength)
    if (result.fault !== undefined) throw badCompression('lz4', result.fault)
    offset += 4 + size
    if (head.blockChecksums) {
      checkBlock(source, offset, block)
      offset += 4
    }
    if (head.linked) {
      history = Math.min(windowBytes, history + result.end - start)
      window.copyWithin(start - history, result.end - history, result.end)
    }
    yield
  }
}

function copyStored(block: Uint8Array, window: Uint8Array, start: number): number {
  window.set(block, start)
  return block.length
}

function checkBlock(source: ByteSource, offset: number, block: Uint8Array): void {
  const expected = readWord(source, offset)
  if (expected === undefined) throw truncated('lz4', source.byteLength)
  if (hash(0, block, 0, block.length) !== expected) {
    throw badCompression('lz4', 'the checksum of a block does not match')
  }
}

function readWord(source: ByteSource, offset: number): number | undefined {
  const bytes = source.read(offset, 4)
  if (bytes.length < 4) return undefined
  return (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0
}
