/**
 * Many keys or values in one piece of memory, for another thread or process: a thousand objects cost several times what
 * their bytes do on the way.
 */
export interface Packed {
  /** One after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each ends. */
  readonly ends: Float64Array<ArrayBuffer>
}

export function pack(parts: readonly Uint8Array[]): Packed {
  const ends = new Float64Array(parts.length)
  let length = 0
  for (const [i, part] of parts.entries()) ends[i] = length += part.length
  const bytes = new Uint8Array(length)
  for (const [i, part] of parts.entries()) bytes.set(part, i === 0 ? 0 : ends[i - 1])
  return { bytes, ends }
}

/** They share the memory that came. */
export function unpack({ bytes, ends }: Packed): Uint8Array<ArrayBuffer>[] {
  return Array.from(ends, (end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end))
}
