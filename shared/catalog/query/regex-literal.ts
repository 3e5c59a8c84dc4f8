import { fieldTypes, type Subject } from './ast.ts'
import { quote } from './error.ts'

/** A regular expression as it stands in a filter: `/…/` or `/…/i`. */
export interface RegexLiteral {
  /** In it a slash is a slash and a space a space. */
  readonly pattern: string
  readonly ignoresCase: boolean
  /** Of all of it, with both slashes. */
  readonly length: number
  /** What was written between the slashes. */
  readonly body: string
}

/** Up to the first slash that is not escaped, if a term could end there: `/home/ana` is none. */
const literalPattern = /\/((?:\\[^]|[^/\\])+)\/(i?)(?=[\s()"]|$)/y

/** The expression that begins at a place of a filter; `isInGroup`: a parenthesis before it is open. */
export function regexAt(text: string, at: number, isInGroup: boolean): RegexLiteral | undefined {
  literalPattern.lastIndex = at
  const [whole, body, flag] = literalPattern.exec(text) ?? []
  if (whole === undefined || body === undefined) return undefined
  if (hasSpace(body)) {
    // `/tmp "a b/"`: the slash is in a text.
    if (text[at + whole.length] === '"') return undefined
    // `(cwd:/tmp) data/`: the slash is behind the group.
    if (isInGroup && closesMore(body)) return undefined
  }
  const pattern = body.replaceAll(/\\[^]/g, (pair) => (/[/\s]/.test(pair[1]!) ? pair[1]! : pair))
  return { pattern, ignoresCase: flag === 'i', length: whole.length, body }
}

/**
 * Why it could be meant as a path and more terms, as a sentence; `undefined` if it could not. A space with a backslash
 * is no place where a term could end.
 */
export function otherReading({ body }: RegexLiteral, subject: Subject | undefined): string | undefined {
  if (!hasSpace(body) || !(isOfPaths(subject) || looksLikeTerms(body))) return undefined
  const [first = ''] = body.split(/\s/, 1)
  return (
    `this could be the text ${quote(`/${first}`)} and other terms, or a regular expression with spaces; ` +
    `write the text in quotes, or a backslash before each space of the expression`
  )
}

/** The expression as it can only be meant as one. */
export function withEscapedSpaces(literal: string): string {
  return literal.replaceAll(/\\[^]|\s/g, (piece) => (piece.length === 1 ? `\\${piece}` : piece))
}

function hasSpace(body: string): boolean {
  return /\s/.test(withoutEscapes(body))
}

function withoutEscapes(body: string): string {
  return body.replaceAll(/\\[^]/g, '\\')
}

/** The folder of a call, and whatever an argument or output may hold. */
function isOfPaths(subject: Subject | undefined): boolean {
  return subject !== undefined && (subject.kind !== 'field' || subject.name === 'cwd')
}

const names = [...Object.keys(fieldTypes), String.raw`output(?:\.[^\s:=<>!]*)?`].join('|')
/** `… user:ana …`, `… or …` */
const termsPattern = new RegExp(String.raw`\s-?(?:${names})\s*(?:[:=<>]|!=)|\s(?:and|or|not)\s`, 'i')

function looksLikeTerms(body: string): boolean {
  const text = withoutEscapes(body)
  return termsPattern.test(text) || text.split('"').length % 2 === 0
}

/** Whether it closes a parenthesis that it does not open. */
function closesMore(body: string): boolean {
  let open = 0
  for (const piece of withoutEscapes(body).replaceAll(/\[\^?\]?[^\]]*\]/g, '')) {
    if (piece === '(') open++
    else if (piece === ')' && --open < 0) return true
  }
  return false
}
