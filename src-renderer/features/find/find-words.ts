import { filterPieces } from '../filter/filter-text.ts'

const searched: ReadonlySet<string> = new Set(['text', 'args', 'output'])

/** What a filter looks for inside of values: its first word or expression that has to be there. */
export function wordOfFilter(query: string): string | undefined {
  let isNegated = false
  let depth = 0
  /** How deep the outermost group stands that must not be there. */
  let negatedDepth = Number.POSITIVE_INFINITY
  for (const piece of filterPieces(query)) {
    if (piece.kind === 'space') continue
    if (piece.text === '(') {
      if (isNegated) negatedDepth = Math.min(negatedDepth, depth)
      depth++
    } else if (piece.text === ')') {
      depth--
      if (depth === negatedDepth) negatedDepth = Number.POSITIVE_INFINITY
    }
    const text = piece.kind === 'word' ? unquoted(piece.text) : piece.value
    const isSearched = piece.kind === 'word' || searched.has(piece.field ?? '')
    if (
      isSearched &&
      !isNegated &&
      depth <= negatedDepth &&
      text !== undefined &&
      text !== '' &&
      text !== '*' &&
      !piece.text.startsWith('-')
    )
      return text
    isNegated = piece.text === '-' || (piece.kind === 'operator' && piece.text.toLowerCase() === 'not')
  }
  return undefined
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.replace(/^"|"$/g, '').replace(/\\(["\\])/g, '$1') : text
}
