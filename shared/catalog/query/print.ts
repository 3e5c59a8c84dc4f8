import type { Operator, Query, QueryValue, RegexValue, Subject, Word } from './ast.ts'
import { isFieldName } from './ast.ts'

/** The shortest usual text of a filter; `parseQuery(printQuery(q))` equals `q` but for columns. */
export function printQuery(query: Query): string {
  switch (query.kind) {
    case 'all':
      return ''
    case 'or':
      return query.terms.map((term) => printIn(term, isOpenPath(term))).join(' or ')
    case 'and':
      return query.terms.map((term) => printIn(term, term.kind === 'or' || isOpenPath(term))).join(' ')
    case 'not':
      return (
        '-' +
        printIn(query.term, query.term.kind === 'and' || query.term.kind === 'or' || isOpenPath(query.term))
      )
    case 'text':
      return isPlain(query.text) ? query.text : quoted(query.text)
    case 'regex':
      return printRegex(query)
    case 'compare':
      return printSubject(query.subject) + query.operator + printValue(query.value, query.operator)
  }
}

/** `cwd:/tmp`, which with a slash in a later term could be a regular expression: it is written as a group. */
function isOpenPath(term: Query): boolean {
  return (
    term.kind === 'compare' &&
    term.operator === ':' &&
    term.value.kind === 'word' &&
    !term.value.quoted &&
    /^\/(?:\\[^]|[^/\\])+$/.test(term.value.text)
  )
}

function printIn(term: Query, parenthesised: boolean): string {
  return parenthesised ? `(${printQuery(term)})` : printQuery(term)
}

/** What stands before the operator. */
export function printSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'field':
      return subject.name
    case 'output':
      return subject.path === ''
        ? 'output'
        : `output.${isPlain(subject.path) ? subject.path : quoted(subject.path)}`
    default:
      return isPlain(subject.name) && !isReserved(subject.name) ? subject.name : quoted(subject.name)
  }
}

function isReserved(name: string): boolean {
  return isFieldName(name) || name === 'output' || name.startsWith('output.')
}

function printValue(value: QueryValue, operator: Operator): string {
  switch (value.kind) {
    case 'word':
      // A space keeps `a> =b` from becoming `a>=b`.
      if (operator === ':' && !value.quoted && /^\/.+\/i?$/.test(value.text)) return quoted(value.text)
      return (value.text.startsWith('=') && !value.quoted ? ' ' : '') + printWord(value)
    case 'range':
      return `${value.from ?? ''}..${value.to ?? ''}`
    case 'regex':
      return printRegex(value)
    case 'list':
      return `(${value.items.map(printWord).join(',')})`
  }
}

function printRegex({ pattern, ignoresCase }: RegexValue): string {
  const body = pattern.replaceAll(/\\[^]|[/\s]/g, (piece) => {
    return piece.length === 1 ? `\\${piece}` : piece
  })
  return `/${body}/${ignoresCase ? 'i' : ''}`
}

function printWord(word: Word): string {
  return word.quoted ? quoted(word.text) : word.text
}

/** Needs no quotes as a free word or as a name: letters, digits and harmless signs, and no keyword. */
function isPlain(text: string): boolean {
  return /^[\p{L}\p{N}_.\\#%&+*$@][\p{L}\p{N}_./\\#%&+*$@'-]*$/u.test(text) && !/^(and|or|not)$/i.test(text)
}

/** A text as it is, whatever it holds. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, String.raw`\$&`)}"`
}
