import type { Comparison, Word } from './ast.ts'
import type { Condition } from './condition.ts'
import { joinConditions } from './condition.ts'
import { regexText } from './regex.ts'
import { foldFor, isAscii, isPattern, likePattern } from './text.ts'
import { isNumber } from './units.ts'

/**
 * Text of an argument for comparing: the text itself, else its Python literal, which for whole numbers
 * is not stored because the number says it (`argument-columns.ts`).
 */
const textForm = `CASE WHEN typeof(value) = 'text' THEN value WHEN preview IS NULL THEN printf('%d', value) ELSE preview END`
const isNumberColumn = `typeof(value) IN ('integer', 'real')`

/** A condition on a row of `arguments` whose name is already chosen; NULL counts as false. */
export function argumentCondition({ operator, value }: Comparison): Condition {
  if (value.kind === 'range') {
    const ends: Condition[] = []
    if (value.from !== undefined) ends.push({ sql: 'value >= ?', parameters: [Number(value.from)] })
    if (value.to !== undefined) ends.push({ sql: 'value <= ?', parameters: [Number(value.to)] })
    return joinConditions('AND', [{ sql: isNumberColumn, parameters: [] }, ...ends])
  }
  if (value.kind === 'regex') {
    return { sql: `regex_finds(${textForm}, ?)`, parameters: [regexText(value)] }
  }
  const words = value.kind === 'list' ? value.items : [value]
  switch (operator) {
    case ':':
      return joinConditions('OR', words.map(like))
    case '=':
      return joinConditions('OR', words.map(equal))
    case '!=': {
      const { sql, parameters } = joinConditions('OR', words.map(equal))
      return { sql: `NOT ifnull(${sql}, 0)`, parameters }
    }
    default: {
      const word = words[0]!
      return asNumber(word) === undefined
        ? { sql: `(typeof(value) = 'text' AND value ${operator} ? COLLATE NOCASE)`, parameters: [word.text] }
        : { sql: `(${isNumberColumn} AND value ${operator} ?)`, parameters: [Number(word.text)] }
    }
  }
}

function like(word: Word): Condition {
  if (isPattern(word)) {
    if (/^\*+$/.test(word.text)) return { sql: '1', parameters: [] }
    if (isAscii(word.text)) {
      return { sql: `${textForm} LIKE ? ESCAPE '\\'`, parameters: [likePattern(word.text, true)] }
    }
    return { sql: `matches_pattern(${textForm}, ?)`, parameters: [word.text.toLowerCase()] }
  }
  const text: Condition = isAscii(word.text)
    ? { sql: `${textForm} = ? COLLATE NOCASE`, parameters: [word.text] }
    : { sql: `fold(${textForm}) = ?`, parameters: [foldFor(word.text)(word.text)] }
  return joinConditions('OR', [text, ...numberEqual(word)])
}

function equal(word: Word): Condition {
  return joinConditions('OR', [{ sql: `${textForm} = ?`, parameters: [word.text] }, ...numberEqual(word)])
}

function numberEqual(word: Word): Condition[] {
  const number = asNumber(word)
  return number === undefined ? [] : [{ sql: 'value = ?', parameters: [number] }]
}

function asNumber(word: Word): number | undefined {
  return !word.quoted && isNumber(word.text) ? Number(word.text) : undefined
}
