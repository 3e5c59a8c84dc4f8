import type {
  ArrayMap,
  ChangeSection,
  EntryChange,
  EntryDifferences,
  TextPair,
  ToleranceAmounts,
} from '../../../shared/api/compare.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { differenceMap } from '../../../shared/diff/array-map.ts'
import { diffValues } from '../../../shared/diff/diff.ts'
import type { Change, Diff } from '../../../shared/diff/types.ts'
import { asArray } from '../../../shared/lenses/arrays.ts'
import { viewOf } from '../../../shared/lenses/view-of.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { recordFields } from '../../../shared/records/fields.ts'
import { summarize } from '../../../shared/records/summarize.ts'
import { previewOf } from '../../../shared/render/preview.ts'
import type { Value } from '../../../shared/value/value.ts'
import { rowOf } from './detail.ts'
import { rootOf } from './root.ts'
import { valueText } from './text.ts'

/** Changes that are listed; all are counted. */
const changesAtMost = 10_000
/** Within the time limit of a question about a value. */
const elementsAtMost = 300_000_000
const stepsAtMost = 3_000_000
const mapGrid = { rows: 160, columns: 240, maxElements: 100_000_000 }
const textAtMost = 1024 * 1024

/** Which page of the changes. `find` is looked for in paths and previews. */
export interface ChangesRequest {
  readonly from: number
  readonly to: number
  readonly find: string
  readonly sections: readonly ChangeSection[]
}

/** An entry, its document and where it is. */
export interface ComparedSide {
  readonly key: string
  readonly location: string
  readonly document: Document
}

interface ListedChange {
  readonly change: Change
  readonly section: ChangeSection
  readonly left: Value | undefined
  readonly right: Value | undefined
}

export type CompareQuestion =
  | ({ readonly about: 'changes' } & ChangesRequest)
  | { readonly about: 'map'; readonly change: number }
  | { readonly about: 'text'; readonly change: number | undefined }

/** Two entries compared once; asked for page by page. */
export class EntryComparison implements Disposable {
  readonly #left: ComparedSide
  readonly #right: ComparedSide
  readonly #tolerance: ToleranceAmounts
  readonly #changes: ListedChange[] = []
  readonly #diff: Diff

  /** Throws `DAMAGED` where nothing of one of them can be read. */
  constructor(left: ComparedSide, right: ComparedSide, tolerance: ToleranceAmounts) {
    this.#left = left
    this.#right = right
    this.#tolerance = tolerance
    const roots = [rootOf(left.document, left.key), rootOf(right.document, right.key)] as const
    const isRecord = recordFields(roots[0]) !== undefined || recordFields(roots[1]) !== undefined
    this.#diff = diffValues(
      { root: roots[0], source: left.document.decoded.source },
      { root: roots[1], source: right.document.decoded.source },
      {
        tolerance,
        maxChanges: changesAtMost,
        maxElements: elementsAtMost,
        maxSteps: stepsAtMost,
        onChange: (change, a, b) =>
          this.#changes.push({
            change,
            section: isRecord ? sectionOf(change.path) : 'output',
            left: a,
            right: b,
          }),
      },
    )
  }

  [Symbol.dispose](): void {
    this.#left.document[Symbol.dispose]()
    this.#right.document[Symbol.dispose]()
  }

  answer(question: CompareQuestion): EntryDifferences | ArrayMap | TextPair {
    if (question.about === 'changes') return this.#page(question)
    return question.about === 'map' ? this.#map(question.change) : this.#text(question.change)
  }

  #page({ from, to, find, sections }: ChangesRequest): EntryDifferences {
    const wanted = find.toLowerCase()
    const found = this.#changes.flatMap((listed, n) =>
      sections.includes(listed.section) && matches(listed.change, wanted) ? [n] : [],
    )
    const problem = this.#left.document.decoded.problem ?? this.#right.document.decoded.problem
    const isComplete = this.#diff.isComplete && problem === undefined
    const count = (section: ChangeSection): number =>
      this.#changes.reduce((sum, listed) => sum + Number(listed.section === section), 0)
    return {
      left: rowOfSide(this.#left),
      right: rowOfSide(this.#right),
      isSame: isComplete && this.#diff.changes.length === 0,
      isComplete,
      ...(problem && { problem: problem.sentence }),
      arguments: this.#arguments(),
      counts: { ...this.#diff.counts },
      sections: { output: count('output'), arguments: count('arguments'), metadata: count('metadata') },
      total: found.length,
      from,
      changes: found.slice(from, to).map((n) => this.#shown(n)),
    }
  }

  /** Throws `USAGE` for a change that is none of two arrays of numbers. */
  #map(n: number): ArrayMap {
    const arrays = this.#arraysOf(this.#listed(n))
    const map = arrays && differenceMap(arrays[0], arrays[1], mapGrid)
    if (!map) throw new AppError('USAGE', 'This change is none of two arrays of numbers of one shape.')
    const { shape, grid, cells, maxAt, ...rest } = map
    return {
      ...rest,
      shape: [...shape],
      grid: [...grid],
      cells: cells.map((cell) => (Number.isNaN(cell) ? null : cell)),
      ...(maxAt && { maxAt: [...maxAt] }),
    }
  }

  /** Both sides as text: of a text the text itself, of other values their JSON rendering. */
  #text(n: number | undefined): TextPair {
    const sources = [this.#left.document.decoded.source, this.#right.document.decoded.source] as const
    const listed = n === undefined ? undefined : this.#listed(n)
    const nodes = listed
      ? [listed.left, listed.right]
      : [rootOf(this.#left.document, this.#left.key), rootOf(this.#right.document, this.#right.key)]
    const [left, right] = nodes.map((node, side) => textOf(node, sources[side]!))
    return { left: left!.text, right: right!.text, isCut: left!.isCut || right!.isCut }
  }

  #listed(n: number): ListedChange {
    const listed = this.#changes[n]
    if (!listed)
      throw new AppError('NOT_FOUND', `There is no change ${n} between these entries; compare them again.`)
    return listed
  }

  #shown(n: number): EntryChange {
    const { change, section, left, right } = this.#changes[n]!
    const { array, ...rest } = change
    return {
      n,
      section,
      ...rest,
      ...(array && { array: mutable(array) }),
      hasMap: array?.shape === undefined && this.#arraysOf(this.#changes[n]!) !== undefined,
      hasText: left?.kind === 'str' && right?.kind === 'str' && (isLong(left.value) || isLong(right.value)),
    }
  }

  #arraysOf({ change, left, right }: ListedChange) {
    if (!change.array || !left || !right) return undefined
    const a = asArray(left, this.#left.document.decoded.source)
    const b = asArray(right, this.#right.document.decoded.source)
    return a && b ? ([a, b] as const) : undefined
  }

  /** The arguments of both calls by name, in the order of the left one. */
  #arguments(): EntryDifferences['arguments'] {
    const [left, right] = [this.#left, this.#right].map(argumentsOf)
    const names = new Set([...left!.keys(), ...right!.keys()])
    return [...names].slice(0, 100).map((name) => {
      const [a, b] = [left!.get(name), right!.get(name)]
      return {
        name,
        left: a && shortly(a, this.#left.document.decoded.source),
        right: b && shortly(b, this.#right.document.decoded.source),
        differs: !a || !b || this.#differ(a, b),
      }
    })
  }

  #differ(left: Value, right: Value): boolean {
    const { changes, isComplete } = diffValues(
      { root: left, source: this.#left.document.decoded.source },
      { root: right, source: this.#right.document.decoded.source },
      { tolerance: this.#tolerance, maxChanges: 1, maxSteps: stepsAtMost, maxElements: elementsAtMost },
    )
    return changes.length > 0 || !isComplete
  }
}

function rowOfSide({ key, location, document }: ComparedSide): EntryDifferences['left'] {
  return { ...rowOf(key, document.stored.byteLength, summarize(document.decoded)), location }
}

function sectionOf(path: string): ChangeSection {
  if (path.startsWith("['output']")) return 'output'
  return /^\['(?:standardized-kwargs|args|kwargs)'\]/.test(path) ? 'arguments' : 'metadata'
}

function matches({ path, left, right }: Change, wanted: string): boolean {
  if (wanted === '') return true
  return [path, left?.preview, right?.preview].some((text) => text?.toLowerCase().includes(wanted))
}

function argumentsOf({ document }: ComparedSide): Map<string, Value> {
  const { root, source } = document.decoded
  const fields = recordFields(root) ?? []
  const field =
    fields.find(({ name }) => name === 'standardized-kwargs') ?? fields.find(({ name }) => name === 'kwargs')
  const view = field && viewOf(field.value, source)
  if (!view || !('keys' in view)) return new Map()
  return new Map(
    view.keys
      .slice(0, 1000)
      .flatMap((key, i): [string, Value][] => (key.kind === 'str' ? [[key.value, view.values[i]!]] : [])),
  )
}

function shortly(node: Value, source: ByteSource): { type: string; preview: string } {
  const { type, preview } = previewOf(node, source)
  return { type, preview }
}

/** A text of lines, or one too long for its line, is worth a comparison of its own. */
function isLong(text: string): boolean {
  return text.includes('\n') || text.length > 60
}

function textOf(node: Value | undefined, source: ByteSource): { text: string; isCut: boolean } {
  if (!node) return { text: '', isCut: false }
  const { text, isCut } = node.kind === 'str' ? { text: node.value, isCut: false } : indented(node, source)
  return text.length > textAtMost ? { text: text.slice(0, textAtMost), isCut: true } : { text, isCut }
}

/** One item a line where the rendering is whole; else as it is. */
function indented(node: Value, source: ByteSource): { text: string; isCut: boolean } {
  const { text, isCut } = valueText(node, source, 'json')
  if (isCut || text.length > textAtMost) return { text, isCut }
  return { text: JSON.stringify(JSON.parse(text), undefined, 2), isCut }
}

function mutable(array: NonNullable<Change['array']>): NonNullable<EntryChange['array']> {
  const { dtype, shape, firstAt, maxAt, ...rest } = array
  return {
    ...rest,
    ...(dtype && { dtype: [...dtype] }),
    ...(shape && { shape: [[...shape[0]], [...shape[1]]] }),
    ...(firstAt && { firstAt: [...firstAt] }),
    ...(maxAt && { maxAt: [...maxAt] }),
  }
}
