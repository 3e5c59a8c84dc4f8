import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { python } from '../testing/python.ts'
import { opcodeOf, opcodes } from './opcodes.ts'
import type { ArgumentForm } from './opcodes.ts'

const script = fileURLToPath(new URL('differential.py', import.meta.url))

/** Our forms of arguments by the names of pickletools. */
const forms: Readonly<Record<string, ArgumentForm>> = {
  uint1: 'u1',
  uint2: 'u2',
  uint4: 'u4',
  uint8: 'u8',
  int4: 'i4',
  float8: 'f8',
  long1: 'integer1',
  long4: 'integer4',
  string1: 'bytes1',
  string4: 'bytes4',
  bytes1: 'bytes1',
  bytes4: 'bytes4',
  bytes8: 'bytes8',
  bytearray8: 'bytes8',
  unicodestring1: 'text1',
  unicodestring4: 'text4',
  unicodestring8: 'text8',
  decimalnl_short: 'integer-line',
  decimalnl_long: 'integer-line',
  floatnl: 'float-line',
  stringnl: 'quoted-line',
  unicodestringnl: 'escaped-line',
  stringnl_noescape: 'line',
  stringnl_noescape_pair: 'line-pair',
}

const shortNames: Readonly<Record<string, string>> = {
  stackslice: '…',
  int_or_bool: 'int|bool',
  bytes_or_str: 'str',
}

interface Row {
  byte: number
  name: string
  protocol: number
  argument: string | null
  before: string[]
  after: string[]
}

it('lists the opcodes that pickletools lists', () => {
  const rows = JSON.parse(execFileSync(python, [script, 'opcodes'], { encoding: 'utf8' })) as Row[]
  const short = (name: string) => shortNames[name] ?? name
  const expected = rows
    .map(({ byte, name, protocol, argument, before, after }) => ({
      byte,
      name,
      protocol,
      argument: argument === null ? 'none' : forms[argument],
      effect: [...before.map(short), '→', ...after.map(short)].join(' '),
    }))
    .toSorted((a, b) => a.byte - b.byte)
  expect(opcodes).toEqual(expected)
  expect(opcodes).toHaveLength(68)
})

it('finds an opcode by its byte', () => {
  for (const opcode of opcodes) expect(opcodeOf(opcode.byte)).toBe(opcode)
  expect(opcodeOf(0)).toBeUndefined()
  expect(opcodeOf(256)).toBeUndefined()
})
