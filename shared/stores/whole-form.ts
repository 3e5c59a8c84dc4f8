import { concatBytes } from '../model/bytes.ts'
import { AppError } from '../model/errors.ts'
import type { StoreKind } from './contract.ts'

/** `hcwe`, of which version 1 is told by the JSON. */
const magic = Uint8Array.of(0x68, 0x63, 0x77, 0x65)
const headBytes = magic.length + 4

const encoder = new TextEncoder()
const decoder = new TextDecoder()

interface Header {
  readonly version: 1
  readonly kind: StoreKind
  readonly lengths: readonly number[]
  readonly facts: unknown
}

/**
 * An entry of a store as one run of bytes (`WholeEntries`): `hcwe`, the length of a JSON text (32 bits, little-endian), that
 * text, and the parts one after the other. The JSON has the lengths of the parts and whatever the store says of them.
 */
export function packWhole(kind: StoreKind, facts: unknown, parts: readonly Uint8Array[]): Uint8Array {
  const header: Header = { version: 1, kind, lengths: parts.map(({ length }) => length), facts }
  const json = encoder.encode(JSON.stringify(header))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, json.length, true)
  return concatBytes([magic, length, json, ...parts])
}

/** @throws AppError DAMAGED for what `packWhole` has not made */
export function unpackWhole(kind: StoreKind, whole: Uint8Array): { facts: unknown; parts: Uint8Array[] } {
  const header = headerOf(whole)
  const total = header?.lengths.reduce((sum, length) => sum + length, header.end)
  if (!header || header.kind !== kind || total !== whole.length)
    throw new AppError('DAMAGED', `What the trash has is no entry of ${kind} in a form that is known here.`)
  let at = header.end
  const parts = header.lengths.map((length) => whole.subarray(at, (at += length)))
  return { facts: header.facts, parts }
}

function headerOf(whole: Uint8Array): (Header & { end: number }) | undefined {
  if (whole.length < headBytes || !magic.every((byte, i) => whole[i] === byte)) return undefined
  const end = headBytes + new DataView(whole.buffer, whole.byteOffset).getUint32(magic.length, true)
  if (end > whole.length) return undefined
  try {
    const header = JSON.parse(decoder.decode(whole.subarray(headBytes, end))) as Header
    return header.version === 1 ? { ...header, end } : undefined
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined
    throw thrown
  }
}
