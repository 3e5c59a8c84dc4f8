import type { Word } from './ast.ts'
import { badQuery, quote } from './error.ts'

interface Dimension {
  readonly from: number
  readonly to: number
}

const dimensionsAtMost = 64
const expected = 'a shape was expected, such as 3x100, 3x*, *x3, 100..x3 or "(3, 100)"'

/**
 * What a word after `shape:` asks of a stored shape (`240x96`): each dimension is a number, `*` for any, or a range
 * `from..to` with open ends; `*` alone is any shape at all. In quotes a shape as Python writes it.
 */
export function readShape({ text, quoted, column }: Word): (shape: string) => boolean {
  if (!quoted && text === '*') return () => true
  const dimensions = quoted ? pythonDimensions(text) : text.split(/[x×]/i)
  if (!dimensions || dimensions.length > dimensionsAtMost) {
    throw badQuery(column, `${expected}, not ${quote(text)}`)
  }
  const wanted: Dimension[] = []
  let at = column
  for (const dimension of dimensions) {
    const read = readDimension(dimension)
    if (!read) {
      const place = quoted ? column : at
      throw badQuery(place, `${expected}; ${quote(dimension)} is no dimension`)
    }
    wanted.push(read)
    at += dimension.length + 1
  }
  return (shape) => {
    const lengths = shape === '' ? [] : shape.split('x')
    return (
      lengths.length === wanted.length &&
      wanted.every(({ from, to }, i) => Number(lengths[i]) >= from && Number(lengths[i]) <= to)
    )
  }
}

function readDimension(text: string): Dimension | undefined {
  if (text === '*') return { from: 0, to: Infinity }
  if (/^\d+$/.test(text)) return { from: Number(text), to: Number(text) }
  const [, from, to] = /^(\d*)\.\.(\d*)$/.exec(text) ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined
  return { from: Number(from), to: to === '' ? Infinity : Number(to) }
}

/** `(3, 100)`, `(3,)`, `()`, and a list alike. */
function pythonDimensions(text: string): string[] | undefined {
  const inner = /^\s*[([](.*)[)\]]\s*$/s.exec(text)?.[1]?.trim().replace(/,$/, '').trim()
  if (inner === undefined) return undefined
  return inner === '' ? [] : inner.split(',').map((part) => part.trim())
}
