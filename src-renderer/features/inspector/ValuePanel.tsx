import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { EntryDetail, TreeNode } from '../../../shared/api/contract.ts'
import { treeQuery, type ValueAddress } from '../../client/queries.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import { FindBar } from '../find/FindBar.tsx'
import { useFind } from '../find/use-find.ts'
import { hasPicture, isWorthShowing, NodePicture } from '../value/pictures.tsx'
import { useChosenNode } from '../value/picture-place.ts'
import { ValueTree } from '../value/ValueTree.tsx'
import classes from './Inspector.module.css'

export interface ValuePanelProps {
  value: ValueAddress
  label: string
  detail: EntryDetail
}

/** A value: its tree, and below it the picture of the chosen node. An array alone is shown at once. */
export function ValuePanel({ value, label, detail }: ValuePanelProps) {
  const page = useQuery(treeQuery(value, 0))
  const [chosenPath, choose] = useChosenNode(value)
  const find = useFind(value, detail)
  const [picked, setPicked] = useState<TreeNode>()
  const isPicked = picked !== undefined && picked.path === chosenPath
  // After a reload or from a link only the path is known.
  const named = useQuery({
    ...treeQuery({ ...value, path: chosenPath ?? value.path }, 0),
    enabled: chosenPath !== undefined && !isPicked,
  })
  if (page.error)
    return (
      <ErrorState title="The value cannot be shown" error={page.error} onRetry={() => void page.refetch()} />
    )
  if (!page.data) return <Waiting what="Reading the value…" />
  const { node: root, children } = page.data
  if (root.array) return <NodePicture value={value} node={root} isNamed={false} />
  const shown = chosenPath === undefined ? worthShowing(root, children) : isPicked ? picked : named.data?.node
  return (
    <>
      {root.children === 0 ? null : <FindBar find={find} />}
      <ValueTree
        value={value}
        root={root}
        label={label}
        filterAs={
          value.path === detail.argumentsPath
            ? 'arguments'
            : value.path === detail.outputPath
              ? 'output'
              : undefined
        }
        chosen={chosenPath ?? (shown ?? root).path}
        marked={find.paths}
        onChoose={(node) => {
          setPicked(node)
          choose(node.path)
        }}
      />
      {shown && hasPicture(shown) ? (
        <div className={classes.detail}>
          <NodePicture
            key={shown.path}
            value={{ ...value, path: shown.path }}
            node={shown}
            isNamed={shown.path !== root.path}
          />
        </div>
      ) : null}
    </>
  )
}

/** Values are shown, not described: the first picture at hand, else the root. */
function worthShowing(root: TreeNode, children: readonly TreeNode[]): TreeNode {
  return isWorthShowing(root) ? root : (children.find(isWorthShowing) ?? root)
}
