import { filterPieces } from '../filter/filter-text.ts'

const searched: ReadonlySet<string> = new Set(['text', 'args', 'output'])

/** What a filter looks for inside of values: its first word or expression that has to be there. */
export function wordOfFilter(query: string): string | undefined {
  let isNegated = false
  for (const piece of filterPieces(query)) {
    if (piece.kind === 'space') continue
    const text = piece.kind === 'word' ? unquoted(piece.text) : piece.value
    const isSearched = piece.kind === 'word' || searched.has(piece.field ?? '')
    if (
      isSearched &&
      !isNegated &&
      text !== undefined &&
      text !== '' &&
      text !== '*' &&
      !/^-./.test(piece.text)
    )
      return text
    isNegated = piece.kind === 'operator' && piece.text.toLowerCase() === 'not'
  }
  return undefined
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.replace(/^"|"$/g, '').replace(/\\(["\\])/g, '$1') : text
}
