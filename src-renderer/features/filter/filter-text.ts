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
  return /^[^\s()"<>=:*?\\]+$/u.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** The value of `field:` where every match must have it: one such clause, and no `or`, `not` or brackets. */
export function requiredValue(text: string, field: string): string | undefined {
  const pieces = filterPieces(text)
  if (pieces.some((piece) => piece.kind === 'operator' && piece.text.toLowerCase() !== 'and'))
    return undefined
  const clauses = pieces.filter((piece) => piece.field === field)
  return clauses.length === 1 ? clauses[0]!.value : undefined
}

/** The text with `field:value` in place of other clauses of that field; without a value they are taken out. */
export function withClause(text: string, field: string, value: string | undefined): string {
  const rest = filterPieces(text)
    .filter((piece) => piece.field !== field)
    .map((piece) => piece.text)
    .join('')
    .trim()
    .replace(/\s{2,}/g, ' ')
  if (value === undefined) return rest
  const clause = `${field}:${quote(value)}`
  return rest === '' ? clause : `${clause} ${rest}`
}
