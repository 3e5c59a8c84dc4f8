import type { ReactNode } from 'react'
import type { TreeNode } from '../../../shared/api/contract.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { ArrayView } from './ArrayView.tsx'
import { AtomsView } from './AtomsView.tsx'
import { isLongText, PlainView } from './PlainView.tsx'
import { SparseView } from './SparseView.tsx'
import { TableView } from './TableView.tsx'

export interface PictureProps {
  /** The entry, with the node's path. */
  readonly value: ValueAddress
  readonly node: TreeNode
  /** False where the panel says what it is. */
  readonly isNamed: boolean
}

interface Picture {
  readonly fits: (node: TreeNode) => boolean
  readonly draw: (props: PictureProps) => ReactNode
  /** Shown at once, before a node was chosen; and a click on the node shows it instead of unfolding the tree. */
  readonly isWorthShowing: boolean
}

/** How nodes are shown beside the tree; the first that fits is taken. Other nodes have only their tree. */
const pictures: readonly Picture[] = [
  { fits: ({ look }) => look === 'table', draw: (props) => <TableView {...props} />, isWorthShowing: true },
  { fits: ({ look }) => look === 'atoms', draw: (props) => <AtomsView {...props} />, isWorthShowing: true },
  { fits: ({ look }) => look === 'sparse', draw: (props) => <SparseView {...props} />, isWorthShowing: true },
  {
    fits: ({ array }) => array !== undefined,
    draw: (props) => <ArrayView {...props} />,
    isWorthShowing: true,
  },
  {
    fits: (node) => isLongText(node) || ['bytes', 'text', 'container', 'object'].includes(node.family),
    draw: (props) => <PlainView {...props} />,
    isWorthShowing: false,
  },
]

function pictureFor(node: TreeNode): Picture | undefined {
  return pictures.find(({ fits }) => fits(node))
}

export function hasPicture(node: TreeNode): boolean {
  return pictureFor(node) !== undefined
}

export function NodePicture(props: PictureProps): ReactNode {
  return pictureFor(props.node)?.draw(props)
}

export function isWorthShowing(node: TreeNode): boolean {
  return pictureFor(node)?.isWorthShowing === true
}
