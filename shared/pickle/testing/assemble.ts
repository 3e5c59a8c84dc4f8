import { MemorySource } from '../../model/source.ts'
import { opcodes } from '../opcodes.ts'

export type Parts = readonly (string | number | readonly number[])[]

const bytesOfNames = new Map(opcodes.map(({ name, byte }) => [name, byte]))

/**
 * Bytes of a pickle from names of opcodes, numbers (one byte each), and texts that
 * are no such name (Latin-1), so that `assemble('BININT1', 5, 'STOP')` reads well.
 */
export function assemble(...parts: Parts): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === 'number') return [part]
      if (typeof part !== 'string') return part
      const opcode = bytesOfNames.get(part)
      return opcode === undefined ? Array.from(part, (character) => character.charCodeAt(0)) : [opcode]
    }),
  )
}

export function sourceOf(...parts: Parts): MemorySource {
  return new MemorySource(assemble(...parts))
}
