import type { TreeNode } from '../../../shared/api/contract.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { countOf, formatBytes } from '../../ui/format.ts'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { ArrayPicture, axesWithoutIndex } from './ArrayPicture.tsx'
import { looksOf, parseIndex } from './array-looks.ts'
import { ArrayAxes } from './ArrayAxes.tsx'
import { elementCount, itemBytes, shapeText, tableShape } from './array-shape.ts'
import { ArrayTable } from './ArrayTable.tsx'
import classes from './ArrayView.module.css'
import { ExportMenu } from './ExportMenu.tsx'
import { NodeFacts, NodeName } from './NodeHead.tsx'
import { usePictureOptions } from './picture-place.ts'
import { Statistics } from './Statistics.tsx'

export interface ArrayViewProps {
  value: ValueAddress
  /** An array. */
  node: TreeNode
  /** False where the panel says what it is. */
  isNamed: boolean
}

/** An array: what it is, its figures, its picture, and its numbers. */
export function ArrayView({ value, node, isNamed }: ArrayViewProps) {
  const { array } = node
  if (!array) return null
  return <ShapedView value={value} node={node} isNamed={isNamed} {...array} />
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
  const hasPicture = looksOf({ dtype, shape }).length > 0
  const facts = (node.facts ?? []).filter(([name]) => !toldAlready.has(name))
  const index = parseIndex(options.get('index'), shape)
  const onIndex = (next: readonly number[]): void => options.set({ index: next.join(',') })
  const axes = shape.map((_length, axis) => axis)
  const ofTable = hasPicture ? axesWithoutIndex({ dtype, shape, options }) : axes
  const ofRows = axes.filter((axis) => axis >= shape.length - 2 || !ofTable.includes(axis))
  return (
    <section className={classes.view} aria-label={`${node.type} ${shapeText(shape)}`}>
      <div className={classes.header}>
        {isNamed ? <NodeName label={node.label} /> : null}
        <TypeBadge type={node.type} family={node.family} />
        <code>{visibleText(dtype)}</code>
        <code>{shapeText(shape)}</code>
        {order === 'F' ? (
          <span title="Fortran order: columns stand together in memory">column order</span>
        ) : null}
        <span className={classes.size}>
          {countOf(count, 'element')}
          {size === undefined ? '' : ` · ${formatBytes(count * size)}`}
          {node.problem ? null : (
            <ExportMenu
              value={value}
              formats={[
                ...(dtype === 'object' ? [] : (['npy'] as const)),
                ...(['csv', 'json'] as const),
                ...(hasPicture && shape.length > 1 ? (['png'] as const) : []),
                ...(dtype === 'object' ? [] : (['raw'] as const)),
              ]}
              hasPicture={hasPicture && count > 0}
            />
          )}
        </span>
      </div>
      {node.problem ? <div className={classes.problem}>{visibleText(node.problem.sentence)}</div> : null}
      {facts.length > 0 ? <NodeFacts facts={facts} /> : null}
      {node.problem ? null : count === 0 ? (
        <div className={classes.none}>The array has no elements.</div>
      ) : (
        <>
          {hasPicture ? <ArrayPicture value={value} dtype={dtype} shape={shape} options={options} /> : null}
          {count < 5 ? null : <Statistics value={value} />}
          <ArrayAxes
            label="Table of"
            shape={shape}
            shown={ofRows}
            free={[]}
            index={index}
            onIndex={onIndex}
          />
          <ArrayTable
            key={index.slice(0, -2).join(',')}
            value={value}
            table={table}
            index={index.slice(0, -2)}
            dtype={dtype}
          />
        </>
      )}
    </section>
  )
}

/** Facts that the header has. */
const toldAlready = new Set(['dtype', 'shape', 'order', 'bytes'])
