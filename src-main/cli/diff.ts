import type { MatchedBy } from '../../shared/compare/contract.ts'
import { diffValues } from '../../shared/diff/diff.ts'
import type { ArrayDifference, Change, ChangeKind, Diff, Tolerance } from '../../shared/diff/types.ts'
import { AppError } from '../../shared/model/errors.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import { shapeText } from '../../shared/numpy/dtype.ts'
import { openStore } from '../../shared/stores/registry.ts'
import type { Document } from '../../shared/catalog/documents.ts'
import { openEntryDocument, openFileDocument } from '../../shared/catalog/documents.ts'
import { rootOf } from '../engine/values/root.ts'
import { diffStores } from './diff-stores.ts'
import type { Output } from './output.ts'
import { paint, standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'
import { isStore } from './show.ts'

export interface DiffCommandOptions {
  readonly query?: string
  /** How entries of two stores are matched; `key` if absent. */
  readonly by?: MatchedBy
  /** `absolute=1e-9,relative=1e-6,ulp=4`, one or more of them. */
  readonly tolerance?: string
  readonly json?: boolean
}

/** Compares two entries, two files or two stores. 1 if they differ, or if that could not be told in full. */
export async function runDiff(targets: readonly string[], options: DiffCommandOptions): Promise<ExitCode> {
  const output = standardOutput()
  const tolerance = parseTolerance(options.tolerance)
  const [first = '', second = '', third, fourth] = targets
  if (targets.length === 2) {
    const [isLeftStore, isRightStore] = [await isStore(first), await isStore(second)]
    if (isLeftStore && isRightStore) {
      return diffStores(first, second, { ...options, by: options.by ?? 'key', tolerance }, output)
    }
    if (isLeftStore || isRightStore)
      throw new AppError(
        'USAGE',
        `${isLeftStore ? first : second} is a store and ${isLeftStore ? second : first} is not; give two stores, two files, or STORE KEY STORE KEY.`,
      )
    refuseStoreOptions(options)
    using left = await openFileDocument(first)
    using right = await openFileDocument(second)
    return diffDocuments({ file: first }, left, { file: second }, right, { ...options, tolerance }, output)
  }
  refuseStoreOptions(options)
  if (third === undefined || targets.length > 4)
    throw new AppError('USAGE', 'Give two stores, two files, STORE KEY STORE KEY, or STORE KEY KEY.')
  const [otherStore, otherKey] = fourth === undefined ? [first, third] : [third, fourth]
  using left = await entryDocument(first, second)
  using right = await entryDocument(otherStore, otherKey)
  const name = (store: string, key: string): Named => ({ store, key })
  return diffDocuments(
    name(first, second),
    left,
    name(otherStore, otherKey),
    right,
    { ...options, tolerance },
    output,
  )
}

function refuseStoreOptions({ query, by }: DiffCommandOptions): void {
  if (query !== undefined || by !== undefined) {
    const name = by === undefined ? '--query chooses' : '--by matches'
    throw new AppError('USAGE', `${name} entries of two stores; leave it out here.`)
  }
}

/** The document outlives its store: its bytes are in a file or in memory. */
async function entryDocument(target: string, key: string): Promise<Document> {
  await using store = await openStore(target)
  return await openEntryDocument(store, key)
}

/** Throws `USAGE`. */
function parseTolerance(text: string | undefined): Tolerance {
  const tolerance: { -readonly [Name in keyof Tolerance]: Tolerance[Name] } = {}
  for (const part of text?.split(',') ?? []) {
    const [, name, number] = /^(absolute|relative|ulp)=(.+)$/.exec(part.trim()) ?? []
    const value = Number(number)
    if (name === undefined || !(value >= 0))
      throw new AppError(
        'USAGE',
        `The tolerance "${part}" is not of the form absolute=1e-9, relative=1e-6 or ulp=4, with commas between.`,
      )
    tolerance[name as keyof Tolerance] = value
  }
  return tolerance
}

type Named = { readonly file: string } | { readonly store: string; readonly key: string }

async function diffDocuments(
  leftName: Named,
  left: Document,
  rightName: Named,
  right: Document,
  options: { readonly tolerance: Tolerance; readonly json?: boolean },
  output: Output,
): Promise<ExitCode> {
  const diff = diffOf(left, nameText(leftName), right, nameText(rightName), options.tolerance)
  const isSame = diff.changes.length === 0 && diff.isComplete
  if (options.json) {
    const line = { left: nameJson(leftName), right: nameJson(rightName), same: isSame, ...diff }
    await output.write(JSON.stringify(line) + '\n')
  } else {
    for (const change of diff.changes) await output.write(changeText(change, output))
    await output.write(`${summaryText(diff)}\n`)
  }
  return isSame ? 0 : 1
}

function nameText(name: Named): string {
  return 'file' in name ? name.file : name.key
}

function nameJson(name: Named): object {
  return 'file' in name ? name : { store: name.store, key: jsonKey(parseKey(name.key)) }
}

/** The differences of two decoded values. What is damaged is compared as far as it can be read. Throws `DAMAGED` where nothing can. */
function diffOf(
  left: Document,
  leftName: string,
  right: Document,
  rightName: string,
  tolerance: Tolerance,
): Diff {
  const diff = diffValues(
    { root: rootOf(left, leftName), source: left.decoded.source },
    { root: rootOf(right, rightName), source: right.decoded.source },
    { tolerance },
  )
  return left.decoded.problem || right.decoded.problem ? { ...diff, isComplete: false } : diff
}

const signs: Readonly<Record<ChangeKind, string>> = { added: '+', removed: '-', changed: '~', type: '!' }
const colours = { added: 'cyan', removed: 'red', changed: 'yellow', type: 'yellow' } as const

function changeText({ kind, path, left, right, array }: Change, output: Output): string {
  const sign = paint(output, colours[kind], signs[kind])
  const head = `${sign} ${path === '' ? '(the value)' : path}: `
  const side = (shown: Change['left']): string =>
    shown === undefined ? '' : kind === 'type' ? `${shown.type} ${shown.preview}` : shown.preview
  const text = left && right ? `${side(left)} → ${side(right)}` : side(left ?? right)
  return `${head}${text}${array ? `\n    ${arrayText(array)}` : ''}\n`
}

function arrayText({
  dtype,
  shape,
  elements,
  differing,
  firstAt,
  maxAbsolute,
  maxAt,
}: ArrayDifference): string {
  return [
    dtype && `dtype ${dtype[0]} → ${dtype[1]}`,
    shape && `shape ${shapeText(shape[0])} → ${shapeText(shape[1])}`,
    shape ? undefined : `${differing} of ${elements} elements differ`,
    firstAt && `the first at ${shapeText(firstAt)}`,
    maxAt && `the most by ${maxAbsolute} at ${shapeText(maxAt)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}

function summaryText({ changes, counts, isComplete }: Diff): string {
  const { added, removed, changed, type } = counts
  const total = added + removed + changed + type
  const listed = total > changes.length ? `; the first ${changes.length} are listed` : ''
  const what =
    total === 0
      ? 'No differences'
      : `${total} differences: ${changed} changed, ${type} of another type, ${added} added, ${removed} removed${listed}`
  return isComplete ? `${what}.` : `${what}; not all could be compared.`
}
