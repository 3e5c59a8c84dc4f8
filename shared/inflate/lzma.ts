import {
  autoDecoderInit,
  code,
  copyToWasm,
  end,
  getModule,
  initModule,
  LZMA_BUF_ERROR,
  LZMA_FINISH,
  LZMA_MEM_ERROR,
  LZMA_MEMLIMIT_ERROR,
  LZMA_OK,
  LZMA_RUN,
  LZMA_STREAM_END,
  WasmLzmaStream,
} from 'node-liblzma/wasm'

import { ProblemError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { badCompression, truncated } from './steps.ts'
import type { Emit, Steps } from './steps.ts'

const inputBytes = 16 * 1024
const outputBytes = 64 * 1024

/** xz's highest preset needs 65 MiB; a dictionary beyond twice that is no real file's. */
const dictionaryBytes = 128 * 1024 * 1024

let loaded = false

/** liblzma as WebAssembly, loaded once. To be awaited before `inflateLzma` is driven. */
export async function loadLzma(): Promise<void> {
  await initModule()
  loaded = true
}

export function lzmaIsLoaded(): boolean {
  return loaded
}

/** Inflates `.xz` and `.lzma` (FORMAT_ALONE), told apart by liblzma; the first stream of several. */
export function* inflateLzma(source: ByteSource, emit: Emit): Steps {
  const wasm = getModule()
  const stream = new WasmLzmaStream(wasm)
  const input = copyToWasm(wasm, new Uint8Array(inputBytes))
  const output = copyToWasm(wasm, new Uint8Array(outputBytes))
  try {
    autoDecoderInit(stream, dictionaryBytes)
    let offset = 0
    for (;;) {
      if (stream.availIn === 0) {
        const piece = source.read(offset, inputBytes)
        offset += piece.length
        wasm.HEAPU8.set(piece, input)
        stream.setInput(input, piece.length)
      }
      stream.setOutput(output, outputBytes)
      const result = code(stream, offset < source.byteLength ? LZMA_RUN : LZMA_FINISH)
      const produced = outputBytes - stream.availOut
      if (produced > 0) emit(wasm.HEAPU8.subarray(output, output + produced))
      if (result === LZMA_STREAM_END) return
      if (result !== LZMA_OK) throw lzmaProblem(result, source.byteLength)
      yield
    }
  } finally {
    end(stream)
    stream.free()
    // oxlint-disable-next-line no-underscore-dangle -- Emscripten's name
    for (const pointer of [input, output]) wasm._free(pointer)
  }
}

function lzmaProblem(result: number, compressedBytes: number): ProblemError {
  if (result === LZMA_BUF_ERROR) return truncated('xz or lzma', compressedBytes)
  if (result === LZMA_MEMLIMIT_ERROR || result === LZMA_MEM_ERROR) {
    return new ProblemError({
      code: 'LIMIT_SIZE',
      sentence: `The xz or lzma stream asks for a dictionary above the ${dictionaryBytes} bytes allowed.`,
    })
  }
  return badCompression('xz or lzma', `liblzma answers ${result}`)
}
