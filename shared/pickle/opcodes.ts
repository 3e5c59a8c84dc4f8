/**
 * All 68 opcodes of pickle protocols 0 to 5, after CPython's
 * `Lib/pickletools.py`; `opcodes.python.test.ts` compares the table with it.
 */

/**
 * How the argument is written behind the opcode's byte. A digit is the number of
 * bytes of a value (`u2`) or of the length in front of it (`text4`); a `line`
 * ends with a newline. Numbers are little-endian, `f8` is big-endian.
 */
export type ArgumentForm =
  | 'none'
  | 'u1'
  | 'u2'
  | 'u4'
  | 'u8'
  | 'i4'
  | 'f8'
  | 'integer1'
  | 'integer4'
  | 'bytes1'
  | 'bytes4'
  | 'bytes8'
  | 'text1'
  | 'text4'
  | 'text8'
  | 'line'
  | 'line-pair'
  | 'integer-line'
  | 'float-line'
  | 'quoted-line'
  | 'escaped-line'

export interface Opcode {
  readonly byte: number
  readonly name: string
  /** The protocol that brought it. */
  readonly protocol: number
  readonly argument: ArgumentForm
  /** What it takes from the stack and what it leaves, top last; `…` is everything above the mark. */
  readonly effect: string
}

type Row = readonly [byte: number, name: string, protocol: number, argument: ArgumentForm, effect: string]

const rows: readonly Row[] = [
  [0x28, 'MARK', 0, 'none', '→ mark'],
  [0x29, 'EMPTY_TUPLE', 1, 'none', '→ tuple'],
  [0x2e, 'STOP', 0, 'none', 'any →'],
  [0x30, 'POP', 0, 'none', 'any →'],
  [0x31, 'POP_MARK', 1, 'none', 'mark … →'],
  [0x32, 'DUP', 0, 'none', 'any → any any'],
  [0x42, 'BINBYTES', 3, 'bytes4', '→ bytes'],
  [0x43, 'SHORT_BINBYTES', 3, 'bytes1', '→ bytes'],
  [0x46, 'FLOAT', 0, 'float-line', '→ float'],
  [0x47, 'BINFLOAT', 1, 'f8', '→ float'],
  [0x49, 'INT', 0, 'integer-line', '→ int|bool'],
  [0x4a, 'BININT', 1, 'i4', '→ int'],
  [0x4b, 'BININT1', 1, 'u1', '→ int'],
  [0x4c, 'LONG', 0, 'integer-line', '→ int'],
  [0x4d, 'BININT2', 1, 'u2', '→ int'],
  [0x4e, 'NONE', 0, 'none', '→ None'],
  [0x50, 'PERSID', 0, 'line', '→ any'],
  [0x51, 'BINPERSID', 1, 'none', 'any → any'],
  [0x52, 'REDUCE', 0, 'none', 'any any → any'],
  [0x53, 'STRING', 0, 'quoted-line', '→ str'],
  [0x54, 'BINSTRING', 1, 'bytes4', '→ str'],
  [0x55, 'SHORT_BINSTRING', 1, 'bytes1', '→ str'],
  [0x56, 'UNICODE', 0, 'escaped-line', '→ str'],
  [0x58, 'BINUNICODE', 1, 'text4', '→ str'],
  [0x5d, 'EMPTY_LIST', 1, 'none', '→ list'],
  [0x61, 'APPEND', 0, 'none', 'list any → list'],
  [0x62, 'BUILD', 0, 'none', 'any any → any'],
  [0x63, 'GLOBAL', 0, 'line-pair', '→ any'],
  [0x64, 'DICT', 0, 'none', 'mark … → dict'],
  [0x65, 'APPENDS', 1, 'none', 'list mark … → list'],
  [0x67, 'GET', 0, 'integer-line', '→ any'],
  [0x68, 'BINGET', 1, 'u1', '→ any'],
  [0x69, 'INST', 0, 'line-pair', 'mark … → any'],
  [0x6a, 'LONG_BINGET', 1, 'u4', '→ any'],
  [0x6c, 'LIST', 0, 'none', 'mark … → list'],
  [0x6f, 'OBJ', 1, 'none', 'mark any … → any'],
  [0x70, 'PUT', 0, 'integer-line', '→'],
  [0x71, 'BINPUT', 1, 'u1', '→'],
  [0x72, 'LONG_BINPUT', 1, 'u4', '→'],
  [0x73, 'SETITEM', 0, 'none', 'dict any any → dict'],
  [0x74, 'TUPLE', 0, 'none', 'mark … → tuple'],
  [0x75, 'SETITEMS', 1, 'none', 'dict mark … → dict'],
  [0x7d, 'EMPTY_DICT', 1, 'none', '→ dict'],
  [0x80, 'PROTO', 2, 'u1', '→'],
  [0x81, 'NEWOBJ', 2, 'none', 'any any → any'],
  [0x82, 'EXT1', 2, 'u1', '→ any'],
  [0x83, 'EXT2', 2, 'u2', '→ any'],
  [0x84, 'EXT4', 2, 'i4', '→ any'],
  [0x85, 'TUPLE1', 2, 'none', 'any → tuple'],
  [0x86, 'TUPLE2', 2, 'none', 'any any → tuple'],
  [0x87, 'TUPLE3', 2, 'none', 'any any any → tuple'],
  [0x88, 'NEWTRUE', 2, 'none', '→ bool'],
  [0x89, 'NEWFALSE', 2, 'none', '→ bool'],
  [0x8a, 'LONG1', 2, 'integer1', '→ int'],
  [0x8b, 'LONG4', 2, 'integer4', '→ int'],
  [0x8c, 'SHORT_BINUNICODE', 4, 'text1', '→ str'],
  [0x8d, 'BINUNICODE8', 4, 'text8', '→ str'],
  [0x8e, 'BINBYTES8', 4, 'bytes8', '→ bytes'],
  [0x8f, 'EMPTY_SET', 4, 'none', '→ set'],
  [0x90, 'ADDITEMS', 4, 'none', 'set mark … → set'],
  [0x91, 'FROZENSET', 4, 'none', 'mark … → frozenset'],
  [0x92, 'NEWOBJ_EX', 4, 'none', 'any any any → any'],
  [0x93, 'STACK_GLOBAL', 4, 'none', 'str str → any'],
  [0x94, 'MEMOIZE', 4, 'none', 'any → any'],
  [0x95, 'FRAME', 4, 'u8', '→'],
  [0x96, 'BYTEARRAY8', 5, 'bytes8', '→ bytearray'],
  [0x97, 'NEXT_BUFFER', 5, 'none', '→ buffer'],
  [0x98, 'READONLY_BUFFER', 5, 'none', 'buffer → buffer'],
]

/** In order of their bytes. */
export const opcodes: readonly Opcode[] = rows.map(([byte, name, protocol, argument, effect]) => ({
  byte,
  name,
  protocol,
  argument,
  effect,
}))

const byByte: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
  opcodes.find((opcode) => opcode.byte === byte),
)

export function opcodeOf(byte: number): Opcode | undefined {
  return byByte[byte]
}
