import fc from 'fast-check'
import type { EntryInside, EntrySummary } from '../../model/record.ts'
import { sortColumns } from '../columns.ts'
import type { CatalogEntry } from '../writer.ts'

/** Entries, filters and sorts for laws of the catalog. */

const encoder = new TextEncoder()

const names = fc.option(
  fc.constantFrom('relax', 'Relax', 'eos_fit', 'müller', 'Müller', 'a*b', '', '10', 'x y'),
  { nil: undefined },
)
const argumentValue = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((value) => ({ type: 'int', preview: String(value), number: value })),
  fc
    .constantFrom(0.5, 1e300, -0, Infinity)
    .map((value) => ({ type: 'float', preview: `${value}.`, number: value })),
  fc.boolean().map((value) => ({ type: 'bool', preview: value ? 'True' : 'False', number: Number(value) })),
  fc
    .constantFrom('Cu', 'cu', 'Ag', '2', 'é', 'É', '')
    .map((value) => ({ type: 'str', preview: `'${value}'`, text: value })),
  fc.constantFrom('(8, 8)', 'None', '[1]').map((preview) => ({ type: 'tuple', preview })),
)
const leaves = (paths: readonly string[]) =>
  fc
    .dictionary(fc.constantFrom(...paths), argumentValue)
    .map((found) => Object.entries(found).map(([name, value]) => Object.assign({ name }, value)))
const alike = fc.constantFrom(
  undefined,
  { text: 'one', isWhole: true },
  { text: 'two', isWhole: true },
  { text: 'much', isWhole: false },
)
const inside: fc.Arbitrary<EntryInside | undefined> = fc.option(
  fc.record({
    nested: leaves(['p.q', 'p.r']),
    output: leaves(['', 'e', 'info.n', 'a b']),
    shape: fc.constantFrom(undefined, '', '3', '3x10', '10x3', '3x4x5'),
    dtype: fc.constantFrom(undefined, 'float64', 'int32'),
    recordedHash: fc.constantFrom(undefined, 'ab', 'b'),
    sameCall: alike,
    sameOutput: alike,
    argumentsText: fc.constantFrom(undefined, `x='Cu relax', y=12`, `label='Müller'`),
    outputText: fc.constantFrom(undefined, `{'energy': -12.5, 'note': 'RELAX'}`, 'x y 10'),
  }),
  { nil: undefined },
)
const summary: fc.Arbitrary<EntrySummary> = fc.record({
  kind: fc.constantFrom('call', 'dump', 'foreign'),
  status: fc.constantFrom('ok', 'partial', 'damaged'),
  func: names,
  module: names,
  user: names,
  host: names,
  cwd: names,
  outputType: names,
  version: fc.constantFrom('0.0.2', '0.0.10', '0.1', undefined),
  runAtSeconds: fc.option(fc.integer({ min: -100, max: 100 }), { nil: undefined }),
  elapsedSeconds: fc.option(fc.constantFrom(0, 0.5, 1, 60), { nil: undefined }),
  call: names,
  outputPreview: names,
  inside,
  args: fc
    .dictionary(fc.constantFrom('x', 'y', 'size'), argumentValue)
    .map((args) => Object.entries(args).map(([name, value]) => Object.assign({ name }, value))),
})
export const arbitraryEntries: fc.Arbitrary<CatalogEntry[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('relax1', 'b', 'B', 'c', 'ab', 'ac', 'x', '10').map((key) => encoder.encode(key)),
    sizeBytes: fc.option(fc.constantFrom(0, 1000, 5_000_000_000), { nil: undefined }),
    summary,
  }),
  { selector: ({ key }) => String(key) },
)
const namesOf = fc.constantFrom(
  'func',
  'module',
  'user',
  'host',
  'cwd',
  'type',
  'dtype',
  'x',
  'y',
  '"size"',
  'z',
  'p.q',
  'p.r',
  'output.e',
  'output.info.n',
  'output."a b"',
  'output.none',
)
const wordText = fc.constantFrom(
  'relax',
  'RELAX',
  'cu',
  'Cu',
  '*',
  'r*',
  '*E*',
  '"a*b"',
  'müller',
  'MÜ*',
  '2',
  '-1',
  '0.5',
  '1e300',
  'True',
  '""',
  '"2"',
  '"(8, 8)"',
  'None',
  'n*',
)
const operator = fc.constantFrom(':', '=', '!=', '>', '>=', '<', '<=')
const term = fc.oneof(
  fc.tuple(namesOf, operator, wordText).map((parts) => parts.join('')),
  fc
    .tuple(namesOf, fc.constantFrom(':', '='), fc.array(wordText, { minLength: 1, maxLength: 3 }))
    .map(([name, sign, words]) => `${name}${sign}(${words.join(',')})`),
  fc.constantFrom(
    'output>=1',
    'output=2',
    'output!="2"',
    'is:superseded',
    'is:(duplicate,maybe-superseded)',
    'is:maybe-duplicate',
    'is!=misplaced',
    'shape:3',
    'shape:3x*',
    'shape:(*x3,3x10)',
    'shape!=3x10',
    'shape:*',
    'output.e:-1..2',
    'output:..0',
    'p.q:1..',
    'x:-1..2',
    'y:..0',
    'x:1..',
    'took:0.5..1',
    'size>=1kB',
    'size:(0,5GB)',
    'took!=1',
    'took<1min',
    'age>1s',
    'age<=50s',
    'age:10s..1min',
    'version>0.0.2',
    'version:0.0.2..0.0.10',
    'version<=0.1',
  ),
  fc.constantFrom(
    'kind:(call,dump)',
    'kind!=call',
    'status:ok',
    'status:damaged',
    'key:a',
    'key:relax',
    'text:re',
    'text!=cu',
    'text:(cu,"x y")',
  ),
  fc.constantFrom(
    '/re?lax/',
    '/RELAX/i',
    '/^x/',
    '/e.*1/',
    '/relax|eos_f/',
    '/LAX|note/i',
    String.raw`output:/energy.*note|x\ y/`,
    'func:/^[re]/',
    'user:/X$/i',
    'x:/^[0-9]$/',
    'output.e:/C|T/',
    'key:/^.b?$/',
    'text:/ü/',
    'args:cu',
    'args:(relax,12)',
    'args!=relax',
    'args:/y=1/',
    'output:relax',
    'output:"12.5"',
    'output:*',
    'output:/energy.*note/',
    'output:(x,ü)',
  ),
  fc.constantFrom('relax', 'LAX', 'x', '"x y"', 'ü', '10', 'a', 'eos_f'),
)
export const arbitraryQuery = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3 },
    term,
    tie('query').map((inner) => `-(${inner})`),
    fc
      .array(tie('query'), { minLength: 2, maxLength: 3 })
      .map((all) => all.map((inner) => `(${inner})`).join(' ')),
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((all) => all.join(' or ')),
  ),
})).query
export const arbitrarySort = fc.array(
  fc.record({
    column: fc.constantFrom(...sortColumns, 'arg:x', 'arg:y', 'arg:z', 'arg:p.q', 'out:', 'out:e', 'out:a b'),
    descending: fc.boolean(),
  }),
  { maxLength: 3 },
)
