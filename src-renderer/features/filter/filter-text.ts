/**
 * The filter text as pieces, for colouring it and for clicks that put a clause in
 * or take it out. It knows the outline of the language only (`docs/query.md`);
 * what a text means is the engine's to say.
 */
export interface FilterPiece {
  readonly kind: 'clause' | 'word' | 'operator' | 'space'
  readonly text: string
  readonly field?: string
  readonly value?: string
}

const pattern =
  /(?<space>\s+)|(?<clause>-?[\p{L}_][\p{L}\p{N}_.-]*(?::|[<>]=?|!?=)(?:"(?:[^"\\]|\\.)*"?|\/(?:\\.|\([^()]*\)|[^/\\()])+\/i?(?=[\s()]|$)|\([^()]*\)|[^\s()"]*))|(?<bracket>[()])|(?<word>"(?:[^"\\]|\\.)*"?|-?\/(?:\\.|\([^()]*\)|[^/\\()])+\/i?(?=[\s()]|$)|[^\s()"]+)/gu

export function filterPieces(text: string): FilterPiece[] {
  const pieces: FilterPiece[] = []
  for (const match of text.matchAll(pattern)) {
    const piece = match[0]
    const { space, clause, bracket } = match.groups ?? {}
    if (space !== undefined) pieces.push({ kind: 'space', text: piece })
    else if (clause !== undefined) pieces.push(clausePiece(clause))
    else if (bracket !== undefined || /^(and|or|not)$/i.test(piece))
      pieces.push({ kind: 'operator', text: piece })
    else pieces.push({ kind: 'word', text: piece })
  }
  return pieces
}

function clausePiece(text: string): FilterPiece {
  const [, field = '', operator = '', value = ''] =
    /^(-?[\p{L}\p{N}_.-]+)(:|[<>]=?|!?=)(.*)$/su.exec(text) ?? []
  return operator === ':'
    ? { kind: 'clause', text, field, value: unquote(value) }
    : { kind: 'clause', text, field }
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  return value.slice(1, value.endsWith('"') && value.length > 1 ? -1 : undefined).replace(/\\(.)/gs, '$1')
}

function quote(value: string): string {
  // A slash at the beginning or the end could be that of a regular expression.
  return /^[^\s()"<>=:*?\\,/]+(?:\/[^\s()"<>=:*?\\,/]+)*$/u.test(value) && !value.includes('..')
    ? value
    : inQuotes(value)
}

export function inQuotes(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** The value of `field:` where every match must have it: one such clause, and no `or`, `not` or brackets. */
export function requiredValue(text: string, field: string): string | undefined {
  if (!isPlainList(text)) return undefined
  const clauses = filterPieces(text).filter((piece) => piece.field === field)
  return clauses.length === 1 ? clauses[0]!.value : undefined
}

/**
 * The text with `field:value` in place of other clauses of that field; without a value they are taken out. A text with
 * groups or choices is kept as it is, and the clause put in front.
 */
export function withClause(text: string, field: string, value: string | undefined): string {
  if (!isPlainList(text)) return value === undefined ? text : withTerm(text, `${field}:${quote(value)}`)
  const rest = withoutPieces(text, (piece) => piece.field === field)
  if (value === undefined) return rest
  const clause = `${field}:${quote(value)}`
  return rest === '' ? clause : `${clause} ${rest}`
}

/** Terms side by side, without `or`, `not` or brackets. */
function isPlainList(text: string): boolean {
  return filterPieces(text).every((piece) => piece.kind !== 'operator' || piece.text.toLowerCase() === 'and')
}

/** Whether there is an `or` outside of all brackets. */
function isChoice(text: string): boolean {
  let depth = 0
  return filterPieces(text).some((piece) => {
    if (piece.kind !== 'operator') return false
    if (piece.text === '(') depth++
    if (piece.text === ')') depth--
    return depth === 0 && piece.text.toLowerCase() === 'or'
  })
}

/** The text with one more term that must hold. A term that is there already stays one. */
export function withTerm(text: string, term: string): string {
  const before = text.trim()
  if (before === '') return term
  if (isChoice(before)) return `(${before}) ${term}`
  return filterPieces(before).some((piece) => piece.text === term) ? before : `${before} ${term}`
}

/** Where a term stands in the text, as the engine says. */
interface TermPlace {
  readonly from: number
  readonly to: number
}

/** The text without a term, and without the `and` that joined it. */
export function withoutTerm(text: string, { from, to }: TermPlace): string {
  const before = text.slice(0, from).trimEnd()
  const after = text.slice(to).trimStart()
  const isFirst = before === ''
  const left = before.replace(/(^|[\s)])and$/i, '$1').trimEnd()
  const right = isFirst ? after.replace(/^and(?=[\s("])/i, '').trimStart() : after
  return `${left} ${right}`.trim()
}

/** A plain list without some of its terms. */
function withoutPieces(text: string, isOut: (piece: FilterPiece) => boolean): string {
  const rest = text.trim()
  let from = 0
  for (const piece of filterPieces(rest)) {
    const to = from + piece.text.length
    if (isOut(piece)) return withoutPieces(withoutTerm(rest, { from, to }), isOut)
    from = to
  }
  return rest
}

/** `-user:ana`, `not (a b)`. */
export function isNegated(term: string): boolean {
  return /^(?:-|not(?=[\s("]))/i.test(term)
}

/** The text with the opposite of a term in its place. */
export function withNegation(text: string, { from, to }: TermPlace): string {
  const term = text.slice(from, to)
  const turned = isNegated(term)
    ? term.replace(/^(?:-|not\s*)/i, '')
    : `-${isChoice(term) ? `(${term})` : term}`
  return text.slice(0, from) + turned + text.slice(to)
}

/** `field:value`; `isText`: digits in the value are a text and no number. */
export function termOf(field: string, value: string, isText = false): string {
  return `${field}:${isText && /^[+-]?[\d.]/.test(value) ? inQuotes(value) : quote(value)}`
}

/** The text that finds only what a term finds: in place of another value of its field, else beside the rest. */
export function narrowed(text: string, term: string): string {
  const [clause] = filterPieces(term)
  const isSame = (piece: FilterPiece): boolean =>
    clause?.field !== undefined && piece.field === clause.field && piece.value !== undefined
  if (!isPlainList(text) || filterPieces(text).filter(isSame).length !== 1) return withTerm(text, term)
  return filterPieces(text)
    .map((piece) => (isSame(piece) ? term : piece.text))
    .join('')
}

/** The text that finds nothing of what a term finds. */
export function excluding(text: string, term: string): string {
  const rest = isPlainList(text) ? withoutPieces(text, (piece) => piece.text === term) : text
  return withTerm(rest, `-${term}`)
}
