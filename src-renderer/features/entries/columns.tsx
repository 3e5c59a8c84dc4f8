import { IconTag } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ArgumentColumn, Row } from '../../../shared/api/contract.ts'
import type { InsideColumn } from '../../../shared/api/inside.ts'
import { Code } from '../../ui/Code.tsx'
import {
  exactBytes,
  formatBytes,
  formatDuration,
  formatRelative,
  formatTime,
  shortKey,
  type TimeZoneChoice,
} from '../../ui/format.ts'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './EntriesGrid.module.css'

export interface CellContext {
  readonly nowSeconds: number
  readonly zone: TimeZoneChoice
}

export interface Column {
  readonly id: string
  readonly title: string
  /** Name by which the engine sorts; absent: cannot be sorted by. */
  readonly sort?: string
  readonly align?: 'end'
  readonly look: 'code' | 'plain' | 'dim'
  /** Share of the room that is left over; absent: as wide as its content. */
  readonly share?: number
  readonly minimumPx: number
  readonly maximumPx: number
  readonly isArgument?: boolean
  /** What rows are asked for to fill it: the name of an argument, or of a scalar inside. */
  readonly asks?: string
  /** Hidden until it is asked for. */
  readonly isExtra?: boolean
  /** The whole text, for copying, hovering and measuring. */
  readonly text: (row: Row, context: CellContext) => string
  /** What is drawn, where that is not the text. */
  readonly draw?: (row: Row, context: CellContext) => ReactNode
  /** What a hover tells, where that is not the text. */
  readonly hover?: (row: Row, context: CellContext) => string
}

function plain(
  id: string,
  title: string,
  text: (row: Row) => string | undefined,
  more: Partial<Column> = {},
): Column {
  return {
    id,
    title,
    sort: id,
    look: 'dim',
    minimumPx: 44,
    maximumPx: 200,
    text: (row) => text(row) ?? '',
    ...more,
  }
}

const statusWords = { ok: 'Read whole', partial: 'Partly readable', damaged: 'Damaged' } as const

const statusColumn: Column = {
  id: 'status',
  title: '',
  sort: 'status',
  look: 'plain',
  minimumPx: 24,
  maximumPx: 24,
  text: (row) => [statusWords[row.status], tagWords(row)].filter((words) => words !== '').join('. '),
  draw: drawStatus,
  hover: (row) => {
    const parts = [statusWords[row.status], row.problem?.sentence, tagWords(row)]
    return parts.filter((words) => words !== undefined && words !== '').join('. ')
  },
}

function tagWords({ tags }: Row): string {
  return tags ? `Tagged ${tags.join(', ')}` : ''
}

/** What is wrong comes first: its place is one sign wide. */
function drawStatus({ status, tags }: Row): ReactNode {
  if (status !== 'ok') return <span className={classes.dot} data-status={status} />
  return tags ? <IconTag size={12} aria-hidden className={classes.tagged} /> : null
}

const functionColumn = plain('func', 'Function', (row) => row.func ?? kindWord(row), {
  look: 'code',
  maximumPx: 180,
  draw: (row) =>
    row.func === undefined ? <i className={classes.absent}>{kindWord(row)}</i> : visibleText(row.func),
  hover: (row) => (row.module === undefined ? (row.func ?? '') : `${row.module}.${row.func ?? ''}`),
})

function kindWord(row: Row): string {
  if (row.kind === 'dump') return 'dump'
  return row.kind === 'foreign' && row.status !== 'damaged' ? 'no record' : ''
}

const callColumn = plain('call', 'Call', argumentsText, {
  look: 'code',
  share: 5,
  minimumPx: 170,
  maximumPx: 900,
  draw: drawCall,
  hover: (row) => [row.call, row.tags?.map((tag) => `tag:${tag}`).join(' ')].filter(Boolean).join('\n'),
})

/** More of them are told by the hover and the inspector: the call is what the column is for. */
const tagsDrawn = 2

function drawCall(row: Row): ReactNode {
  return (
    <>
      {row.tags?.slice(0, tagsDrawn).map((tag) => (
        <span key={tag} className={classes.tag}>
          {visibleText(tag)}
        </span>
      ))}
      {row.call === undefined ? null : <Code text={argumentsText(row) ?? ''} />}
    </>
  )
}

/** The function stands in its own column: the call begins at its bracket. */
function argumentsText(row: Row): string | undefined {
  if (row.func !== undefined && row.call?.startsWith(`${row.func}(`)) return row.call.slice(row.func.length)
  return row.call
}

const outputColumn = plain('outputType', 'Output', outputText, {
  look: 'plain',
  share: 4,
  minimumPx: 164,
  maximumPx: 900,
  draw: drawOutput,
})

function outputText(row: Row): string {
  if (row.status === 'damaged') return row.problem?.sentence ?? 'Damaged'
  return [row.outputType, row.outputPreview].filter((part) => part !== undefined).join(' ')
}

function drawOutput(row: Row): ReactNode {
  if (row.status === 'damaged') return <span className={classes.problem}>{visibleText(outputText(row))}</span>
  const isCut = row.status === 'partial'
  return (
    <>
      {row.outputType === undefined ? null : <TypeBadge type={row.outputType} />}
      <span className={isCut ? classes.problem : classes.preview}>
        {visibleText((isCut ? row.problem?.sentence : row.outputPreview) ?? '')}
      </span>
    </>
  )
}

const shapeColumns: readonly Column[] = [
  plain('shape', 'Shape', (row) => row.shape?.replaceAll('x', ' × '), {
    isExtra: true,
    look: 'code',
    align: 'end',
  }),
  plain('dtype', 'Element type', (row) => row.dtype, { isExtra: true, look: 'code' }),
]

const lastColumns: readonly Column[] = [
  plain('elapsedSeconds', 'Took', (row) => optional(row.elapsedSeconds, formatDuration), {
    align: 'end',
    minimumPx: 72,
  }),
  plain('sizeBytes', 'Size', (row) => optional(row.sizeBytes, formatBytes), {
    align: 'end',
    look: 'plain',
    minimumPx: 64,
    hover: (row) => optional(row.sizeBytes, exactBytes) ?? '',
  }),
  plain('runAtSeconds', 'Run', () => undefined, {
    minimumPx: 88,
    text: (row, { nowSeconds }) =>
      optional(row.runAtSeconds, (seconds) => formatRelative(seconds, nowSeconds)) ?? '',
    hover: (row, { zone }) => optional(row.runAtSeconds, (seconds) => formatTime(seconds, zone)) ?? '',
  }),
  plain('user', 'User', (row) => row.user, { maximumPx: 110 }),
  plain('host', 'Host', (row) => row.host, { isExtra: true, maximumPx: 160 }),
  plain('version', 'Version', (row) => row.version, { isExtra: true, look: 'code' }),
  plain('module', 'Module', (row) => row.module, { isExtra: true, look: 'code' }),
  plain('cwd', 'Folder', (row) => row.cwd, { isExtra: true, look: 'code', maximumPx: 260 }),
  plain('key', 'Key', (row) => shortKey(row.key), {
    look: 'code',
    minimumPx: 80,
    maximumPx: 170,
    hover: (row) => row.key,
  }),
]

function optional<T>(value: T | undefined, format: (value: T) => string): string | undefined {
  return value === undefined ? undefined : format(value)
}

function argumentColumn({ name, numeric }: ArgumentColumn): Column {
  return valueColumn(name, { id: `arg:${name}`, title: name, align: numeric ? 'end' : undefined })
}

/** A scalar inside an argument or the output, hidden until it is asked for. */
function insideColumn({ field, column, entries, numbers }: InsideColumn): Column {
  const asks = column.startsWith('arg:') ? column.slice('arg:'.length) : column
  return valueColumn(asks, {
    id: column,
    title: field,
    align: numbers === entries ? 'end' : undefined,
    isExtra: true,
  })
}

function valueColumn(asks: string, more: Pick<Column, 'id' | 'title' | 'align' | 'isExtra'>): Column {
  const text = (row: Row): string => row.args?.[asks] ?? ''
  return {
    ...more,
    sort: more.id,
    look: 'code',
    isArgument: true,
    asks,
    minimumPx: 52,
    maximumPx: 220,
    text,
    draw: (row) => (text(row) === '' ? null : <Code text={text(row)} />),
  }
}

/** More scalars inside than this are no columns to choose from; filters and sorts know them all. */
const insideAtMost = 60

/**
 * All columns in their order. With the arguments of one function, those stand in place of the call, and what is
 * inside them and the outputs may be shown too.
 */
export function columnsFor(
  args: readonly ArgumentColumn[] | undefined,
  inside: readonly InsideColumn[] = [],
): readonly Column[] {
  const middle = args === undefined || args.length === 0 ? [callColumn] : args.map(argumentColumn)
  // Names are asked for with commas between.
  const chosen = inside
    .filter(({ field }) => field !== 'output' && !field.includes(','))
    .slice(0, insideAtMost)
  const of = (place: InsideColumn['of']): Column[] =>
    chosen.filter((each) => each.of === place).map(insideColumn)
  return [
    statusColumn,
    functionColumn,
    ...middle,
    ...of('arguments'),
    outputColumn,
    ...of('output'),
    ...shapeColumns,
    ...lastColumns,
  ]
}

export interface ColumnChoices {
  /** Pixels of the columns that were resized. */
  readonly widths: Readonly<Record<string, number>>
  /** Columns whose visibility differs from what it is at first. */
  readonly switched: readonly string[]
}

export const noChoices: ColumnChoices = { widths: {}, switched: [] }

export function isColumnChoices(value: unknown): value is ColumnChoices {
  if (typeof value !== 'object' || value === null || !('widths' in value) || !('switched' in value))
    return false
  return typeof value.widths === 'object' && value.widths !== null && Array.isArray(value.switched)
}

export function isShown(column: Column, choices: ColumnChoices): boolean {
  return (column.isExtra === true) === choices.switched.includes(column.id)
}

const characterPx = { code: 7.05, plain: 6.9, dim: 6.9 } as const
const cellPaddingPx = 17
const sortSignPx = 12

/** Width that shows the column's title and most of the texts at hand whole. */
export function typicalWidthPx(column: Column, rows: readonly Row[], context: CellContext): number {
  const lengths = rows.map((row) => column.text(row, context).length).toSorted((a, b) => a - b)
  const typical = lengths[Math.floor(lengths.length * 0.95)] ?? 0
  const title = column.title === '' ? 0 : column.title.length * 6.9 + sortSignPx
  const wanted = Math.max(typical * characterPx[column.look], title) + cellPaddingPx
  return Math.round(Math.max(column.minimumPx, Math.min(column.maximumPx, wanted)))
}
