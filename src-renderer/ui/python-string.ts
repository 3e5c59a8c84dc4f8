const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The text that a Python string literal means, or `undefined` if it is no whole string literal. */
export function pythonStringText(literal: string): string | undefined {
  const quote = literal[0]
  if ((quote !== "'" && quote !== '"') || literal.length < 2 || !literal.endsWith(quote)) return undefined
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/gs,
      (whole, x, u, U, sign: string | undefined) => {
        const code = [x, u, U].find((digits): digits is string => typeof digits === 'string')
        if (code === undefined) return (sign !== undefined && escapes[sign]) || whole
        const point = Number.parseInt(code, 16)
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole
      },
    )
}
