/** Sizes and spans of time as people type them. */

const measurePattern = /^(\d+\.?\d*|\.\d+)([a-zµ]*)$/i

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((letter, i): [string, number][] => [
    [letter, 1000 ** (i + 1)],
    [`${letter}b`, 1000 ** (i + 1)],
    [`${letter}i`, 1024 ** (i + 1)],
    [`${letter}ib`, 1024 ** (i + 1)],
  ]),
])

const day = 86_400
const spanUnits: ReadonlyMap<string, number> = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', day],
  ['w', 7 * day],
  ['mo', 30 * day],
  ['y', 365 * day],
])

export const sizeExamples = '500kB, 1.5MB or 2GiB'
export const spanExamples = '10s, 5min, 12h, 30d, 2w, 6mo or 1y'

/** `1.5MB` → 1500000. Units B, kB MB GB TB (1000), KiB MiB GiB TiB (1024), in any case; none: bytes. */
export function parseBytes(text: string): number | undefined {
  return parseMeasure(text, sizeUnits)
}

/** `10min` → 600. Units ms s min h d w mo (30 d) y (365 d), in any case; a number without any is no span. */
export function parseSpan(text: string): number | undefined {
  return parseMeasure(text, spanUnits)
}

function parseMeasure(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const [, digits, unit] = measurePattern.exec(text) ?? []
  const factor = units.get((unit ?? '?').toLowerCase())
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor
}

/** A text that `parseBytes` reads as this number, in the largest decimal unit that divides it. */
export function writeBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const)
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`
  return `${bytes}B`
}

/** A text that `parseSpan` reads as this number, in the largest unit up to a day that divides it. */
export function writeSpan(seconds: number): string {
  for (const [unit, factor] of [
    ['d', day],
    ['h', 3600],
    ['min', 60],
  ] as const)
    if (seconds >= factor && seconds % factor === 0) return `${seconds / factor}${unit}`
  return `${seconds}s`
}
