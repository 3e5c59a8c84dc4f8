let memory = new Uint8Array(64 * 1024)

/**
 * Memory for what is read only to be compared at once: the same again and again, so that nothing is made for it. Whoever
 * asks next, on the same thread, has it.
 */
export function scratch(byteLength: number): Uint8Array<ArrayBuffer> {
  if (memory.length < byteLength) memory = new Uint8Array(byteLength)
  return memory.subarray(0, byteLength)
}
