import { crc32, deflateSync } from 'node:zlib'

/** What every PNG begins with: https://www.w3.org/TR/png-3/ */
export const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex')

/** Pixels of four bytes (red, green, blue, alpha), rows after another, as a PNG. */
export function encodePng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const lines = Buffer.alloc(height * (4 * width + 1))
  for (let y = 0; y < height; y++) {
    lines.set(pixels.subarray(4 * width * y, 4 * width * (y + 1)), y * (4 * width + 1) + 1)
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 6], 8)
  const chunks = [
    pngChunk('IHDR', head),
    pngChunk('IDAT', deflateSync(lines)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([pngSignature, ...chunks])
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
