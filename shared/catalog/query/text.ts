import { compareBytes } from '../../model/bytes.ts'
import type { Word } from './ast.ts'

const encoder = new TextEncoder()
// oxlint-disable-next-line no-control-regex -- the whole of ASCII is meant
const asciiOnly = /^[\u0001-\u007f]*$/

/**
 * How a text is compared with `pattern` ignoring case: a pattern in ASCII ignores the case of A–Z only,
 * as SQLite's NOCASE and LIKE do, which lets the index answer; another one that of all letters.
 */
export function foldFor(pattern: string): (text: string) => string {
  return isAscii(pattern) ? foldAscii : (text) => text.toLowerCase()
}

/** ASCII without NUL, where SQLite's LIKE takes a text to end. */
export function isAscii(text: string): boolean {
  return asciiOnly.test(text)
}

function foldAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text
}

/** Order of texts everywhere in the catalog, that of SQLite's NOCASE: A–Z like a–z, else by code point. */
export function compareTexts(a: string, b: string): number {
  return compareBytes(encoder.encode(foldAscii(a)), encoder.encode(foldAscii(b)))
}

/**
 * Versions part by part: numbers by value (`0.9` before `0.10`), a number after a word (`1.0rc1` before
 * `1.0.1`), what is longer after its beginning unless it goes on with a word (`1.0rc1` before `1.0`).
 */
export function compareVersions(a: string, b: string): number {
  const left = versionParts(a)
  const right = versionParts(b)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = comparePart(left[i], right[i])
    if (difference !== 0) return difference
  }
  return 0
}

/** Shapes of arrays (`3x10`) axis by axis, by value; what is longer after its beginning, a scalar's (empty) first. */
export function compareShapes(a: string, b: string): number {
  const left = a.match(/\d+/g) ?? []
  const right = b.match(/\d+/g) ?? []
  for (const [axis, length] of left.entries()) {
    const difference = Number(length) - Number(right[axis] ?? -1)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function versionParts(text: string): (number | string)[] {
  return (foldAscii(text).match(/\d+|[^\d.\s_+-]+/g) ?? []).map((part) =>
    /^\d/.test(part) ? Number(part) : part,
  )
}

function comparePart(a: number | string | undefined, b: number | string | undefined): number {
  const rankA = partRank(a)
  const rankB = partRank(b)
  if (rankA !== rankB) return rankA - rankB
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a - b
  return compareTexts(String(a ?? ''), String(b ?? ''))
}

function partRank(part: number | string | undefined): number {
  if (part === undefined) return 1
  return typeof part === 'string' ? 0 : 2
}

/** Whether an unquoted word has a `*` that stands for any characters. */
export function isPattern(word: Word): boolean {
  return !word.quoted && word.text.includes('*')
}

/** `*` stands for any characters. Time is bounded by the product of the lengths, whatever the pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let i = 0
  while (i < text.length) {
    if (pattern[at] === '*') {
      star = at++
      resume = i
    } else if (pattern[at] === text[i]) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** For `LIKE … ESCAPE '\'`: the text as it is, `*` as any characters if `stars`. */
export function likePattern(text: string, stars: boolean): string {
  const escaped = text.replace(/[\\%_]/g, String.raw`\$&`)
  return stars ? escaped.replaceAll('*', '%') : escaped
}
