import { ByteSink } from './byte-sink.ts'
import { encodeSurrogatePass } from './surrogates.ts'

/** Names follow `pickletools`. */
export const op = {
  MARK: 0x28,
  STOP: 0x2e,
  POP_MARK: 0x31,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  BINFLOAT: 0x47,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  NONE: 0x4e,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPENDS: 0x65,
  BUILD: 0x62,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  OBJ: 0x6f,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  EMPTY_TUPLE: 0x29,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  EXT4: 0x84,
  TUPLE1: 0x85,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
} as const

/** Grows by opcodes with their arguments, each in its shortest form. */
export class OpcodeSink extends ByteSink {
  integer(value: number | bigint): void {
    if (typeof value === 'number' && value >= -0x80000000 && value <= 0x7fffffff) {
      if (value >= 0 && value < 0x100) {
        this.byte(op.BININT1)
        this.byte(value)
      } else if (value >= 0 && value < 0x10000) {
        this.byte(op.BININT2)
        this.uint16(value)
      } else {
        this.byte(op.BININT)
        this.int32(value)
      }
      return
    }
    const bytes = twosComplement(BigInt(value))
    if (bytes.length < 256) {
      this.byte(op.LONG1)
      this.byte(bytes.length)
    } else {
      this.byte(op.LONG4)
      this.int32(bytes.length)
    }
    this.bytes(bytes)
  }

  text(text: string): void {
    const bytes = encodeSurrogatePass(text)
    this.sized(bytes.length, op.SHORT_BINUNICODE, op.BINUNICODE, op.BINUNICODE8)
    this.bytes(bytes)
  }

  /** The opcode of a text or of bytes with its length, in the shortest of its three forms. */
  sized(length: number, short: number, medium: number, long: number): void {
    if (length < 0x100) {
      this.byte(short)
      this.byte(length)
    } else if (length <= 0xffffffff) {
      this.byte(medium)
      this.uint32(length)
    } else {
      this.byte(long)
      this.uint64(length)
    }
  }

  /** Fetches what the memo has. */
  get(index: number): void {
    if (index < 256) {
      this.byte(op.BINGET)
      this.byte(index)
    } else {
      this.byte(op.LONG_BINGET)
      this.uint32(index)
    }
  }
}

/** Little-endian two's complement in as few bytes as hold the sign, as LONG1 and LONG4 want it. */
function twosComplement(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (true) {
    const low = Number(BigInt.asUintN(8, rest))
    bytes.push(low)
    rest >>= 8n
    if ((rest === 0n && low < 0x80) || (rest === -1n && low >= 0x80)) return Uint8Array.from(bytes)
  }
}
