/**
 * The lines of a `.dir` file: `'key', (offset, size)`, as CPython's
 * Lib/dbm/dumb.py writes them with `%r`. Python reads them with
 * `ast.literal_eval`; nothing but this one form is taken here, and nothing is
 * ever evaluated.
 */
export interface DirectoryLine {
  readonly key: Uint8Array
  readonly offset: number
  readonly sizeBytes: number
}

const singleEscapes: Readonly<Record<string, number>> = {
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
}

const hexEscapeDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

const place = /^\s*,\s*\(\s*([+-]?\d{1,19})\s*,\s*([+-]?\d{1,19})\s*,?\s*\)\s*$/

/**
 * Reads one line, its characters being the file's bytes (Latin-1). Gives the
 * reason as a text where the line is not of the form; numbers may be negative
 * or beyond the file: that is for the caller to check.
 */
export function parseDirectoryLine(line: string): DirectoryLine | string {
  const literal = parseStringLiteral(line)
  if (typeof literal === 'string') return literal
  const match = place.exec(line.slice(literal.end))
  if (!match) return 'no (offset, size) behind the key'
  const offset = Number(match[1])
  const sizeBytes = Number(match[2])
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(sizeBytes))
    return 'a number too large for any file'
  return { key: Uint8Array.from(literal.codes), offset, sizeBytes }
}

function parseStringLiteral(line: string): { codes: number[]; end: number } | string {
  let at = 0
  while (line[at] === ' ' || line[at] === '\t') at++
  const quote = line[at]
  if (quote !== "'" && quote !== '"') return 'the key is not a text in quotes'
  const codes: number[] = []
  at++
  while (at < line.length) {
    const character = line[at]!
    if (character === quote) return { codes, end: at + 1 }
    if (character !== '\\') {
      codes.push(line.charCodeAt(at))
      at++
      continue
    }
    const escape = parseEscape(line, at + 1)
    if (typeof escape === 'string') return escape
    codes.push(...escape.codes)
    at = escape.end
  }
  return 'the key has no closing quote'
}

/** The escapes of a Python text; an unknown one keeps its backslash, as in Python. */
function parseEscape(line: string, at: number): { codes: number[]; end: number } | string {
  const letter = line[at]
  if (letter === undefined) return 'the key has no closing quote'
  const single = singleEscapes[letter]
  if (single !== undefined) return { codes: [single], end: at + 1 }
  const digits = hexEscapeDigits[letter]
  if (digits !== undefined) {
    const hex = line.slice(at + 1, at + 1 + digits)
    if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) return 'a broken escape in the key'
    const code = Number.parseInt(hex, 16)
    return code > 0xff ? 'a character beyond Latin-1 in the key' : { codes: [code], end: at + 1 + digits }
  }
  const octal = /^[0-7]{1,3}/.exec(line.slice(at, at + 3))?.[0]
  if (octal !== undefined) {
    const code = Number.parseInt(octal, 8)
    return code > 0xff ? 'a character beyond Latin-1 in the key' : { codes: [code], end: at + octal.length }
  }
  if (letter === 'N') return 'a character beyond Latin-1 in the key'
  return { codes: [0x5c, letter.charCodeAt(0)], end: at + 1 }
}

/** A line of a `.dir` file in ASCII, which every Python reads alike; with its line end. */
export function formatDirectoryLine(line: DirectoryLine): string {
  let text = ''
  for (const code of line.key) {
    if (code === 0x27 || code === 0x5c) text += '\\' + String.fromCharCode(code)
    else if (code >= 0x20 && code < 0x7f) text += String.fromCharCode(code)
    else text += '\\x' + code.toString(16).padStart(2, '0')
  }
  return `'${text}', (${line.offset}, ${line.sizeBytes})\n`
}
