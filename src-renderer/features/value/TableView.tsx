import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TreeNode } from '../../../shared/api/contract.ts'
import type { ExportFormat } from '../../../shared/api/pictures.ts'
import type { TableHead } from '../../../shared/api/tables.ts'
import { columnsPerPage, columnsQuery, tableQuery } from '../../client/kinds.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { countOf, formatCount } from '../../ui/format.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { LineTools, PartChoice } from './ArrayPicture.tsx'
import arrayClasses from './ArrayView.module.css'
import { isComplex, isTime } from './array-looks.ts'
import { ExportMenu } from './ExportMenu.tsx'
import { LinePicture } from './LinePicture.tsx'
import { NodeFacts, NodeName } from './NodeHead.tsx'
import { complexPartOf, usePictureOptions, type PictureOptions } from './picture-place.ts'
import pictureClasses from './Picture.module.css'
import { RowField } from './RowField.tsx'
import { TableGrid } from './TableGrid.tsx'

export interface TableViewProps {
  readonly value: ValueAddress
  readonly node: TreeNode
  /** False where the panel says what it is. */
  readonly isNamed: boolean
}

/** A DataFrame, a Series, an index or a structured array: its columns, what is in them, and its cells. */
export function TableView(props: TableViewProps) {
  const { data, error } = useQuery(tableQuery(props.value))
  if (error) return <ErrorState title="The table cannot be shown" error={error} />
  return data ? <Table {...props} head={data} /> : <Waiting what="Reading the table…" />
}

function Table({ value, node, isNamed, head }: TableViewProps & { readonly head: TableHead }) {
  const options = usePictureOptions(value)
  const [row, setRow] = useState<number>()
  const drawn = useDrawnColumn(value, node, head, options)
  const isEmpty = head.rows === 0 || head.columns === 0
  const facts = (node.facts ?? []).filter(([name]) => name === 'index' || name === 'ordered')
  return (
    <section className={arrayClasses.view} aria-label={`${node.type} of ${countOf(head.rows, 'row')}`}>
      <div className={arrayClasses.header}>
        {isNamed ? <NodeName label={node.label} /> : null}
        <TypeBadge type={node.type} family="table" />
        <code>
          {formatCount(head.rows)} × {formatCount(head.columns)}
        </code>
        {isEmpty ? null : <RowField rows={head.rows} onRow={setRow} />}
        <span className={arrayClasses.size}>
          <ExportMenu value={value} formats={formatsOf(node)} hasPicture={drawn !== undefined} />
        </span>
      </div>
      {facts.length > 0 ? <NodeFacts facts={facts} /> : null}
      {isEmpty ? (
        <div className={arrayClasses.none}>
          The table has {head.rows === 0 ? 'no rows' : 'no columns'}
          {head.rows === 0 && head.columns > 0 ? `, but ${countOf(head.columns, 'column')}` : ''}.
        </div>
      ) : null}
      {drawn ? (
        <ColumnPicture value={value} column={drawn.column} dtype={drawn.dtype} options={options} />
      ) : null}
      {head.columns === 0 ? null : (
        <TableGrid
          value={value}
          head={head}
          row={row}
          drawn={drawn?.column}
          onDraw={(column) =>
            options.set({
              column: column === drawn?.column ? 'none' : String(column),
              from: undefined,
              to: undefined,
            })
          }
        />
      )}
    </section>
  )
}

/** The column that is drawn as a line: the chosen one, and that of a Series by itself. */
function useDrawnColumn(value: ValueAddress, node: TreeNode, head: TableHead, options: PictureOptions) {
  const text = options.get('column') ?? (node.type === 'Series' && head.rows > 3 ? '0' : undefined)
  const column = text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined
  const page = Math.floor((column ?? 0) / columnsPerPage)
  const { data } = useQuery({ ...columnsQuery(value, page), enabled: column !== undefined })
  const summary = column === undefined ? undefined : data?.summaries[column % columnsPerPage]
  return column !== undefined && summary?.isDrawable ? { column, dtype: summary.dtype } : undefined
}

interface ColumnPictureProps {
  readonly value: ValueAddress
  readonly column: number
  readonly dtype: string
  readonly options: PictureOptions
}

function ColumnPicture({ value, column, dtype, options }: ColumnPictureProps) {
  const complex = isComplex(dtype) ? complexPartOf(options) : undefined
  return (
    <>
      <div className={pictureClasses.tools} role="group" aria-label="Picture">
        {complex ? <PartChoice part={complex} options={options} /> : null}
        <LineTools shape={oneAxis} isTime={isTime(dtype)} options={options} choice={{ shown: oneAxis }} />
      </div>
      <LinePicture value={value} lines={[{ name: 'value', column }]} complex={complex} options={options} />
    </>
  )
}

const oneAxis = [0]

/** Only what is one array can be an .npy. */
function formatsOf({ type, array }: TreeNode): ExportFormat[] {
  if (array) return ['npy', 'csv', 'json', 'raw']
  return type === 'Series' ? ['npy', 'csv', 'json'] : ['csv', 'json']
}
