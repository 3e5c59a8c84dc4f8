/** True where this machine's typed arrays are little-endian. */
export const nativeLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Turns the bytes of each item around, in place. */
export function swapBytes(bytes: Uint8Array, itemsize: number): void {
  for (let start = 0; start + itemsize <= bytes.length; start += itemsize) {
    for (let low = start, high = start + itemsize - 1; low < high; low++, high--) {
      const byte = bytes[low]!
      bytes[low] = bytes[high]!
      bytes[high] = byte
    }
  }
}
