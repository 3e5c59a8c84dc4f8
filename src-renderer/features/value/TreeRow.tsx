import { IconChevronRight } from '@tabler/icons-react'
import type { TreeNode } from '../../../shared/api/contract.ts'
import { Code } from '../../ui/Code.tsx'
import { formatCount } from '../../ui/format.ts'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import type { OutlineRow } from './outline.ts'
import classes from './ValueTree.module.css'

export interface TreeRowProps {
  index: number
  at: OutlineRow | undefined
  /** Absent while it is on its way. */
  node: TreeNode | undefined
  parent: TreeNode | undefined
  isOpen: boolean
  isFocused: boolean
  isMarked: boolean
}

export function TreeRow({ index, at, node, parent, isOpen, isFocused, isMarked }: TreeRowProps) {
  if (!at) return null
  const isFact = at.kind === 'fact'
  const canOpen =
    node !== undefined && node.cycle === undefined && (node.children > 0 || (node.facts?.length ?? 0) > 0)
  return (
    <div
      id={`tree-${index}`}
      role="treeitem"
      aria-level={at.depth + 1}
      aria-expanded={canOpen ? isOpen : undefined}
      aria-selected={isFocused}
      aria-posinset={at.index + 1}
      aria-setsize={parent?.children}
      className={classes.row}
      data-tree-row={index}
      data-focused={isFocused || undefined}
      data-marked={isMarked || undefined}
      style={{ paddingLeft: 8 + at.depth * 14 }}
    >
      <span className={classes.fold} data-fold data-open={isOpen || undefined} aria-hidden>
        {canOpen ? <IconChevronRight size={12} stroke={2} /> : null}
      </span>
      {isFact ? (
        <FactLine fact={parent?.facts?.[at.index]} />
      ) : (
        <NodeLine node={node} isRoot={at.depth === 0} />
      )}
    </div>
  )
}

function FactLine({ fact }: { fact: readonly [string, string] | undefined }) {
  if (!fact) return <span className={classes.placeholder} />
  return (
    <>
      <span className={classes.factName}>{visibleText(fact[0])}</span>
      <span className={classes.text} title={visibleText(fact[1])}>
        {visibleText(fact[1])}
      </span>
    </>
  )
}

/** The root's name is the panel's. */
function NodeLine({ node, isRoot }: { node: TreeNode | undefined; isRoot: boolean }) {
  if (!node) return <span className={classes.placeholder} />
  return (
    <>
      {isRoot ? null : <Label label={node.label} />}
      {needsBadge(node) ? <TypeBadge type={node.type} family={node.family} /> : null}
      <Preview node={node} />
    </>
  )
}

function Label({ label }: { label: TreeNode['label'] }) {
  if (label.kind === 'root' || label.text === '') return null
  if (label.kind === 'key') {
    return (
      <span className={classes.label}>
        <Code text={label.text} />
      </span>
    )
  }
  return (
    <span className={classes.label} data-kind={label.kind}>
      {visibleText(label.text)}
    </span>
  )
}

/** A number, a text or None says by itself what it is. */
function needsBadge({ type, family, problem }: TreeNode): boolean {
  return (
    problem !== undefined || !(family === 'text' || /^(int|float|bool|None|NoneType|complex)$/.test(type))
  )
}

function Preview({ node }: { node: TreeNode }) {
  if (node.cycle !== undefined) {
    const levels = node.cycle === 1 ? '1 level up' : `${formatCount(node.cycle)} levels up`
    return <span className={classes.reference}>↻ {levels}</span>
  }
  if (node.problem) {
    return (
      <span className={classes.problem} title={visibleText(node.problem.sentence)}>
        {visibleText(node.problem.sentence)}
      </span>
    )
  }
  const isLiteral = node.family !== 'array' && node.family !== 'table'
  return (
    <span className={isLiteral ? classes.text : classes.dim} title={visibleText(node.preview)}>
      {isLiteral ? <Code text={node.preview} /> : visibleText(node.preview)}
    </span>
  )
}
