import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { tableQuery } from '../../client/kinds.ts'
import { countOf } from '../../ui/format.ts'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import arrayClasses from './ArrayView.module.css'
import { ExportMenu } from './ExportMenu.tsx'
import { NodeName } from './NodeHead.tsx'
import { usePictureOptions } from './picture-place.ts'
import { RowField } from './RowField.tsx'
import { SpyPicture } from './SpyPicture.tsx'
import { TableGrid } from './TableGrid.tsx'
import type { TableViewProps } from './TableView.tsx'

/** A sparse matrix: where its elements are, and these as a table of row, column and value. */
export function SparseView({ value, node, isNamed }: TableViewProps) {
  const options = usePictureOptions(value)
  const [row, setRow] = useState<number>()
  const { data: head } = useQuery(tableQuery(value))
  const facts = new Map(node.facts)
  return (
    <section className={arrayClasses.view} aria-label={`${node.type} ${facts.get('shape') ?? ''}`}>
      <div className={arrayClasses.header}>
        {isNamed ? <NodeName label={node.label} /> : null}
        <TypeBadge type={node.type} family="array" />
        <code>{visibleText(`${facts.get('dtype') ?? ''} ${facts.get('shape') ?? ''}`)}</code>
        {head && head.rows > 0 ? <RowField rows={head.rows} onRow={setRow} /> : null}
        <span className={arrayClasses.size}>
          {head ? `${countOf(head.rows, 'element')} stored` : ''}
          <ExportMenu value={value} formats={['csv', 'json']} hasPicture />
        </span>
      </div>
      <SpyPicture value={value} options={options} />
      {head && head.rows > 0 ? <TableGrid value={value} head={head} row={row} drawn={undefined} /> : null}
    </section>
  )
}
