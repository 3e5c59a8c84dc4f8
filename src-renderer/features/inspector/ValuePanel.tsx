import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TreeNode } from '../../../shared/api/contract.ts'
import { textQuery, treeQuery, type ValueAddress } from '../../client/queries.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import { hasTable } from '../value/array-shape.ts'
import { ArrayView } from '../value/ArrayView.tsx'
import { ValueTree } from '../value/ValueTree.tsx'
import classes from './Inspector.module.css'

/** A value: its tree, and below it the numbers or the text of the chosen node. An array alone is shown at once. */
export function ValuePanel({ value, label }: { value: ValueAddress; label: string }) {
  const page = useQuery(treeQuery(value, 0))
  const [chosen, setChosen] = useState<TreeNode>()
  if (page.error)
    return (
      <ErrorState title="The value cannot be shown" error={page.error} onRetry={() => void page.refetch()} />
    )
  if (!page.data) return <Waiting what="Reading the value…" />
  const { node: root, children } = page.data
  if (root.array) return <ArrayView value={value} node={root} isNamed={false} />
  const shown = chosen ?? worthShowing(root, children)
  const detail = shown && (hasTable(shown) || isLongText(shown)) ? shown : undefined
  return (
    <>
      <ValueTree value={value} root={root} label={label} chosen={(shown ?? root).path} onChoose={setChosen} />
      {detail ? (
        <div className={classes.detail}>
          <NodeDetail
            key={detail.path}
            value={{ ...value, path: detail.path }}
            node={detail}
            isNamed={detail.path !== root.path}
          />
        </div>
      ) : null}
    </>
  )
}

/** Values are shown, not described: the first array at hand, else the root. */
function worthShowing(root: TreeNode, children: readonly TreeNode[]): TreeNode | undefined {
  return hasTable(root) ? root : (children.find(hasTable) ?? root)
}

/** A preview is at most some 200 characters; a text that fills it may have more. */
function isLongText(node: TreeNode): boolean {
  return node.family === 'text' && node.children === 0 && node.preview.length > 60
}

function NodeDetail({ value, node, isNamed }: { value: ValueAddress; node: TreeNode; isNamed: boolean }) {
  return hasTable(node) ? (
    <ArrayView value={value} node={node} isNamed={isNamed} />
  ) : (
    <LongText value={value} />
  )
}

function LongText({ value }: { value: ValueAddress }) {
  const { data, error } = useQuery(textQuery(value, 'python'))
  if (error) return <ErrorState title="The text cannot be shown" error={error} />
  if (!data) return <Waiting what="Reading the text…" />
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling text must be reachable by key
  return (
    <pre className={classes.longText} tabIndex={0}>
      {pythonStringText(data.text.trim()) ?? data.text}
    </pre>
  )
}
