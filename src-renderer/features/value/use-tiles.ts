import { useQueries } from '@tanstack/react-query'
import type { ArrayWindow } from '../../../shared/api/contract.ts'
import { arrayQuery, type ValueAddress } from '../../client/queries.ts'

/** Cells are asked for in tiles of this size. */
const tileRows = 100
const tileColumns = 24

export type Span = readonly [from: number, to: number]

/** The windows in view. */
export interface Tiles {
  readonly isWaiting: boolean
  readonly text: (row: number, column: number) => string | undefined
  /** What the window around a cell says of its row. */
  readonly rowOf: <Told>(row: number, pick: (tile: ArrayWindow, at: number) => Told) => Told | undefined
}

export interface TiledTable {
  readonly value: ValueAddress
  readonly index: readonly number[]
  readonly rows: number
  readonly columns: number
}

/** Brings the tiles of rows and columns in view. */
export function useTiles(table: TiledTable, rows: Span, columns: Span): Tiles {
  const downs = tilesOf(rows, tileRows)
  const acrosses = tilesOf(columns, tileColumns)
  const tiles = downs.flatMap((down) => acrosses.map((across) => ({ down, across })))
  const answers = useQueries({
    queries: tiles.map(({ down, across }) =>
      arrayQuery(table.value, {
        index: table.index,
        rows: [down * tileRows, Math.min((down + 1) * tileRows, table.rows)],
        columns: [across * tileColumns, Math.min((across + 1) * tileColumns, table.columns)],
      }),
    ),
  })
  const tileOf = (row: number, column: number): ArrayWindow | undefined => {
    const down = downs.indexOf(Math.floor(row / tileRows))
    const across = acrosses.indexOf(Math.floor(column / tileColumns))
    return down < 0 || across < 0 ? undefined : answers[down * acrosses.length + across]?.data
  }
  return {
    isWaiting: answers.some((answer) => answer.isPending),
    text: (row, column) => tileOf(row, column)?.cells[row % tileRows]?.[column % tileColumns],
    rowOf: (row, pick) => {
      const tile = tileOf(row, columns[0])
      return tile && pick(tile, row % tileRows)
    },
  }
}

function tilesOf([from, to]: Span, size: number): number[] {
  return to <= from ? [] : numbersFrom(Math.floor(from / size), Math.floor((to - 1) / size) + 1)
}

export function numbersFrom(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}
