/** Growing bytes for the writers: appended to in place, handed out once. */
export class ByteSink {
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  #reserve(count: number): number {
    const at = this.#length
    const needed = at + count
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, at))
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    this.#length = needed
    return at
  }

  byte(value: number): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  bytes(values: Uint8Array): void {
    const at = this.#reserve(values.length)
    this.#bytes.set(values, at)
  }

  uint16(value: number): void {
    const at = this.#reserve(2)
    this.#view.setUint16(at, value, true)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#view.setInt32(at, value, true)
  }

  uint32(value: number): void {
    const at = this.#reserve(4)
    this.#view.setUint32(at, value, true)
  }

  uint64(value: number): void {
    const at = this.#reserve(8)
    this.#view.setBigUint64(at, BigInt(value), true)
  }

  /** Big-endian, as BINFLOAT has it. */
  float64(value: number): void {
    const at = this.#reserve(8)
    this.#view.setFloat64(at, value, false)
  }

  /** What was written; the sink is not to be used after. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
