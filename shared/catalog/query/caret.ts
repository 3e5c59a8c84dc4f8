import type { Operator, Subject } from './ast.ts'
import { subjectOf } from './parse.ts'
import { regexAt } from './regex-literal.ts'

/** What stands at a place of a filter text that may be half written. Offsets are UTF-16 units. */
export type CaretPlace =
  | {
      /** A word where a term begins: of a field, an argument, or to be found. */
      readonly kind: 'term'
      /** What a completion replaces. */
      readonly from: number
      readonly to: number
      /** From `from` to the caret. */
      readonly typed: string
      /** Where the term begins and ends, with its minus. */
      readonly term: readonly [from: number, to: number]
    }
  | {
      readonly kind: 'value'
      readonly from: number
      readonly to: number
      /** From `from` to the caret, without the quote that begins it. */
      readonly typed: string
      readonly isQuoted: boolean
      readonly subject: Subject
      readonly operator: Operator
      readonly term: readonly [from: number, to: number]
    }
  /** Inside of a regular expression or a text, where nothing can be offered. */
  | { readonly kind: 'none' }

const none: CaretPlace = { kind: 'none' }
const space = /\s*/y
const word = /(?:[^\s()":=<>!]|!(?!=))+/y
const quotedText = /"(?:\\["\\]|[^"])*"?/y
const operators = /(?:!=|>=|<=|[:=<>])/y
const value = /[^\s()"]*/y
const item = /[^\s()",]*/y

/** Never refuses a text: what cannot be read is stepped over. The caret is within it. */
export function caretPlace(text: string, caret: number): CaretPlace {
  let at = 0
  let open = 0
  const end = (pattern: RegExp, from = at): number => {
    pattern.lastIndex = from
    return pattern.test(text) ? pattern.lastIndex : from
  }
  for (;;) {
    at = end(space)
    if (at >= caret)
      return { kind: 'term', from: caret, to: end(word, caret), typed: '', term: [caret, caret] }
    const first = text[at]
    if (first === '(' || first === ')') {
      open += first === '(' ? 1 : -1
      at++
      continue
    }
    const start = at
    if (first === '-' && at + 1 < text.length && !/[\s)]/.test(text[at + 1]!)) at++
    const regex = regexAt(text, at, open > 0)
    if (regex) {
      at += regex.length
      if (caret <= at) return none
      continue
    }
    const nameFrom = at
    const isQuoted = text[at] === '"'
    at = isQuoted ? end(quotedText) : end(word)
    if (text.slice(nameFrom, at) === 'output.' && text[at] === '"') at = end(quotedText)
    if (caret <= at) {
      if (isQuoted && caret > nameFrom) return none
      return { kind: 'term', from: nameFrom, to: at, typed: text.slice(nameFrom, caret), term: [start, at] }
    }
    const nameTo = at
    const operatorFrom = end(space)
    const operatorTo = end(operators, operatorFrom)
    if (operatorTo === operatorFrom) {
      // A free word, or a sign that begins nothing.
      if (at === nameFrom) at++
      continue
    }
    if (caret < operatorTo) return none
    const subject = readSubject(text.slice(nameFrom, nameTo))
    const operator = text.slice(operatorFrom, operatorTo) as Operator
    const valueFrom = end(space, operatorTo)
    const place = (from: number, to: number, quoted: boolean, termTo: number): CaretPlace => ({
      kind: 'value',
      from,
      to,
      typed: text.slice(quoted ? from + 1 : from, caret),
      isQuoted: quoted,
      subject,
      operator,
      term: [start, termTo],
    })
    if (caret < valueFrom || valueFrom === text.length) return place(caret, caret, false, caret)
    if (text[valueFrom] === '(') {
      const list = itemAt(text, valueFrom, caret, end)
      if (list.item) return place(list.item.from, list.item.to, text[list.item.from] === '"', list.to)
      at = list.to
      if (caret < at) return none
      continue
    }
    const literal = operator === ':' ? regexAt(text, valueFrom, open > 0) : undefined
    if (literal) {
      at = valueFrom + literal.length
      if (caret <= at) return none
      continue
    }
    const quoted = text[valueFrom] === '"'
    at = quoted ? end(quotedText, valueFrom) : end(value, valueFrom)
    if (caret > at) continue
    const dots = quoted ? -1 : text.lastIndexOf('..', caret - 2)
    return place(dots >= valueFrom ? dots + 2 : valueFrom, at, quoted, at)
  }
}

/** The end of a list, and the item in it that the caret is at. */
function itemAt(
  text: string,
  from: number,
  caret: number,
  end: (pattern: RegExp, from: number) => number,
): { readonly to: number; readonly item?: { readonly from: number; readonly to: number } } {
  let at = from
  let found: { from: number; to: number } | undefined
  do {
    const gap = at + 1
    at = end(space, gap)
    const itemFrom = at
    at = text[at] === '"' ? end(quotedText, at) : end(item, at)
    if (caret >= gap && caret < itemFrom) found = { from: caret, to: caret }
    else if (caret >= itemFrom && caret <= at) found = { from: itemFrom, to: at }
    at = end(space, at)
  } while (text[at] === ',')
  const to = text[at] === ')' ? at + 1 : at
  return { to, ...(found && { item: found }) }
}

function readSubject(written: string): Subject {
  if (!written.includes('"')) return subjectOf(written, false)
  const name = written
    .slice(written.indexOf('"') + 1)
    .replace(/"$/, '')
    .replaceAll(/\\(["\\])/g, '$1')
  return written.startsWith('"') ? subjectOf(name, true) : { kind: 'output', path: name }
}
