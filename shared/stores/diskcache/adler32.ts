const base = 65_521
/** So many bytes keep the sums within 32 bits (RFC 1950, zlib's NMAX). */
const bytesAtOnce = 5_552

/** The checksum of zlib, by which a FanoutCache spreads its keys. */
export function adler32(bytes: Uint8Array): number {
  let low = 1
  let high = 0
  for (let start = 0; start < bytes.length; start += bytesAtOnce) {
    const end = Math.min(bytes.length, start + bytesAtOnce)
    for (let i = start; i < end; i++) {
      low += bytes[i]!
      high += low
    }
    low %= base
    high %= base
  }
  return high * 65_536 + low
}
