/**
 * Floats that a `DataView` cannot read everywhere: half precision, and the 80-bit
 * extended precision of x87 that numpy calls longdouble on x86.
 */

/** Value of an IEEE 754 half float. */
export function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/**
 * An x87 extended float (10 bytes used of 12 or 16), rounded to the nearest
 * float64. Files of POWER and ARM machines, whose longdouble is another format,
 * do not say so and come out wrong.
 */
export function extendedFloat(
  view: DataView,
  offset: number,
  itemsize: number,
  littleEndian: boolean,
): number {
  const start = littleEndian ? offset : offset + itemsize - 10
  const significand = view.getBigUint64(littleEndian ? start : start + 2, littleEndian)
  const head = view.getUint16(littleEndian ? start + 8 : start, littleEndian)
  const sign = head & 0x8000 ? -1 : 1
  const exponent = head & 0x7fff
  if (exponent === 0x7fff) return BigInt.asUintN(63, significand) === 0n ? sign * Infinity : Number.NaN
  // Two steps: 2 ** (exponent - bias) alone may under- or overflow where the product does not.
  const power = exponent - 16_383 - 63
  const half = Math.trunc(power / 2)
  return sign * Number(significand) * 2 ** half * 2 ** (power - half)
}

/** The shortest decimal that reads back as the same float of the given size in bytes, as `toExponential` writes it. */
export function shortestExponential(value: number, itemsize: number): string {
  if (itemsize >= 8) return value.toExponential()
  const round = itemsize === 4 ? Math.fround : roundToHalf
  for (let digits = 0; digits < 9; digits++) {
    const text = tiesToEven(value, digits)
    if (round(Number(text)) === value) return text
  }
  return value.toExponential()
}

/** `toExponential` takes the larger of two equally near decimals; numpy the even one. */
function tiesToEven(value: number, digits: number): string {
  const text = value.toExponential(digits)
  const finer = value.toExponential(digits + 1)
  if (!finer.includes('5e') || Number(finer) !== value) return text
  const last = text.indexOf('e') - 1
  const digit = Number(text[last])
  return digit % 2 === 0 ? text : text.slice(0, last) + (digit - 1) + text.slice(last + 1)
}

/** The nearest half float, ties to even. */
function roundToHalf(value: number): number {
  const magnitude = Math.abs(value)
  if (magnitude >= 65_520) return Math.sign(value) * Infinity
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14)
  const quantum = 2 ** (exponent - 10)
  const scaled = magnitude / quantum
  const floor = Math.floor(scaled)
  const rest = scaled - floor
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1)
  return Math.sign(value) * (up ? floor + 1 : floor) * quantum
}
