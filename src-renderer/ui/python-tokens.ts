/** Cuts a line of Python (a call, a literal) into coloured pieces. The pieces joined are the text. */
export type TokenKind =
  | 'name'
  | 'callee'
  | 'argument'
  | 'string'
  | 'number'
  | 'keyword'
  | 'punctuation'
  | 'space'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const pattern =
  /(?<space>\s+)|(?<string>[rbuf]{0,2}(?:'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?))|(?<number>-?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?j?\b)|(?<word>[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)|(?<punctuation>[^\s\p{L}\p{N}_'"])/giuy
const keywords = new Set(['None', 'True', 'False', 'nan', 'inf', 'null', 'true', 'false'])
/** Texts beyond this are not worth colouring; they stay one piece. */
const longestColoured = 4_000

export function pythonTokens(text: string): Token[] {
  if (text.length > longestColoured) return [{ kind: 'name', text }]
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    const piece = match?.[0] ? match[0] : String.fromCodePoint(text.codePointAt(at)!)
    at += piece.length
    tokens.push({
      kind: match?.groups ? kindOf(match.groups, piece, text.slice(at, at + 2)) : 'punctuation',
      text: piece,
    })
  }
  return tokens
}

function kindOf(groups: Record<string, string | undefined>, piece: string, next: string): TokenKind {
  if (groups.space !== undefined) return 'space'
  if (groups.string !== undefined) return 'string'
  if (groups.number !== undefined) return 'number'
  if (groups.punctuation !== undefined) return 'punctuation'
  if (keywords.has(piece)) return 'keyword'
  if (next.startsWith('(')) return 'callee'
  if (next.startsWith('=') && next !== '==') return 'argument'
  return 'name'
}
