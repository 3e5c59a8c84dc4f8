import { checkRegex, regexFinds, regexText, startRegexClock } from '../../../shared/catalog/query/regex.ts'
import { AppError } from '../../../shared/model/errors.ts'
import { clip } from '../../../shared/render/python.ts'
import { visibleText } from '../../../shared/value/python-text.ts'

const before = 24
const shownCharacters = 120

/** What is looked for. */
export interface Needle {
  /** The number, where it can be read as one: then numbers are found by value, not by their digits. */
  readonly number: number | undefined
  /** A line with what was found and what stands around it; `undefined` where it is not found. */
  readonly inText: (text: string) => string | undefined
  /** Whether it is found in the words of a scalar: `None`, `True`, `1e-06`. */
  readonly inScalar: (literal: string) => boolean
}

/** Throws `BAD_QUERY` for an expression that cannot be read, `USAGE` for an empty text. */
export function needleOf(text: string): Needle {
  if (text === '') throw new AppError('USAGE', 'Say what to look for: a text, a number or /expression/.')
  const [, pattern, flag] = /^\/(.+)\/(i?)$/s.exec(text) ?? []
  if (pattern !== undefined) return regexNeedle(pattern, flag === 'i')
  const wanted = text.toLowerCase()
  return {
    number: /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined,
    inText: (haystack) => {
      // In some texts lower case has another length: then the place is told only roughly.
      const at = haystack.toLowerCase().indexOf(wanted)
      return at < 0 ? undefined : around(haystack, at)
    },
    inScalar: (literal) => literal.toLowerCase() === wanted,
  }
}

function regexNeedle(pattern: string, ignoresCase: boolean): Needle {
  const value = { kind: 'regex', pattern, ignoresCase, column: 1 } as const
  try {
    checkRegex(value)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    throw new AppError('BAD_QUERY', thrown.message.replace(/^Filter, column \d+: /, `/${pattern}/: `))
  }
  const regex = regexText(value)
  const finds = (text: string): boolean => {
    startRegexClock()
    return regexFinds(text, regex)
  }
  return {
    number: undefined,
    inText: (haystack) => (finds(haystack) ? around(haystack, firstLine(haystack, finds)) : undefined),
    inScalar: finds,
  }
}

/** Where the first line begins that has it; an expression may span lines, then the text's beginning is shown. */
function firstLine(text: string, finds: (line: string) => boolean): number {
  let at = 0
  for (const line of text.slice(0, 100_000).split('\n')) {
    if (finds(line)) return at
    at += line.length + 1
  }
  return 0
}

function around(text: string, at: number): string {
  const start = Math.max(0, at - before)
  return clip((start > 0 ? '…' : '') + visibleText(text.slice(start, at + shownCharacters)), shownCharacters)
}
