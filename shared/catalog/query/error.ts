import { AppError } from '../../model/errors.ts'

/** What would make a filter readable: `text` in place of `old` at a column (from 1). */
export interface Fix {
  readonly column: number
  readonly old: string
  readonly text: string
}

/**
 * `data.column` counts from 1; `sentence` says what was expected, and ends without a full stop. Where one change mends
 * it, `data` has `fixColumn`, `fixOld` and `fixText`.
 */
export function badQuery(column: number, sentence: string, fix?: Fix): AppError {
  return new AppError('BAD_QUERY', `Filter, column ${column}: ${sentence}.`, {
    data: { column, ...(fix && { fixColumn: fix.column, fixOld: fix.old, fixText: fix.text }) },
  })
}

/** A piece of the user's text as a message quotes it: shortened, on one line. */
export function quote(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ')
  return `'${oneLine.length > 40 ? oneLine.slice(0, 40) + '…' : oneLine}'`
}

/** Of a field with few values, with the one that was likely meant. */
export function notOneOf(
  field: string,
  values: readonly string[],
  { text, column }: { readonly text: string; readonly column: number },
): AppError {
  const near = nearest(text.toLowerCase(), values)
  const hint = near === undefined ? '' : `; perhaps ${near} was meant`
  const fix = near === undefined ? undefined : { column, old: text, text: near }
  return badQuery(column, `'${field}' is one of ${values.join(', ')}, not ${quote(text)}${hint}`, fix)
}

/** The value that a word begins, or from which it is at most two letters away. */
export function nearest(text: string, values: readonly string[]): string | undefined {
  if (text.length < 2 || text.length > 40) return undefined
  const begun = values.find((value) => value.startsWith(text))
  if (begun !== undefined) return begun
  const [first] = values
    .map((value) => ({ value, distance: editDistance(text, value) }))
    .toSorted((a, b) => a.distance - b.distance)
  return first && first.distance <= 2 ? first.value : undefined
}

/** Letters put in, taken out or replaced to make one text the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced))
    }
    row = next
  }
  return row[b.length]!
}
