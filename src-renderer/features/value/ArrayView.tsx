import { NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TreeNode } from '../../../shared/api/contract.ts'
import { arrayQuery, type ValueAddress } from '../../client/queries.ts'
import { countOf, formatBytes } from '../../ui/format.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { ArrayPicture } from './ArrayPicture.tsx'
import { elementCount, isDrawable, itemBytes, shapeText, tableShape } from './array-shape.ts'
import { ArrayTable } from './ArrayTable.tsx'
import classes from './ArrayView.module.css'
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
  const [index, setIndex] = useState<readonly number[]>(() => table.leading.map(() => 0))
  const count = elementCount(shape)
  const size = itemBytes(dtype)
  const isTable = node.family === 'table'
  const facts = (node.facts ?? []).filter(([name]) => !toldAlready.has(name))
  return (
    <section className={classes.view} aria-label={`${node.type} ${shapeText(shape)}`}>
      <div className={classes.header}>
        {isNamed ? <Name label={node.label} /> : null}
        <TypeBadge type={node.type} family={node.family} />
        {isTable ? null : <code>{visibleText(dtype)}</code>}
        <code>{shapeText(shape)}</code>
        {order === 'F' ? (
          <span title="Fortran order: columns stand together in memory">column order</span>
        ) : null}
        <span className={classes.size}>
          {isTable ? countOf(shape[0] ?? 0, 'row') : countOf(count, 'element')}
          {size === undefined || isTable ? '' : ` · ${formatBytes(count * size)}`}
        </span>
      </div>
      {node.problem ? <div className={classes.problem}>{visibleText(node.problem.sentence)}</div> : null}
      {facts.length > 0 ? <Facts facts={facts} /> : null}
      {table.leading.length === 0 ? null : (
        <IndexPickers leading={table.leading} index={index} onIndex={setIndex} />
      )}
      {node.problem ? null : count === 0 ? (
        <div className={classes.none}>The array has no elements.</div>
      ) : (
        <>
          {!isTable && isDrawable(dtype) && count > 3 ? (
            <ArrayPicture value={value} table={table} index={index} />
          ) : null}
          {isTable || count < 5 ? null : <Statistics value={value} />}
          <ArrayTable key={index.join(',')} value={value} table={table} index={index} />
        </>
      )}
    </section>
  )
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

interface IndexPickersProps {
  leading: readonly number[]
  index: readonly number[]
  onIndex: (index: readonly number[]) => void
}

/** One number for each dimension before the last two. */
function IndexPickers({ leading, index, onIndex }: IndexPickersProps) {
  return (
    <div className={classes.pickers} role="group" aria-label="Index of the leading axes">
      [
      {leading.map((length, axis) => (
        <NumberInput
          // oxlint-disable-next-line react/no-array-index-key -- an axis is its number
          key={axis}
          size="xs"
          w={74}
          min={0}
          max={Math.max(0, length - 1)}
          clampBehavior="strict"
          allowDecimal={false}
          aria-label={`Index of axis ${axis}, 0 to ${length - 1}`}
          value={index[axis] ?? 0}
          onChange={(next) => onIndex(index.with(axis, Number(next) || 0))}
        />
      ))}
      , :, : ]<span className={classes.pickerHint}>of {shapeText(leading)}</span>
    </div>
  )
}
