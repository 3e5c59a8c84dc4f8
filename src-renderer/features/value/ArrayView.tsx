import { useQuery } from '@tanstack/react-query'
import type { TreeNode } from '../../../shared/api/contract.ts'
import type { ExportFormat } from '../../../shared/api/pictures.ts'
import { arrayQuery, type ValueAddress } from '../../client/queries.ts'
import { countOf, formatBytes } from '../../ui/format.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { ArrayPicture, LineTools } from './ArrayPicture.tsx'
import { isDrawable, looksOf, parseIndex } from './array-looks.ts'
import { ArrayAxes } from './ArrayAxes.tsx'
import { elementCount, itemBytes, shapeText, tableShape } from './array-shape.ts'
import { ArrayTable } from './ArrayTable.tsx'
import classes from './ArrayView.module.css'
import { ExportMenu } from './ExportMenu.tsx'
import { LinePicture } from './LinePicture.tsx'
import pictureClasses from './Picture.module.css'
import { usePictureOptions, type PictureOptions } from './picture-place.ts'
import { Statistics } from './Statistics.tsx'

export interface ArrayViewProps {
  value: ValueAddress
  /** An array or a table. */
  node: TreeNode
  /** False where the panel says what it is. */
  isNamed: boolean
}

/** An array or a table: what it is, its figures, its picture, and its numbers. */
export function ArrayView(props: ArrayViewProps) {
  return props.node.array ? <ShapedView {...props} {...props.node.array} /> : <TableView {...props} />
}

/** A table of pandas says its shape with its first window. */
function TableView(props: ArrayViewProps) {
  const { data, error } = useQuery(arrayQuery(props.value, { index: [], rows: [0, 1], columns: [0, 1] }))
  if (error) return <ErrorState title="The table cannot be shown" error={error} />
  return data ? <ShapedView {...props} {...data} order="C" /> : <Waiting what="Reading the table…" />
}

interface Shape {
  dtype: string
  shape: readonly number[]
  order: string
}

function ShapedView({ value, node, isNamed, dtype, shape, order }: ArrayViewProps & Shape) {
  const table = tableShape(shape)
  const options = usePictureOptions(value)
  const count = elementCount(shape)
  const size = itemBytes(dtype)
  const isTable = node.family === 'table'
  const isSeries = node.type === 'Series' && isDrawable(dtype) && count > 3
  const hasPicture = isSeries || (!isTable && looksOf({ dtype, shape }).length > 0)
  const facts = (node.facts ?? []).filter(([name]) => !toldAlready.has(name))
  const index = parseIndex(options.get('index'), shape).slice(0, -2)
  return (
    <section className={classes.view} aria-label={`${node.type} ${shapeText(shape)}`}>
      <div className={classes.header}>
        {isNamed ? <Name label={node.label} /> : null}
        <TypeBadge type={node.type} family={node.family} />
        {isTable && !isSeries ? null : <code>{visibleText(dtype)}</code>}
        <code>{shapeText(shape)}</code>
        {order === 'F' ? (
          <span title="Fortran order: columns stand together in memory">column order</span>
        ) : null}
        <span className={classes.size}>
          {isTable ? countOf(shape[0] ?? 0, 'row') : countOf(count, 'element')}
          {size === undefined || isTable ? '' : ` · ${formatBytes(count * size)}`}
          {node.problem ? null : (
            <ExportMenu value={value} formats={formatsOf(node, dtype)} hasPicture={hasPicture && count > 0} />
          )}
        </span>
      </div>
      {node.problem ? <div className={classes.problem}>{visibleText(node.problem.sentence)}</div> : null}
      {facts.length > 0 ? <Facts facts={facts} /> : null}
      {node.problem ? null : count === 0 ? (
        <div className={classes.none}>The array has no elements.</div>
      ) : (
        <>
          {isSeries ? <SeriesPicture value={value} options={options} /> : null}
          {hasPicture && !isTable ? (
            <ArrayPicture value={value} dtype={dtype} shape={shape} options={options} />
          ) : table.leading.length > 0 ? (
            <ArrayAxes
              shape={shape}
              shown={[shape.length - 2, shape.length - 1]}
              free={[]}
              index={parseIndex(options.get('index'), shape)}
              onIndex={(next) => options.set({ index: next.join(',') })}
            />
          ) : null}
          {isTable || count < 5 ? null : <Statistics value={value} />}
          <ArrayTable key={index.join(',')} value={value} table={table} index={index} />
        </>
      )}
    </section>
  )
}

function SeriesPicture({ value, options }: { value: ValueAddress; options: PictureOptions }) {
  return (
    <>
      <div className={pictureClasses.tools} role="group" aria-label="Picture">
        <LineTools shape={oneAxis} options={options} choice={{ shown: [0] }} />
      </div>
      <LinePicture value={value} lines={seriesLine} options={options} />
    </>
  )
}

const oneAxis = [0]
const seriesLine = [{ name: 'value' }]

/** What the value can be saved as: arrays of objects have no bytes, several axes of a table no one dtype. */
function formatsOf({ array, type }: TreeNode, dtype: string): ExportFormat[] {
  const isPlain = dtype !== 'object' && (array !== undefined || type === 'Series')
  const isBytes = isPlain && array !== undefined
  return [...(isPlain ? (['npy'] as const) : []), 'csv', 'json', ...(isBytes ? (['raw'] as const) : [])]
}

/** Facts that the header has. */
const toldAlready = new Set(['dtype', 'shape', 'order', 'bytes', 'rows', 'columns'])

function Name({ label }: { label: TreeNode['label'] }) {
  return label.kind === 'root' || label.text === '' ? null : (
    <code className={classes.name}>{visibleText(label.text)}</code>
  )
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{visibleText(name)}</dt>
          <dd title={visibleText(text)}>{visibleText(text)}</dd>
        </div>
      ))}
    </dl>
  )
}
