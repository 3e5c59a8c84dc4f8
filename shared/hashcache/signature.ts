import { type Expression, type Function as FunctionNode, parse, type Pattern, tokenizer } from 'acorn'
import { AppError } from '../model/errors.ts'

/** What the key of a call needs to know of a function. */
export interface Signature {
  /** Names in order; a destructured parameter is called by its place, `arg0`. */
  readonly parameters: readonly Parameter[]
  /** The tokens of the source: comments and layout do not count. */
  readonly source: string
}

export interface Parameter {
  readonly name: string
  /** A `...rest` parameter takes all remaining arguments. */
  readonly isRest: boolean
  /** The default, where it is a literal; other defaults are left to the function. */
  readonly defaultValue?: { readonly value: unknown }
}

/**
 * Reads names, literal defaults and tokens out of a function's text.
 * @throws AppError `USAGE` for native and bound functions, whose source cannot be seen.
 */
export function signatureOf(fn: (...args: never[]) => unknown): Signature {
  const text = Function.prototype.toString.call(fn)
  const wrapped = forms(text).find(isExpression)
  if (!wrapped || text.includes('[native code]')) {
    throw new AppError(
      'USAGE',
      `The source of ${fn.name || 'the function'} cannot be seen (a native or bound function): wrap it in a function of your own`,
    )
  }
  const node = findFunction(wrapped)
  return { parameters: node.params.map(readParameter), source: tokensOf(text) }
}

/** A function's text stands alone, as a method of an object, or as a member of a class. */
function forms(text: string): string[] {
  return [`(${text})`, `({${text}})`, `(class {${text}})`]
}

const options = { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true } as const

function isExpression(text: string): boolean {
  try {
    parse(text, options)
    return true
  } catch {
    return false
  }
}

function findFunction(wrapped: string): FunctionNode {
  const statement = parse(wrapped, options).body[0]
  const expression = statement?.type === 'ExpressionStatement' ? statement.expression : undefined
  const found = expression && functionIn(expression)
  if (!found) throw new AppError('USAGE', 'Only functions can be memoized: a class cannot')
  return found
}

function functionIn(expression: Expression): FunctionNode | undefined {
  switch (expression.type) {
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return expression
    case 'ObjectExpression': {
      const property = expression.properties[0]
      return property?.type === 'Property' ? functionIn(property.value) : undefined
    }
    case 'ClassExpression': {
      const member = expression.body.body[0]
      return member?.type === 'MethodDefinition' ? member.value : undefined
    }
    default:
      return undefined
  }
}

function readParameter(pattern: Pattern, index: number): Parameter {
  if (pattern.type === 'RestElement') {
    return {
      name: pattern.argument.type === 'Identifier' ? pattern.argument.name : `arg${index}`,
      isRest: true,
    }
  }
  const target = pattern.type === 'AssignmentPattern' ? pattern.left : pattern
  const name = target.type === 'Identifier' ? target.name : `arg${index}`
  const literal = pattern.type === 'AssignmentPattern' ? literalOf(pattern.right) : undefined
  return { name, isRest: false, ...(literal && { defaultValue: literal }) }
}

/** Numbers, texts, booleans, null and arrays and objects of them. */
function literalOf(expression: Expression): { value: unknown } | undefined {
  switch (expression.type) {
    case 'Literal':
      return 'regex' in expression && expression.regex ? undefined : { value: expression.value }
    case 'UnaryExpression': {
      const inner = expression.operator === '-' ? literalOf(expression.argument) : undefined
      return typeof inner?.value === 'number' ? { value: -inner.value } : undefined
    }
    case 'ArrayExpression': {
      const items = expression.elements.map((item) =>
        item && item.type !== 'SpreadElement' ? literalOf(item) : undefined,
      )
      return items.every((item) => item !== undefined)
        ? { value: items.map((item) => item.value) }
        : undefined
    }
    case 'ObjectExpression': {
      const entries: [string, unknown][] = []
      for (const property of expression.properties) {
        if (property.type !== 'Property' || property.computed || property.kind !== 'init') return undefined
        const value = literalOf(property.value)
        if (!value) return undefined
        const { key } = property
        entries.push([
          key.type === 'Identifier' ? key.name : String((key as { value?: unknown }).value),
          value.value,
        ])
      }
      return { value: Object.fromEntries(entries) }
    }
    default:
      return undefined
  }
}

function tokensOf(text: string): string {
  const tokens: string[] = []
  for (const token of tokenizer(text, options)) tokens.push(text.slice(token.start, token.end))
  return tokens.join(' ')
}
