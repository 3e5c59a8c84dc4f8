import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../model/errors.ts'
import type { Query, QueryValue, RegexValue, Subject, Word } from './ast.ts'
import { fieldTypes } from './ast.ts'
import { parseQuery, queryLimits } from './parse.ts'
import { printQuery } from './print.ts'
import { isRegex } from './testing/is-regex.ts'

/** The tree without columns, which depend on how the text was written. */
function bare(query: Query): unknown {
  return JSON.parse(JSON.stringify(query, (name, value: unknown) => (name === 'column' ? undefined : value)))
}

function parsed(text: string): unknown {
  return bare(parseQuery(text))
}

function failure(text: string): { column: unknown; message: string } {
  try {
    parseQuery(text)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'BAD_QUERY') {
      return { column: thrown.data.column, message: thrown.message }
    }
    throw thrown
  }
  throw new Error(`'${text}' was accepted`)
}

const word = (text: string, quoted = false) => ({ kind: 'word', text, quoted })
const field = (name: string, operator: string, value: unknown) => ({
  kind: 'compare',
  subject: { kind: 'field', name },
  operator,
  value,
})
const argument = (name: string, operator: string, value: unknown) => ({
  kind: 'compare',
  subject: { kind: 'argument', name },
  operator,
  value,
})
const output = (path: string, operator: string, value: unknown) => ({
  kind: 'compare',
  subject: { kind: 'output', path },
  operator,
  value,
})
const text = (value: string) => ({ kind: 'text', text: value })

describe('parseQuery', () => {
  it('reads the example of the design', () => {
    expect(
      parsed(
        'func:relax element:Cu cutoff>400 age>30d size>1MB took>10s user:ana status:damaged "free text"',
      ),
    ).toEqual({
      kind: 'and',
      terms: [
        field('func', ':', word('relax')),
        argument('element', ':', word('Cu')),
        argument('cutoff', '>', word('400')),
        field('age', '>', word('30d')),
        field('size', '>', word('1MB')),
        field('took', '>', word('10s')),
        field('user', ':', word('ana')),
        field('status', ':', word('damaged')),
        text('free text'),
      ],
    })
  })

  it.each([
    ['', { kind: 'all' }],
    ['  \n', { kind: 'all' }],
    ['a or b c', { kind: 'or', terms: [text('a'), { kind: 'and', terms: [text('b'), text('c')] }] }],
    ['(a or b) and c', { kind: 'and', terms: [{ kind: 'or', terms: [text('a'), text('b')] }, text('c')] }],
    ['((a (b c)))', { kind: 'and', terms: [text('a'), text('b'), text('c')] }],
    ['a OR (b or c)', { kind: 'or', terms: [text('a'), text('b'), text('c')] }],
    ['-a', { kind: 'not', term: text('a') }],
    ['not not a', text('a')],
    ['NOT (a b)', { kind: 'not', term: { kind: 'and', terms: [text('a'), text('b')] } }],
    ['-user:ana', { kind: 'not', term: field('user', ':', word('ana')) }],
    ['a-b', text('a-b')],
    ['- a', { kind: 'and', terms: [text('-'), text('a')] }],
    ['android', text('android')],
    ['"and"', text('and')],
    ['or:x', argument('or', ':', word('x'))],
    ['cutoff > 400', argument('cutoff', '>', word('400'))],
    ['cutoff >= 400', argument('cutoff', '>=', word('400'))],
    ['a!=1 b!', { kind: 'and', terms: [argument('a', '!=', word('1')), text('b!')] }],
    [String.raw`cwd:C:\Users\wei`, field('cwd', ':', word(String.raw`C:\Users\wei`))],
    [String.raw`cwd:"C:\Users\\a \"b\""`, field('cwd', ':', word(String.raw`C:\Users\a "b"`, true))],
    ['run>=2025-06-01T12:30', field('run', '>=', word('2025-06-01T12:30'))],
    ['"size">3', argument('size', '>', word('3'))],
    ['"two words":3', argument('two words', ':', word('3'))],
    ['cutoff:400..500', argument('cutoff', ':', { kind: 'range', from: '400', to: '500' })],
    ['cutoff:400..', argument('cutoff', ':', { kind: 'range', from: '400' })],
    ['size=..1MB', field('size', '=', { kind: 'range', to: '1MB' })],
    ['path:../data', argument('path', ':', word('../data'))],
    ['cwd:a..b', field('cwd', ':', word('a..b'))],
    ['cutoff:"400..500"', argument('cutoff', ':', word('400..500', true))],
    [
      'element:(Cu, "A g",Ag)',
      argument('element', ':', { kind: 'list', items: [word('Cu'), word('A g', true), word('Ag')] }),
    ],
    [
      'element:(Cu)(b)',
      { kind: 'and', terms: [argument('element', ':', { kind: 'list', items: [word('Cu')] }), text('b')] },
    ],
    ['func: or b', { kind: 'and', terms: [field('func', ':', word('or')), text('b')] }],
    ['params.cutoff>400', argument('params.cutoff', '>', word('400'))],
    ['output.info.steps>3', output('info.steps', '>', word('3'))],
    ['output."free energy" < -3', output('free energy', '<', word('-3'))],
    ['output>=1', output('', '>=', word('1'))],
    ['output:1..3', output('', ':', { kind: 'range', from: '1', to: '3' })],
    ['"output">3', argument('output', '>', word('3'))],
    ['"output.energy">3', argument('output.energy', '>', word('3'))],
    ['outputs>3', argument('outputs', '>', word('3'))],
    ['shape:3x1..5', field('shape', ':', word('3x1..5'))],
    [
      'is:(superseded,duplicate)',
      field('is', ':', { kind: 'list', items: [word('superseded'), word('duplicate')] }),
    ],
    ['/re.*x$/', { kind: 'regex', pattern: 're.*x$', ignoresCase: false }],
    [
      'func:/^(eos|relax)_/i cutoff>3',
      {
        kind: 'and',
        terms: [
          field('func', ':', { kind: 'regex', pattern: '^(eos|relax)_', ignoresCase: true }),
          argument('cutoff', '>', word('3')),
        ],
      },
    ],
    [
      String.raw`(cwd:/a\/b"c"\d/)`,
      field('cwd', ':', { kind: 'regex', pattern: String.raw`a/b"c"\d`, ignoresCase: false }),
    ],
    ['cwd:/home/ana/*', field('cwd', ':', word('/home/ana/*'))],
    ['cwd:/home/ana', field('cwd', ':', word('/home/ana'))],
    ['cwd:"/home/"', field('cwd', ':', word('/home/', true))],
    ['cwd=/home/', field('cwd', '=', word('/home/'))],
    ['/step 1/', { kind: 'regex', pattern: 'step 1', ignoresCase: false }],
    [
      'x /step 1/i y',
      {
        kind: 'and',
        terms: [text('x'), { kind: 'regex', pattern: 'step 1', ignoresCase: true }, text('y')],
      },
    ],
    [
      "(args:/cutoff=400, mode='a (b)'/)",
      field('args', ':', { kind: 'regex', pattern: "cutoff=400, mode='a (b)'", ignoresCase: false }),
    ],
    [
      String.raw`cwd:/tmp\ da\/ta/`,
      field('cwd', ':', { kind: 'regex', pattern: 'tmp da/ta', ignoresCase: false }),
    ],
    [
      'cwd:/tmp a:/b/',
      {
        kind: 'and',
        terms: [
          field('cwd', ':', word('/tmp')),
          argument('a', ':', { kind: 'regex', pattern: 'b', ignoresCase: false }),
        ],
      },
    ],
    ['(cwd:/tmp) data/', { kind: 'and', terms: [field('cwd', ':', word('/tmp')), text('data/')] }],
    ['/tmp "a b/"', { kind: 'and', terms: [text('/tmp'), text('a b/')] }],
    ['/step 1', { kind: 'and', terms: [text('/step'), text('1')] }],
    ['/home/ana b', { kind: 'and', terms: [text('/home/ana'), text('b')] }],
    ['//', text('//')],
    ['größe>2', argument('größe', '>', word('2'))],
  ])('reads %s', (query, expected) => {
    expect(parsed(query)).toEqual(expected)
  })

  it.each([
    ['(a or b', 1, 'never closed'],
    ['a) b', 2, 'closes nothing'],
    ['func:', 6, 'a value was expected'],
    ['"abc', 1, 'quote is never closed'],
    ['func:"abc', 6, 'quote is never closed'],
    ['a and', 6, 'ends where'],
    ['or b', 1, "before 'or'"],
    ['a and and b', 7, "before 'and'"],
    ['not', 4, 'ends where'],
    ['>5', 1, 'a word or a field'],
    ['""', 1, 'between the quotes'],
    ['"":3', 1, 'name of an argument'],
    ['element:()', 10, 'in the list'],
    ['element:(Cu', 12, "',' or ')'"],
    ['element:(Cu,)', 13, 'in the list'],
    ['cutoff>(1,2)', 8, 'a list goes with'],
    ['output."a"', 11, 'an operator'],
    ['output."":3', 9, 'a path'],
    ['a /(b/', 4, 'missing closing )'],
    ['cwd:/tmp data/', 5, "the text '/tmp' and other terms"],
    ['x path:/tmp data/ y', 8, 'a backslash before each space'],
    ['output.file:/tmp  data/', 13, 'in quotes'],
    ['x /tmp user:ana data/', 3, "the text '/tmp'"],
    ['x /tmp output.a>3 data/', 3, "the text '/tmp'"],
    ['/this or that/', 1, "the text '/this'"],
    ['/tmp "a/ b"', 1, "the text '/tmp'"],
    ['/step (1/', 2, 'missing closing )'],
    ['func:/x[z-a]/', 9, 'invalid character class range'],
    ['func:/(?=x)/', 7, 'looking ahead'],
    ['/a{1001}/', 3, 'invalid repeat count'],
    [`/${'(a{30}){30}'.repeat(3)}/`, 1, 'too large'],
    [`/${'a'.repeat(501)}/`, 1, 'at most 500 characters'],
    ['()', 2, 'a word or a field'],
    ['size:..', 6, 'at least one end'],
  ])('refuses %s at column %i', (query, column, sentence) => {
    const { column: found, message } = failure(query)
    expect(message).toContain(sentence)
    expect(found).toBe(column)
  })

  it('refuses what is too long, too deep or too much, quickly', () => {
    const started = performance.now()
    expect(failure('x'.repeat(100_000)).message).toContain('at most 10000 characters')
    expect(failure('('.repeat(10_000)).message).toContain('more than 50 deep')
    expect(failure('-('.repeat(5000)).message).toContain('more than 50 deep')
    expect(failure('a '.repeat(5000)).message).toContain(`at most ${queryLimits.words} words`)
    expect(failure('"'.repeat(9999)).column).toBeGreaterThan(0)
    expect(parsed('-'.repeat(9998) + 'a')).toEqual(text('a'))
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('either reads any text or refuses it with a column within it', () => {
    const fragments = '/ /i [ ( ) " - : > < = ! .. , and or not func size x * \\ 4'
      .split(' ')
      .flatMap((part) => [part, `${part} `])
    const anyText = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...fragments)).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(anyText, (query) => {
        const { tree, column } = outcome(query)
        if (tree) return isDeepStrictEqual(parsed(printQuery(tree)), bare(tree))
        return column >= 1 && column <= query.length + 1
      }),
      { numRuns: 2000 },
    )
  })
})

/** What a text gives: a tree, or the column of the refusal. */
function outcome(query: string): { tree?: Query; column: number } {
  try {
    return { tree: parseQuery(query), column: 0 }
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'BAD_QUERY')
      return { column: Number(thrown.data.column) }
    throw thrown
  }
}

describe('printQuery', () => {
  const anyText = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.constantFrom('and', 'a b', '"', '\\', '-x', 'size', 'C:\\'),
  )
  const plainWord: fc.Arbitrary<Word> = fc
    .stringMatching(/^(?:[A-Za-z0-9*=<>:!_é]{1,8}|\/[a-z]{1,3}|[a-z]\/|\/[a-z]\/[*a-h]{1,3})$/)
    .map((value) => ({ kind: 'word', text: value, quoted: false, column: 0 }))
  const quotedWord: fc.Arbitrary<Word> = fc
    .string({ unit: 'binary' })
    .map((value) => ({ kind: 'word', text: value, quoted: true, column: 0 }))
  const anyWord = fc.oneof(plainWord, quotedWord)
  const anyNumber = fc.integer().map(String)
  const range: fc.Arbitrary<QueryValue> = fc.oneof(
    fc.record({
      kind: fc.constant('range' as const),
      from: anyNumber,
      to: anyNumber,
      column: fc.constant(0),
    }),
    fc.record({ kind: fc.constant('range' as const), from: anyNumber, column: fc.constant(0) }),
    fc.record({ kind: fc.constant('range' as const), to: anyNumber, column: fc.constant(0) }),
  )
  const list: fc.Arbitrary<QueryValue> = fc
    .array(anyWord, { minLength: 1, maxLength: 4 })
    .map((items) => ({ kind: 'list', items, column: 0 }))
  const subject: fc.Arbitrary<Subject> = fc.oneof(
    fc
      .constantFrom(...(Object.keys(fieldTypes) as (keyof typeof fieldTypes)[]))
      .map((name) => ({ kind: 'field' as const, name })),
    anyText.map((name) => ({ kind: 'argument' as const, name })),
    fc
      .oneof(fc.constantFrom('', 'energy', 'info.steps', 'cell.0', 'a b'), anyText)
      .map((path) => ({ kind: 'output' as const, path })),
  )
  const ordered = (name: Subject): boolean =>
    name.kind !== 'field' || ['size', 'duration', 'age', 'time', 'version'].includes(fieldTypes[name.name])
  const comparison: fc.Arbitrary<Query> = fc
    .tuple(subject, fc.constantFrom(':', '=', '!=', '>', '>=', '<', '<='), anyWord, range, list, fc.nat(2))
    .map(([name, operator, single, between, several, choice]) => {
      const many = operator === ':' || operator === '='
      const value = many && choice === 1 && ordered(name) ? between : many && choice === 2 ? several : single
      return { kind: 'compare', subject: name, operator: operator as ':', value, column: 0 }
    })
  const regexParts = [
    'a',
    'B',
    '/',
    '"',
    '(',
    ')',
    '|',
    '.',
    '*',
    '[a-c]',
    'é',
    ' ',
    ' or x:',
    '\n',
    '\u00a0',
    String.raw`\d`,
    String.raw`\\`,
  ]
  const regex: fc.Arbitrary<RegexValue> = fc
    .tuple(fc.array(fc.constantFrom(...regexParts), { minLength: 1, maxLength: 8 }), fc.boolean())
    .map(([parts, ignoresCase]) => ({
      kind: 'regex' as const,
      pattern: parts.join(''),
      ignoresCase,
      column: 0,
    }))
    .filter(isRegex)
  const leaf: fc.Arbitrary<Query> = fc.oneof(
    regex,
    fc.tuple(subject, regex).map(([name, value]) => ({
      kind: 'compare' as const,
      subject: name,
      operator: ':' as const,
      value,
      column: 0,
    })),
    anyText.map((value) => ({ kind: 'text' as const, text: value, column: 0 })),
    comparison,
  )
  const query = fc.letrec<{ query: Query }>((tie) => ({
    query: fc.oneof(
      { maxDepth: 4 },
      leaf,
      tie('query').map((term) => (term.kind === 'not' ? term : { kind: 'not' as const, term })),
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('query'), { minLength: 2, maxLength: 3 }),
        )
        .map(([kind, terms]) => ({
          kind,
          terms: terms.flatMap((term) => (term.kind === kind ? term.terms : [term])),
        })),
    ),
  })).query

  it('gives a text that reads as the same tree', () => {
    fc.assert(
      fc.property(query, (tree) => {
        expect(parsed(printQuery(tree))).toEqual(bare(tree))
      }),
      { numRuns: 1500 },
    )
  })

  it('writes the short forms', () => {
    expect(printQuery(parseQuery('NOT (user:ana AND element:( Cu , "Ag")) or ((x))'))).toBe(
      '-(user:ana element:(Cu,"Ag")) or x',
    )
    expect(printQuery(parseQuery(''))).toBe('')
  })
})
