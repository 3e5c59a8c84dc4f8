import { compareCaches } from '../../shared/compare/compare.ts'
import type { CompareLine, CompareProgress, MatchedBy, Relation } from '../../shared/compare/contract.ts'
import { ResultFile } from '../../shared/compare/result-file.ts'
import type { Tolerance } from '../../shared/diff/types.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import { openCatalog } from './opened-catalog.ts'
import type { Output } from './output.ts'
import { tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

export interface DiffStoresOptions {
  readonly by: MatchedBy
  readonly query?: string
  readonly tolerance: Tolerance
  readonly json?: boolean
}

/** Entries that people are shown of each group. */
const listedEntries = 20
const pageLines = 1_000

/** Compares two stores by key, and what only one of them has by call; or all of them by call. */
export async function diffStores(
  left: string,
  right: string,
  options: DiffStoresOptions,
  output: Output,
): Promise<ExitCode> {
  await using leftOpened = await openCatalog(left)
  await using rightOpened = await openCatalog(right)
  using result = ResultFile.create('')
  const { by, query, tolerance } = options
  const progress = progressLine()
  await compareCaches(leftOpened, rightOpened, result, {
    by,
    query,
    tolerance,
    onProgress: (step) => progress.show(step),
  })
  progress.clear()
  if (options.json) {
    const locations = { left: leftOpened.store.location, right: rightOpened.store.location }
    await writeJson(result, { ...locations, by }, output)
  } else await writeReport(result, by, output)
  const totals = result.totals()
  const unlike = (['different', 'unclear', 'metadata', 'onlyLeft', 'onlyRight'] as const).some(
    (relation) => totals[relation].entries > 0,
  )
  return unlike ? 1 : 0
}

/** For whoever waits at a terminal; nothing where stderr is a file. */
function progressLine(): { show(progress: CompareProgress): void; clear(): void } {
  const { stderr } = process
  const words = { list: 'listing', calls: 'reading calls', values: 'comparing' } as const
  let isShown = false
  return {
    show({ phase, done, of }) {
      if (!stderr.isTTY) return
      stderr.write(`\r\u001b[K${words[phase]} ${done} of ${of}`)
      isShown = true
    },
    clear() {
      if (isShown) stderr.write('\r\u001b[K')
    },
  }
}

function* linesOf(result: ResultFile, of: readonly Relation[], limit = Infinity): Generator<CompareLine> {
  for (let from = 0; from < limit; from += pageLines) {
    const { lines } = result.lines(of, from, Math.min(limit, from + pageLines))
    if (lines.length === 0) return
    yield* lines
  }
}

/** One object, written piece by piece: its lists may be as long as the caches. */
async function writeJson(result: ResultFile, head: object, output: Output): Promise<void> {
  const totals = result.totals()
  const count = (relation: Relation): number => totals[relation].entries
  const counts = {
    same: count('same'),
    sameValue: count('sameValue'),
    different: count('different') + count('metadata') + count('unclear'),
    metadataOnly: count('metadata'),
    unclear: count('unclear'),
    onlyLeft: count('onlyLeft'),
    onlyRight: count('onlyRight'),
    sameCall: count('sameCall'),
  }
  const asJson = (key: string | undefined): unknown => key && jsonKey(parseKey(key))
  const list = async (
    name: string,
    of: readonly Relation[],
    form: (line: CompareLine) => unknown,
  ): Promise<void> => {
    let separator = `,${JSON.stringify(name)}:[`
    for (const line of linesOf(result, of)) {
      await output.write(separator + JSON.stringify(form(line)))
      separator = ','
    }
    await output.write(separator === ',' ? ']' : `${separator}]`)
  }
  await output.write(JSON.stringify({ ...head, counts }).slice(0, -1))
  await list(
    'different',
    ['different', 'unclear', 'metadata'],
    ({ relation, left, right, why, changes, call }) => ({
      key: left === right ? asJson(left) : undefined,
      ...(left === right ? {} : { left: asJson(left), right: asJson(right), call }),
      why,
      changes,
      isMetadataOnly: relation === 'metadata',
      isUnclear: relation === 'unclear' ? true : undefined,
    }),
  )
  await list('onlyLeft', ['onlyLeft'], ({ left }) => asJson(left))
  await list('onlyRight', ['onlyRight'], ({ right }) => asJson(right))
  await list('sameCall', ['sameCall'], ({ call, left, right, why }) => ({
    call,
    left: asJson(left),
    right: asJson(right),
    why,
  }))
  await output.write('}\n')
}

async function writeReport(result: ResultFile, by: MatchedBy, output: Output): Promise<void> {
  const totals = result.totals()
  const count = (relation: Relation): number => totals[relation].entries
  const apart = [
    ...(count('metadata') > 0 ? [`${count('metadata')} of them only in metadata`] : []),
    ...(count('unclear') > 0 ? [`${count('unclear')} could not be compared in full`] : []),
  ]
  const different = count('different') + count('metadata') + count('unclear')
  const some = apart.length === 0 ? '' : ` (${apart.join(', ')})`
  const equal = by === 'key' ? 'the same value in other bytes' : 'with equal output'
  await output.write(
    `${count('same')} the same, ${count('sameValue')} ${equal}, ${different} different${some}, ${count('onlyLeft')} only left, ${count('onlyRight')} only right\n`,
  )
  const group = async (
    titles: readonly string[],
    of: readonly Relation[],
    cells: (line: CompareLine) => readonly string[],
  ): Promise<void> => {
    const entries = of.reduce((sum, relation) => sum + count(relation), 0)
    const lines = of.flatMap((relation) => [...linesOf(result, [relation], listedEntries)])
    await writeTable(output, titles, lines.slice(0, listedEntries).map(cells), entries)
  }
  const keysOf = ({ left, right }: CompareLine): string =>
    left === right ? (left ?? '') : `${left ?? ''}  ${right ?? ''}`
  const call = ({ call: text }: CompareLine): string => text ?? ''
  await group(['different', 'first difference'], ['different', 'unclear', 'metadata'], (line) => [
    keysOf(line),
    line.relation === 'metadata' ? `${line.why} (not the output)` : (line.why ?? ''),
  ])
  await group(['only left', 'call'], ['onlyLeft'], (line) => [line.left ?? '', call(line)])
  await group(['only right', 'call'], ['onlyRight'], (line) => [line.right ?? '', call(line)])
  await group(['same call, left', 'right', 'output', 'call'], ['sameCall'], (line) => [
    line.left ?? '',
    line.right ?? '',
    line.why ?? 'equal',
    call(line),
  ])
}

async function writeTable(
  output: Output,
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  entries: number,
): Promise<void> {
  if (cells.length === 0) return
  await output.write('\n')
  const columns = titles.map((title) => ({ title }))
  for (const line of tableLines(output, columns, cells)) await output.write(line)
  if (entries > cells.length)
    await output.write(`… and ${entries - cells.length} more; all of them with --json\n`)
}
