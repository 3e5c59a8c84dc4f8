import type { Row } from '../../shared/api/contract.ts'
import { diffValues } from '../../shared/diff/diff.ts'
import type { Diff, Side, Tolerance } from '../../shared/diff/types.ts'
import { lookUp } from '../../shared/lenses/names.ts'
import { AppError } from '../../shared/model/errors.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import type { Store } from '../../shared/stores/contract.ts'
import { openEntryDocument, sha256Of } from '../../shared/catalog/documents.ts'
import { openCatalog, searchRows } from './opened-catalog.ts'
import type { OpenedCatalog } from './opened-catalog.ts'
import type { Output } from './output.ts'
import { tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

export interface DiffStoresOptions {
  readonly query?: string
  readonly tolerance: Tolerance
  readonly json?: boolean
}

/** How two entries of the same key stand to each other. */
type Relation =
  /** Byte for byte as stored. */
  | { readonly kind: 'same' }
  /** Other bytes (another compressor, another protocol) of an equal value. */
  | { readonly kind: 'sameValue' }
  | ({ readonly kind: 'different' } & Difference)

interface Difference {
  readonly why: string
  readonly counts?: Diff['counts']
  /** True for two records that differ in who ran them, when and how long, and not in what came out. */
  readonly isMetadataOnly?: boolean
}

interface Report {
  same: number
  sameValue: number
  readonly different: ({ readonly key: string } & Difference)[]
  onlyLeft: string[]
  onlyRight: string[]
  /** The same call under other keys. */
  readonly sameCall: { readonly call: string; readonly left: string; readonly right: string }[]
}

/** Entries that people are shown of each group. */
const listedEntries = 20
/** More changes of one entry need not be counted to know that it differs. */
const maxChanges = 1

/** Compares two stores by key, and what only one of them has by call. */
export async function diffStores(
  left: string,
  right: string,
  options: DiffStoresOptions,
  output: Output,
): Promise<ExitCode> {
  await using leftOpened = await openCatalog(left)
  await using rightOpened = await openCatalog(right)
  const report = await compareStores(leftOpened, rightOpened, options)
  if (options.json) {
    await output.write(JSON.stringify(jsonOf(leftOpened.store, rightOpened.store, report)) + '\n')
  } else {
    await writeReport(report, output)
  }
  return report.different.length + report.onlyLeft.length + report.onlyRight.length === 0 ? 0 : 1
}

async function compareStores(
  left: OpenedCatalog,
  right: OpenedCatalog,
  { query, tolerance }: DiffStoresOptions,
): Promise<Report> {
  const report: Report = { same: 0, sameValue: 0, different: [], onlyLeft: [], onlyRight: [], sameCall: [] }
  const others = new Map<string, string | undefined>()
  for (const row of searchRows(right.catalog, { query })) others.set(row.key, callOf(row))
  const calls = new Map<string, string | undefined>()
  for (const row of searchRows(left.catalog, { query })) {
    if (!others.delete(row.key)) {
      calls.set(row.key, callOf(row))
      continue
    }
    const relation = await relationOf(left.store, right.store, row.key, tolerance)
    if (relation.kind === 'different') {
      const { why, counts, isMetadataOnly } = relation
      report.different.push({ key: row.key, why, counts, isMetadataOnly })
    } else report[relation.kind]++
  }
  report.onlyLeft = [...calls.keys()]
  report.onlyRight = [...others.keys()]
  const byCall = new Map([...others].map(([key, call]) => [call, key]))
  for (const [key, call] of calls) {
    const other = call === undefined ? undefined : byCall.get(call)
    if (call !== undefined && other !== undefined) {
      report.sameCall.push({ call: call.slice(call.indexOf('\0') + 1), left: key, right: other })
    }
  }
  return report
}

/** What tells a call: where the function is, and the call as one would type it, unless that is cut short. */
function callOf({ module, call }: Row): string | undefined {
  return call === undefined || call.includes('…') ? undefined : `${module ?? ''}\0${call}`
}

async function relationOf(left: Store, right: Store, key: string, tolerance: Tolerance): Promise<Relation> {
  try {
    using a = await openEntryDocument(left, key)
    using b = await openEntryDocument(right, key)
    if (a.stored.byteLength === b.stored.byteLength && sha256Of(a.stored) === sha256Of(b.stored)) {
      return { kind: 'same' }
    }
    const problem = a.decoded.problem ?? b.decoded.problem
    if (problem || !a.decoded.root || !b.decoded.root) {
      return { kind: 'different', why: problem?.sentence ?? 'There is no value in it.' }
    }
    const sides = [a, b].map(({ decoded }) => ({ root: decoded.root!, source: decoded.source }))
    const { changes, counts, isComplete } = diffValues(sides[0]!, sides[1]!, { tolerance, maxChanges })
    const [change] = changes
    if (change) {
      const isMetadataOnly = haveSameOutput(sides[0]!, sides[1]!, tolerance)
      return { kind: 'different', why: `${change.kind} ${change.path}`, counts, isMetadataOnly }
    }
    return isComplete
      ? { kind: 'sameValue' }
      : { kind: 'different', why: 'Their bytes differ, and not all of their values could be compared.' }
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'NOT_FOUND' || thrown.code === 'REFUSED')) {
      return { kind: 'different', why: thrown.message }
    }
    throw thrown
  }
}

function haveSameOutput(left: Side, right: Side, tolerance: Tolerance): boolean {
  const [a, b] = [left, right].map(({ root, source }) => {
    const output = lookUp(root, 'output')
    return output && { root: output, source }
  })
  if (!a || !b) return false
  const { changes, isComplete } = diffValues(a, b, { tolerance, maxChanges })
  return changes.length === 0 && isComplete
}

function jsonOf(left: Store, right: Store, report: Report): Record<string, unknown> {
  const asJson = (key: string): unknown => jsonKey(parseKey(key))
  const { same, sameValue, different, onlyLeft, onlyRight, sameCall } = report
  return {
    left: left.location,
    right: right.location,
    counts: {
      same,
      sameValue,
      different: different.length,
      metadataOnly: different.filter(({ isMetadataOnly }) => isMetadataOnly).length,
      onlyLeft: onlyLeft.length,
      onlyRight: onlyRight.length,
      sameCall: sameCall.length,
    },
    different: different.map(({ key, why, counts, isMetadataOnly }) => ({
      key: asJson(key),
      why,
      counts,
      isMetadataOnly,
    })),
    onlyLeft: onlyLeft.map(asJson),
    onlyRight: onlyRight.map(asJson),
    sameCall: sameCall.map(({ call, ...keys }) => ({
      call,
      left: asJson(keys.left),
      right: asJson(keys.right),
    })),
  }
}

async function writeReport(report: Report, output: Output): Promise<void> {
  const { same, sameValue, different, onlyLeft, onlyRight, sameCall } = report
  const inMetadata = different.filter(({ isMetadataOnly }) => isMetadataOnly).length
  const some = inMetadata === 0 ? '' : ` (${inMetadata} of them only in metadata)`
  await output.write(
    `${same} the same, ${sameValue} the same value in other bytes, ${different.length} different${some}, ${onlyLeft.length} only left, ${onlyRight.length} only right\n`,
  )
  await writeKeys(
    output,
    ['different', 'first difference'],
    different
      .toSorted((a, b) => Number(a.isMetadataOnly ?? false) - Number(b.isMetadataOnly ?? false))
      .map(({ key, why, isMetadataOnly }) => [key, isMetadataOnly ? `${why} (not the output)` : why]),
  )
  await writeKeys(
    output,
    ['only left'],
    onlyLeft.map((key) => [key]),
  )
  await writeKeys(
    output,
    ['only right'],
    onlyRight.map((key) => [key]),
  )
  await writeKeys(
    output,
    ['same call, left', 'right', 'call'],
    sameCall.map(({ call, ...keys }) => [keys.left, keys.right, call]),
  )
}

async function writeKeys(
  output: Output,
  titles: readonly string[],
  cells: readonly string[][],
): Promise<void> {
  if (cells.length === 0) return
  await output.write('\n')
  const columns = titles.map((title) => ({ title }))
  for (const line of tableLines(output, columns, cells.slice(0, listedEntries))) await output.write(line)
  if (cells.length > listedEntries)
    await output.write(`… and ${cells.length - listedEntries} more; all of them with --json\n`)
}
