import type { ArgumentSummary } from '../model/record.ts'
import { clip } from '../render/python.ts'
import { cleanText } from './scalars.ts'

const previewCharacters = 80
const textCharacters = 200
/** Longer texts are told by their beginning alone. */
const parsedCharacters = 10_000

const wholeNumber = /^[+-]?\d+$/
const decimal = /^[+-]?(?:(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?|\d+e[+-]?\d+|inf)$/
const plainText = /^(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")$/s
const numpyScalar = /^(?:np|numpy)\.[a-z]+[\d_]*\((.*)\)$/s
const called = /^(?:[\p{L}_][\p{L}\p{N}_]*\.)*([\p{L}_][\p{L}\p{N}_]*)\(/u
const described = /^<(?:[\w.]*\.)?(\w+) (?:object|instance|at) /

/** Types of literals by their first characters. */
const openings: readonly (readonly [opening: RegExp, type: string])[] = [
  [/^\[/, 'list'],
  [/^\(?[-+\d.einfa]{1,80}j\)?$/, 'complex'],
  [/^\(/, 'tuple'],
  [/^\{(?:\}|[^,'"]*:|'(?:[^'\\]|\\.)*':|"(?:[^"\\]|\\.)*":)/s, 'dict'],
  [/^\{/, 'set'],
  [/^b['"]/, 'bytes'],
  [/^['"]/, 'str'],
]

/** Constructors whose names are not those of their types. */
const typeNames: Readonly<Record<string, string>> = { array: 'ndarray' }

/** An argument of which there is only what Python's `repr` wrote: literals are understood, all else is shown. */
export function summarizeRepr(name: string, repr: string): ArgumentSummary {
  const head = repr.slice(0, parsedCharacters)
  const number = numberOfRepr(head)
  const text = plainText.test(head) ? unescape(head.slice(1, -1)) : undefined
  return {
    name,
    type: typeOfRepr(head),
    preview: clip(cleanText(head.replaceAll(/\s+/g, ' '), parsedCharacters), previewCharacters),
    ...(number !== undefined && { number }),
    ...(text !== undefined && { text: cleanText(text, textCharacters) }),
  }
}

function typeOfRepr(repr: string): string {
  if (wholeNumber.test(repr)) return 'int'
  if (decimal.test(repr) || repr === 'nan') return 'float'
  if (repr === 'True' || repr === 'False') return 'bool'
  if (repr === 'None') return 'NoneType'
  const literal = openings.find(([opening]) => opening.test(repr))
  if (literal) return literal[1]
  const className = called.exec(repr)?.[1] ?? described.exec(repr)?.[1]
  if (className === undefined) return 'object'
  return Object.hasOwn(typeNames, className) ? typeNames[className]! : className
}

/** As numbers and booleans of a value tree are: NaN and whole numbers beyond all floats have none. */
function numberOfRepr(repr: string): number | undefined {
  if (repr === 'True') return 1
  if (repr === 'False') return 0
  const plain = numpyScalar.exec(repr)?.[1] ?? repr
  if (wholeNumber.test(plain)) {
    const number = Number(plain)
    return Number.isFinite(number) ? number : undefined
  }
  return decimal.test(plain) ? Number(plain.replace('inf', 'Infinity')) : undefined
}

const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** The escapes that `repr` writes. */
function unescape(body: string): string {
  return body.replaceAll(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|(.))/gs,
    (whole: string, ...[two, four, eight, single]: (string | undefined)[]) => {
      const digits = two ?? four ?? eight
      if (digits === undefined) return simpleEscapes[single!] ?? single!
      const code = Number.parseInt(digits, 16)
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
    },
  )
}
