/**
 * Compares two JSON texts of the rendering (`docs/rendering.md`) number by number
 * as they are written (`2.0` is not `2`), for tests.
 */

type Json = null | boolean | string | NumberText | Json[] | { [key: string]: Json }

class NumberText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown

/** JSON.parse that keeps the numbers' texts (ECMA-262's reviver context, which the library's types do not have yet). */
export function parseExact(text: string): Json {
  const reviver: Reviver = (_key, value, context) =>
    typeof value === 'number' ? new NumberText(context.source ?? String(value)) : value
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown) as Json
}

const meanTolerance = 1e-9

/** Every difference as `path: actual ≠ expected`; at most `limit` of them. */
export function differences(actual: Json, expected: Json, limit = 20): string[] {
  const found: string[] = []
  compare(actual, expected, '', found)
  return found.slice(0, limit)
}

function compare(actual: Json | undefined, expected: Json | undefined, path: string, found: string[]): void {
  if (actual instanceof NumberText && expected instanceof NumberText) {
    const isSame = path.endsWith('/mean')
      ? Math.abs(Number(actual.text) - Number(expected.text)) <=
        meanTolerance * Math.abs(Number(expected.text))
      : actual.text === expected.text
    if (!isSame) found.push(`${path}: ${actual.text} ≠ ${expected.text}`)
    return
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    compareLists(actual, expected, path, found)
    return
  }
  if (isObject(actual) && isObject(expected)) {
    compareObjects(actual, expected, path, found)
    return
  }
  if (actual !== expected) found.push(`${path}: ${show(actual)} ≠ ${show(expected)}`)
}

function compareLists(actual: Json[], expected: Json[], path: string, found: string[]): void {
  const isSet = /\/\$(frozen)?set$/.test(path)
  const [ours, theirs] = isSet ? [sorted(actual), sorted(expected)] : [actual, expected]
  if (ours.length !== theirs.length) found.push(`${path}: ${ours.length} items ≠ ${theirs.length} items`)
  for (let i = 0; i < Math.min(ours.length, theirs.length); i++)
    compare(ours[i], theirs[i], `${path}/${i}`, found)
}

function compareObjects(
  actual: { [key: string]: Json },
  expected: { [key: string]: Json },
  path: string,
  found: string[],
): void {
  const keys = Object.keys(expected)
  const ours = Object.keys(actual)
  for (const key of new Set([...keys, ...ours])) {
    if (!Object.hasOwn(actual, key)) found.push(`${path}/${key}: missing, expected ${show(expected[key])}`)
    else if (!Object.hasOwn(expected, key)) found.push(`${path}/${key}: ${show(actual[key])} not expected`)
    else if (!isWildcard(key, actual[key], expected[key]))
      compare(actual[key], expected[key], `${path}/${key}`, found)
  }
  // Plain dicts keep the order of insertion; the fields of `$…` forms have none.
  const isForm = /\/\$[^/]*$/.test(path) || keys.some((key) => key.startsWith('$'))
  if (path !== '' && !isForm && keys.join('\n') !== ours.join('\n'))
    found.push(`${path}: other order of keys`)
}

/** `*.Local` stands for any module. */
function isWildcard(key: string, actual: Json | undefined, expected: Json | undefined): boolean {
  if (key !== '$class' || typeof expected !== 'string' || !expected.startsWith('*.')) return false
  return typeof actual === 'string' && actual.endsWith(expected.slice(1))
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  )
}

function sorted(items: readonly Json[]): Json[] {
  return items.toSorted((a, b) => (show(a, Infinity) < show(b, Infinity) ? -1 : 1))
}

function show(value: Json | undefined, limit = 200): string {
  const text =
    JSON.stringify(value, (_key, inner: unknown) =>
      inner instanceof NumberText ? `#${inner.text}` : inner,
    ) ?? 'nothing'
  return text.length > limit ? text.slice(0, limit) + '…' : text
}
