declare module 'lz4js/xxh32.js' {
  /** xxHash32 of `length` bytes of `source` from `index` on, as an unsigned number. */
  export function hash(seed: number, source: Uint8Array, index: number, length: number): number
}
