import type { Tolerance } from './types.ts'

/** Whether two floats count as equal; nan equals nan, 0.0 equals −0.0. */
export function areClose(left: number, right: number, tolerance: Tolerance, itemsize = 8): boolean {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return true
  if (!Number.isFinite(left) || !Number.isFinite(right)) return false
  const { absolute, relative, ulp } = tolerance
  const distance = Math.abs(left - right)
  if (absolute !== undefined && distance <= absolute) return true
  if (relative !== undefined && distance <= relative * Math.max(Math.abs(left), Math.abs(right))) return true
  return ulp !== undefined && ulpDistance(left, right, itemsize) <= ulp
}

const scratch = new DataView(new ArrayBuffer(8))

/** How many steps from one finite float to the next lie between the two; of float16 none is known, those count as float32. */
export function ulpDistance(left: number, right: number, itemsize: number): number {
  if (itemsize < 8) return Math.abs(ordinal32(left) - ordinal32(right))
  const distance = ordinal64(left) - ordinal64(right)
  return Number(distance < 0n ? -distance : distance)
}

function ordinal32(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getInt32(0)
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}

function ordinal64(value: number): bigint {
  scratch.setFloat64(0, value)
  const bits = scratch.getBigInt64(0)
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits
}
