import type { Query, QueryValue, Subject, Word } from './ast.ts'
import { isFieldName } from './ast.ts'

/** The shortest usual text of a filter; `parseQuery(printQuery(q))` equals `q` but for columns. */
export function printQuery(query: Query): string {
  switch (query.kind) {
    case 'all':
      return ''
    case 'or':
      return query.terms.map((term) => printQuery(term)).join(' or ')
    case 'and':
      return query.terms.map((term) => printIn(term, term.kind === 'or')).join(' ')
    case 'not':
      return '-' + printIn(query.term, query.term.kind === 'and' || query.term.kind === 'or')
    case 'text':
      return isPlain(query.text) ? query.text : quoted(query.text)
    case 'compare':
      return printSubject(query.subject) + query.operator + printValue(query.value)
  }
}

function printIn(term: Query, parenthesised: boolean): string {
  return parenthesised ? `(${printQuery(term)})` : printQuery(term)
}

function printSubject(subject: Subject): string {
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

function printValue(value: QueryValue): string {
  switch (value.kind) {
    case 'word':
      // A space keeps `a> =b` from becoming `a>=b`.
      return (value.text.startsWith('=') && !value.quoted ? ' ' : '') + printWord(value)
    case 'range':
      return `${value.from ?? ''}..${value.to ?? ''}`
    case 'list':
      return `(${value.items.map(printWord).join(',')})`
  }
}

function printWord(word: Word): string {
  return word.quoted ? quoted(word.text) : word.text
}

/** Needs no quotes as a free word or as a name: letters, digits and harmless signs, and no keyword. */
function isPlain(text: string): boolean {
  return /^[\p{L}\p{N}_./\\#%&+*$@][\p{L}\p{N}_./\\#%&+*$@'-]*$/u.test(text) && !/^(and|or|not)$/i.test(text)
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, String.raw`\$&`)}"`
}
