declare module 'seek-bzip' {
  interface BunzipInput {
    readByte(): number
    read(into: Uint8Array, offset: number, length: number): number
  }

  interface BunzipOutput {
    writeByte(byte: number): void
  }

  /** Typed as far as it is used: the constructor reads the head of a stream, then one block at a time. */
  export default class Bunzip {
    constructor(input: BunzipInput, output: BunzipOutput)
    readonly reader: { read(bits: number): number }
    readonly streamCRC: number
    /** Reads the next block; false at the end of the stream. */
    _init_block(): boolean
    /** Writes the block that was read. */
    _read_bunzip(): void
  }
}
