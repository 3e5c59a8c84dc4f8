import { hash } from 'node:crypto'
import { showKey } from '../model/keys.ts'
import type { CatalogEntry } from './writer.ts'
import type { StoredLeaf } from './leaf-paths.ts'

/** Bits of `insides.flags`. */
export const insideFlags = { callIsWhole: 1, outputIsWhole: 2, misplaced: 4 } as const

/** A row of `insides` behind its id: names of the leaves, flags, two halves of the digest of the call, two of the output's. */
export type InsideValues = [
  leaves: string | null,
  flags: number,
  callA: number | null,
  callB: number | null,
  outputA: number | null,
  outputB: number | null,
]

export function insideValues({ key, summary }: CatalogEntry, leaves: readonly StoredLeaf[]): InsideValues {
  const { inside, status, kind } = summary
  // What cannot be read whole is like no other.
  const sameCall = status === 'ok' && kind === 'call' ? inside?.sameCall : undefined
  const sameOutput = status === 'ok' ? inside?.sameOutput : undefined
  let flags = 0
  if (sameCall?.isWhole) flags |= insideFlags.callIsWhole
  if (sameOutput?.isWhole) flags |= insideFlags.outputIsWhole
  if (inside?.recordedHash !== undefined && inside.recordedHash !== showKey(key))
    flags |= insideFlags.misplaced
  return [
    leaves.length === 0 ? null : JSON.stringify(leaves.map(({ nameId }) => nameId)),
    flags,
    ...digestOf(sameCall?.text),
    ...digestOf(sameOutput?.text),
  ]
}

const halfDigits = 13

/** 104 bits of SHA-256, in two whole numbers that a float holds. */
function digestOf(text: string | undefined): [number | null, number | null] {
  if (text === undefined) return [null, null]
  const digits = hash('sha256', text, 'hex')
  return [
    Number.parseInt(digits.slice(0, halfDigits), 16),
    Number.parseInt(digits.slice(halfDigits, 2 * halfDigits), 16),
  ]
}
