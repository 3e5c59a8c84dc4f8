/** The same memory as a `Buffer`, for libraries that take nothing else and make their own copy. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
