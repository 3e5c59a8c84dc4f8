import type { ByteSource } from '../model/source.ts'
import type { Value } from '../value/value.ts'

/** Two numbers count as equal if any of these holds. All are symmetric. */
export interface Tolerance {
  /** `|left − right|` at most this. */
  readonly absolute?: number
  /** `|left − right|` at most this part of the larger of the two sizes. */
  readonly relative?: number
  /** At most so many representable numbers apart; elements of float32 arrays count in float32. */
  readonly ulp?: number
}

export interface DiffOptions {
  readonly tolerance?: Tolerance
  /** Changes listed; all are counted. 1,000 by default. */
  readonly maxChanges?: number
  /** Pairs of nodes looked at; 5,000,000 by default. */
  readonly maxSteps?: number
  /** Elements of arrays looked at; 2^31 by default. */
  readonly maxElements?: number
  /** Called for each change that is listed, with the nodes (of one part of a table the table) that stand there. */
  readonly onChange?: (change: Change, left: Value | undefined, right: Value | undefined) => void
}

/**
 * Two arrays of one shape against each other, down-sampled: a grid of cells, each with the largest |left − right| in it.
 * Of arrays with more than two dimensions all but the last are laid out as rows.
 */
export interface DifferenceMap {
  /** Rows and columns of the arrays, as they are laid out. */
  readonly shape: readonly [rows: number, columns: number]
  /** Rows and columns of the grid. */
  readonly grid: readonly [rows: number, columns: number]
  /** Row by row; 0 where nothing differs, NaN where the difference has no size (nan beside a number, other texts). */
  readonly cells: readonly number[]
  /** Elements that differ at all, without tolerance, of those looked at. */
  readonly differing: number
  readonly elements: number
  /** The largest finite difference and its index. */
  readonly max: number
  readonly maxAt?: readonly number[]
  /** Mean of |left − right| over finite elements. */
  readonly mean: number
  readonly isComplete: boolean
}

/** A value with the source that its nodes point into. */
export interface Side {
  readonly root: Value
  readonly source: ByteSource
}

export interface SidePreview {
  /** Type for people: `int`, `ndarray`, `labs.shapes.Job`. */
  readonly type: string
  /** One line, at most some 200 characters. */
  readonly preview: string
}

/**
 * `added`: only on the right; `removed`: only on the left; `type`: of another type
 * (what it holds is compared too where both are sequences, sets or dicts); `changed`:
 * of the same type and another value.
 */
export type ChangeKind = 'added' | 'removed' | 'changed' | 'type'

export interface Change {
  /** As one would write it in Python behind the value's name: `['output'][3].cell`; empty for the value itself. */
  readonly path: string
  readonly kind: ChangeKind
  readonly left?: SidePreview
  readonly right?: SidePreview
  readonly array?: ArrayDifference
}

export interface ArrayDifference {
  /** Set where they differ, each `[left, right]`. Elements of arrays of other shapes are not compared. */
  readonly dtype?: readonly [string, string]
  readonly shape?: readonly [readonly number[], readonly number[]]
  /** Elements compared, and how many of them differ by more than the tolerance. */
  readonly elements: number
  readonly differing: number
  /** Index of the first element that differs, in C order. */
  readonly firstAt?: readonly number[]
  /** Of numbers: the largest difference of two finite elements, and its index. */
  readonly maxAbsolute?: number
  readonly maxAt?: readonly number[]
}

export interface Diff {
  readonly changes: readonly Change[]
  readonly counts: Readonly<Record<ChangeKind, number>>
  /** False if a budget ended it or a part was not readable: then no change does not mean equal. */
  readonly isComplete: boolean
}
