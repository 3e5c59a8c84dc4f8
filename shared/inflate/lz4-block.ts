/** Where the block ended in the target; `fault` says what is wrong with the rest. */
export interface DecodedBlock {
  readonly end: number
  readonly fault?: string
}

/**
 * Inflates one LZ4 block into `target` from `start` on, never beyond its end. Matches
 * may reach back into what stands before `start` (linked blocks). Faulty or broken-off
 * input gives what could be read. Format: lz4 `doc/lz4_Block_format.md`.
 *
 * Our own because lz4js's trusts its input: it neither checks offsets nor stops at the end of the target.
 */
export function decodeLz4Block(
  block: Uint8Array,
  target: Uint8Array,
  start: number,
  earliest: number,
): DecodedBlock {
  let at = 0
  let end = start
  while (at < block.length) {
    const token = block[at++]!
    const literals = readLength(block, at, token >> 4)
    at = literals.at
    const literalCount = Math.min(literals.length, block.length - at, target.length - end)
    target.set(block.subarray(at, at + literalCount), end)
    at += literalCount
    end += literalCount
    if (literalCount < literals.length) return { end, fault: 'a run of literals does not fit' }
    if (at === block.length) return { end }

    const distance = block[at]! | ((block[at + 1] ?? 0) << 8)
    if (at + 2 > block.length) return { end, fault: 'it breaks off within a match' }
    if (distance === 0 || end - distance < earliest) return { end, fault: 'a match points before its start' }
    const match = readLength(block, at + 2, token & 15)
    at = match.at
    const matchEnd = Math.min(end + match.length + 4, target.length)
    copyMatch(target, end, distance, matchEnd)
    if (matchEnd - end < match.length + 4) return { end: matchEnd, fault: 'a match does not fit' }
    end = matchEnd
  }
  return { end, fault: 'it breaks off after a match' }
}

function readLength(block: Uint8Array, start: number, nibble: number): { length: number; at: number } {
  let length = nibble
  let at = start
  if (nibble === 15) {
    let byte = 255
    while (byte === 255 && at < block.length) {
      byte = block[at++]!
      length += byte
    }
  }
  return { length, at }
}

function copyMatch(target: Uint8Array, start: number, distance: number, end: number): void {
  if (distance === 1) {
    target.fill(target[start - 1]!, start, end)
  } else if (distance >= end - start) {
    target.copyWithin(start, start - distance, end - distance)
  } else {
    for (let at = start; at < end; at++) target[at] = target[at - distance]!
  }
}
