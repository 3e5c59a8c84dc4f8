import { RE2JS, RE2JSException } from 're2js'
import type { RegexValue } from './ast.ts'
import { badQuery, quote } from './error.ts'
import { plainRegex } from './plain-regex.ts'

/**
 * Regular expressions are run by an engine that takes time proportional to the text times the size of the program,
 * whatever the expression: none of them can hang. Both are bounded, and so is the time that one search may take.
 */
const charactersAtMost = 500
const programAtMost = 1_000
const compiledKept = 100
const searchMs = 10_000
/** A look at the clock costs as much as a short text. */
const charactersBetweenLooks = 2_000

const compiled = new Map<string, RE2JS>()

/** What is found by, as one text: parameters of SQL are texts. */
export function regexText({ pattern, ignoresCase }: RegexValue): string {
  return `${ignoresCase ? 'i' : '-'}${pattern}`
}

/** @throws AppError BAD_QUERY that points at what is wrong with it. */
export function checkRegex(value: RegexValue): void {
  const { pattern, column } = value
  if (pattern.length > charactersAtMost) {
    throw badQuery(column, `a regular expression has at most ${charactersAtMost} characters`)
  }
  let size
  try {
    size = compile(regexText(value)).programSize()
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown
    const { error, input } = thrown as RE2JSException & { error?: string; input?: string }
    const at = input === undefined ? -1 : pattern.indexOf(input)
    const hint = /^\(\?[=!<]/.test(input ?? '') ? '; looking ahead or behind is not possible here' : ''
    throw badQuery(
      column + 1 + Math.max(0, at),
      `this is no regular expression: ${error ?? 'it cannot be read'}${input === undefined ? '' : ` at ${quote(input)}`}${hint}`,
    )
  }
  if (size > programAtMost) throw badQuery(column, 'this regular expression is too large; repeat less in it')
}

/**
 * Whether the expression of a `regexText` is found somewhere in a text.
 *
 * @throws AppError BAD_QUERY if the search takes too long, see `startRegexClock`
 */
export function regexFinds(text: string, regex: string): boolean {
  lookAtClock(text.length)
  return (plainForm(regex) ?? compile(regex)).test(text)
}

let lastPlain: { readonly regex: string; readonly form: RegExp | undefined } | undefined

function plainForm(regex: string): RegExp | undefined {
  if (lastPlain?.regex !== regex)
    lastPlain = { regex, form: regex.startsWith('i') ? undefined : plainRegex(regex.slice(1)) }
  return lastPlain.form
}

function compile(regex: string): RE2JS {
  let program = compiled.get(regex)
  if (!program) {
    program = RE2JS.compile(regex.slice(1), regex.startsWith('i') ? RE2JS.CASE_INSENSITIVE : 0)
    if (compiled.size >= compiledKept) compiled.clear()
    compiled.set(regex, program)
  }
  return program
}

let startedMs = 0
let charactersSinceLook = 0

/** A search begins, which may take its time. */
export function startRegexClock(): void {
  startedMs = performance.now()
  charactersSinceLook = 0
}

/** @throws AppError BAD_QUERY if the search takes too long. */
function lookAtClock(characters: number): void {
  charactersSinceLook += characters
  if (charactersSinceLook < charactersBetweenLooks) return
  charactersSinceLook = 0
  if (performance.now() - startedMs < searchMs) return
  throw badQuery(
    1,
    `looking for the regular expression took more than ${searchMs / 1000} s; use a plainer one, or words`,
  )
}

/** More alternatives than this are not worth asking the index for. */
const alternativesAtMost = 8

/**
 * Pieces of text of which one is in everything that the expression finds, each at least three characters of ASCII, if
 * they are easily told: few texts are worth looking at then. Case of letters does not count in them.
 */
export function requiredTexts({ pattern, ignoresCase }: RegexValue): readonly string[] | undefined {
  // Groups, and what is longer than it looks: \pL, \x41, \101, \Q…\E, [[:alpha:]].
  if (/[()]|\\[pPxQC\d]|\[:/.test(pattern)) return undefined
  const alternatives: string[][] = [[]]
  for (const piece of pattern.match(/\\.|\[\^?\]?(?:\\.|[^\]])*\]|\{[\d,]*\}|[^]/g) ?? []) {
    if (piece === '|') alternatives.push([])
    else alternatives.at(-1)!.push(piece)
  }
  if (alternatives.length > alternativesAtMost) return undefined
  const texts = alternatives.map((pieces) => requiredOf(pieces, ignoresCase))
  return texts.every((text) => text !== undefined) ? texts : undefined
}

/** The longest run of pieces that stand for themselves. */
function requiredOf(pieces: readonly string[], ignoresCase: boolean): string | undefined {
  let best = ''
  let run = ''
  const end = (): void => {
    if (run.length > best.length) best = run
    run = ''
  }
  for (const piece of pieces) {
    if (/^(?:[*?]|\{.*\})$/.test(piece)) {
      run = run.slice(0, -1)
      end()
    } else if (/^\\[^a-z\d]$/i.test(piece)) run += piece[1]!
    else if (/^[^\\[.^$+]$/.test(piece)) run += piece
    // `ab+c`: the b is there, what follows it may be one more b.
    else end()
  }
  end()
  // A few letters are written in other ways too when case does not count: K as in kelvin, the long s.
  const isPlain = /^[\u0020-\u007e]+$/.test(best) && !(ignoresCase && /[ks]/i.test(best))
  return best.length >= 3 && isPlain ? best : undefined
}
