/** Places of positive numbers on a logarithmic axis of whole decades. */
export interface LogScale {
  /** 0…1. */
  readonly place: (value: number) => number
  /** Powers of ten, at most about six of them. */
  readonly ticks: readonly number[]
}

export function logScale(values: readonly number[]): LogScale {
  const logs = values.map(Math.log10).filter((log) => Number.isFinite(log))
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const log of logs) {
    low = Math.min(low, Math.floor(log))
    high = Math.max(high, Math.ceil(log))
  }
  if (low > high) [low, high] = [0, 1]
  if (low === high) high++
  const every = Math.max(1, Math.ceil((high - low) / 5))
  const ticks: number[] = []
  for (let power = low; power <= high; power += every) ticks.push(10 ** power)
  return { place: (value) => (Math.log10(value) - low) / (high - low), ticks }
}
