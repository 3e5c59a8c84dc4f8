import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { Cursor } from './cursor.ts'
import { opcodeOf } from './opcodes.ts'
import type { Insert } from './options.ts'
import type { PickleDecoded } from './read.ts'
import type { Operation } from './scan.ts'
import { readOperation } from './scan.ts'

interface RowBase {
  readonly offset: number
  readonly end: number
  /** Marks that are open, and one more within a further pickle: how far `pickletools.dis` indents. */
  readonly depth: number
  /** What is wrong here. */
  readonly problem?: Problem
}

/** A line of a listing. */
export type ListedRow =
  | (RowBase & {
      readonly kind: 'operation'
      readonly operation: Operation
      /** Number in the memo that MEMOIZE gives, which the opcode itself does not say. */
      readonly memo?: number
      /** Values and marks on the stack behind it, as `pickletools.dis` counts them. */
      readonly stack: number
      /** Offset of the MARK that it takes away. */
      readonly mark?: number
    })
  /** Bytes of a joblib array, with their padding. */
  | (RowBase & { readonly kind: 'array' })
  /** Bytes that are no opcode. */
  | (RowBase & { readonly kind: 'fault'; readonly problem: Problem })
  /** What stands behind the STOP or the fault, and was not read. */
  | (RowBase & { readonly kind: 'rest' })

/** An open mark and those below it: a list that places can share. */
interface Mark {
  readonly offset: number
  /** Values and marks on the stack below it. */
  readonly stack: number
  /** Itself included. */
  readonly depth: number
  readonly below: Mark | undefined
}

/** What the opcodes of one pickle have made so far. */
interface State {
  readonly mark: Mark | undefined
  readonly stack: number
  readonly memo: number
}

/** Where the next row begins; `undefined` when there is none. */
interface Place extends State {
  readonly offset: number
  /** Within the further pickle of an array of objects: what goes on behind it. */
  readonly outer?: State | undefined
  /** STOP or a fault was listed. */
  readonly isOver?: true
}

const emptyState: State = { mark: undefined, stack: 0, memo: 0 }

/** Every so many rows the place is kept, so that a window costs at most so many rows more than it has. */
const rowsPerPlace = 512

/** What reading the stream, with `trace`, has found. */
export type ListedStream = Pick<PickleDecoded, 'source' | 'end' | 'problem' | 'inserts'>

/**
 * The opcodes of a pickle or joblib stream as rows that can be had by number or by offset. Finding
 * out how many there are takes one pass, in steps of any size; the rows themselves are not kept.
 */
export class OpcodeListing {
  readonly #source: ByteSource
  readonly #inserts: ReadonlyMap<number, Insert>
  readonly #problem: Problem | undefined
  readonly #stopAt: number
  /** Place `i` is that of row `i * rowsPerPlace`. */
  readonly #places: Place[] = [{ ...emptyState, offset: 0 }]
  #frontier: Place | undefined = this.#places[0]
  #rows = 0
  readonly #frontierCursor: Cursor

  constructor({ source, end, problem, inserts = [] }: ListedStream) {
    this.#source = source
    this.#inserts = new Map(inserts.map((insert) => [insert.start, insert]))
    this.#problem = problem
    this.#stopAt = Math.max(end, Math.min(problem?.offset ?? 0, source.byteLength))
    this.#frontierCursor = new Cursor(source)
  }

  /** Rows that are known; all of them when `isComplete`. */
  get rows(): number {
    return this.#rows
  }

  get isComplete(): boolean {
    return this.#frontier === undefined
  }

  /** Bytes that the known rows are about. */
  get indexedBytes(): number {
    return this.#frontier?.offset ?? this.#source.byteLength
  }

  /** Goes on counting, at most so many rows. */
  extend(rows: number): void {
    for (let count = 0; count < rows && this.#frontier; count++) {
      const { next } = this.#step(this.#frontierCursor, this.#frontier, false)
      this.#rows++
      this.#frontier = next
      if (next && this.#rows % rowsPerPlace === 0) this.#places.push(next)
    }
  }

  /** Rows `[from, to)`, as far as they are known. */
  window(from: number, to: number): ListedRow[] {
    const last = Math.min(to, this.#rows)
    const index = Math.floor(from / rowsPerPlace)
    const rows: ListedRow[] = []
    let place = this.#places[index]
    if (!place || from >= last) return rows
    const cursor = new Cursor(this.#source, place.offset)
    for (let at = index * rowsPerPlace; at < last && place; at++) {
      const { row, next } = this.#step(cursor, place, at >= from)
      if (at >= from && row) rows.push(row)
      place = next
    }
    return rows
  }

  /** The row whose bytes include the offset; `undefined` while it is not known, or beyond the stream. */
  rowAt(offset: number): number | undefined {
    if (offset < 0 || offset >= this.indexedBytes) return undefined
    let [low, high] = [0, this.#places.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#places[middle]!.offset <= offset) low = middle
      else high = middle - 1
    }
    let place: Place | undefined = this.#places[low]
    const cursor = new Cursor(this.#source, place?.offset)
    for (let at = low * rowsPerPlace; place; at++) {
      const { next, end } = this.#step(cursor, place, false)
      if (offset < end) return at
      place = next
    }
    return undefined
  }

  /** One row. Without `values` there is no row, only where it ends. */
  #step(
    cursor: Cursor,
    place: Place,
    values: boolean,
  ): { row?: ListedRow; end: number; next: Place | undefined } {
    const { offset } = place
    const { byteLength } = this.#source
    if (place.isOver) {
      return { row: { kind: 'rest', offset, end: byteLength, depth: 0 }, end: byteLength, next: undefined }
    }
    const insert = place.outer ? undefined : this.#inserts.get(offset)
    if (insert && !insert.isPickle) {
      const { end } = insert
      const problem = this.#problemIn(offset, end + 1)
      const row: ListedRow = { kind: 'array', offset, end, depth: depthOf(place), problem }
      cursor.seek(end)
      return { row, end, next: this.#place({ ...place, offset: end }, problem !== undefined) }
    }
    const within: Place = insert ? { ...emptyState, offset, outer: place } : place
    if (cursor.offset !== offset) cursor.seek(offset)
    const operation = readOperation(cursor, { values })
    if ('problem' in operation) {
      const { problem } = operation
      const row: ListedRow = { kind: 'fault', offset, end: byteLength, depth: depthOf(within), problem }
      return { row, end: byteLength, next: undefined }
    }
    return this.#afterOperation(within, operation, values)
  }

  #afterOperation(place: Place, operation: Operation, values: boolean) {
    const { offset, memo, outer } = place
    const { end, opcode } = operation
    const problem = this.#problemIn(offset, end)
    const after = stateAfter(operation, place)
    const row: ListedRow | undefined = values
      ? {
          kind: 'operation',
          operation,
          offset,
          end,
          depth: depthOf(place),
          problem,
          memo: opcode.name === 'MEMOIZE' ? memo : undefined,
          stack: after.stack,
          mark: takesMark(operation, place) ? place.mark?.offset : undefined,
        }
      : undefined
    const isStop = opcode.name === 'STOP'
    const inner = isStop && outer ? outer : after
    const isOver = (isStop && !outer) || (this.#problem !== undefined && offset >= this.#stopAt)
    const next = this.#place(
      {
        mark: inner.mark,
        stack: inner.stack,
        memo: inner.memo,
        offset: end,
        outer: isStop ? undefined : outer,
      },
      isOver,
    )
    return { row, end, next }
  }

  /** The place, marked where only the rest follows; `undefined` where nothing does. */
  #place(place: Place, isOver: boolean): Place | undefined {
    if (place.offset >= this.#source.byteLength && (isOver || !this.#isCut)) return undefined
    return isOver ? { ...emptyState, offset: place.offset, isOver } : place
  }

  /** The stream ends too early, which a row of its own says. */
  get #isCut(): boolean {
    return this.#problem !== undefined
  }

  #problemIn(from: number, to: number): Problem | undefined {
    const at = this.#problem?.offset
    return at !== undefined && at >= from && at < to ? this.#problem : undefined
  }
}

function depthOf({ mark, outer }: Place): number {
  return (mark?.depth ?? 0) + (outer ? (outer.mark?.depth ?? 0) + 1 : 0)
}

/** What each opcode takes from the stack: values, and a mark with so many values below it. */
interface Effect {
  readonly takes: number
  readonly takesMark: boolean
  readonly leaves: number
}

const effects: readonly Effect[] = Array.from({ length: 256 }, (_, byte) => {
  const [before = '', after = ''] = opcodeOf(byte)?.effect.split('→') ?? []
  const taken = before.split(' ').filter((word) => word !== '')
  const mark = taken.indexOf('mark')
  const leaves = after.split(' ').filter((word) => word !== '').length
  return { takes: mark < 0 ? taken.length : mark, takesMark: mark >= 0, leaves }
})

function takesMark({ opcode }: Operation, { mark, stack }: State): boolean {
  return effects[opcode.byte]!.takesMark || (opcode.name === 'POP' && mark?.stack === stack - 1)
}

/** As `pickletools.dis` goes on; where that ends with an error, so that the rest can be listed too. */
function stateAfter(operation: Operation, state: State): State {
  const { opcode, offset } = operation
  const { mark, stack } = state
  const memo = state.memo + Number(opcode.name === 'MEMOIZE')
  if (opcode.name === 'MARK') {
    const depth = (mark?.depth ?? 0) + 1
    return { mark: { offset, stack, depth, below: mark }, stack: stack + 1, memo }
  }
  const { takes, leaves } = effects[opcode.byte]!
  if (!takesMark(operation, state)) return { mark, stack: Math.max(0, stack - takes) + leaves, memo }
  const below = mark?.stack ?? 0
  const taken = opcode.name === 'POP' ? 0 : takes
  return { mark: mark?.below, stack: Math.max(0, below - taken) + leaves, memo }
}
