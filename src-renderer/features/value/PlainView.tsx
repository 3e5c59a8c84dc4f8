import type { TreeNode } from '../../../shared/api/contract.ts'
import type { ExportFormat } from '../../../shared/api/pictures.ts'
import { countOf } from '../../ui/format.ts'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import classes from './ArrayView.module.css'
import { ExportMenu } from './ExportMenu.tsx'
import { LongText } from './LongText.tsx'
import { NodeName } from './NodeHead.tsx'
import type { PictureProps } from './pictures.tsx'

/** What has only its tree: what it is and how it is saved; of long texts, bytes and numbers all that is in them. */
export function PlainView({ value, node, isNamed }: PictureProps) {
  const isLong = isLongText(node)
  return (
    <section
      className={isLong ? classes.view : undefined}
      data-strip={!isLong || undefined}
      aria-label={node.type}
    >
      <div className={classes.header}>
        {isNamed ? <NodeName label={node.label} /> : null}
        <TypeBadge type={node.type} family={node.family} />
        <span className={classes.size}>
          {node.family === 'container' ? countOf(node.children, 'item') : ''}
          <ExportMenu value={value} formats={formatsOf(node)} hasPicture={false} />
        </span>
      </div>
      {isLong ? <LongText value={value} /> : null}
    </section>
  )
}

/** A preview is at most some 200 characters; a text that fills it may have more. */
export function isLongText({ family, children, preview }: TreeNode): boolean {
  return ['text', 'bytes', 'scalar'].includes(family) && children === 0 && preview.length > 60
}

function formatsOf({ kind }: TreeNode): ExportFormat[] {
  if (kind === 'str' || kind === 'bytes' || kind === 'bytearray') return ['raw', 'json']
  return kind === 'list' || kind === 'tuple' ? ['csv', 'json'] : ['json']
}
