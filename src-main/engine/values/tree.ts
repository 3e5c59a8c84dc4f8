import type { WayStep } from '../../../shared/api/bytes.ts'
import type { TreeNode, TreePage } from '../../../shared/api/contract.ts'
import { asArray } from '../../../shared/lenses/arrays.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { Problem } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { dtypeName } from '../../../shared/numpy/dtype.ts'
import { previewOf } from '../../../shared/render/preview.ts'
import { pythonLiteral } from '../../../shared/render/python.ts'
import type { ChildLabel } from '../../../shared/value/walk.ts'
import { childAt, childCount, resolvePath } from '../../../shared/value/walk.ts'
import type { Value } from '../../../shared/value/value.ts'

/** Children of one page. */
const childrenLimit = 1_000

const labelCharacters = 120

/** `0.3.1` as child numbers; the empty text is the root. */
export function formatPath(path: readonly number[]): string {
  return path.join('.')
}

/** Finds a node. Throws `NOT_FOUND` if the path leaves the tree. */
export function nodeAt(root: Value, path: readonly number[]): { value: Value; ancestors: readonly Value[] } {
  const found = resolvePath(root, path)
  if (!found)
    throw new AppError(
      'NOT_FOUND',
      `The value has no part ${formatPath(path)}; it may have changed, so open it again.`,
    )
  return found
}

/** A node and its children `[from, to)`, at most 1,000 of them. */
export function treePage(
  root: Value,
  path: readonly number[],
  from: number,
  to: number,
  source: ByteSource,
): TreePage {
  const { value, ancestors } = nodeAt(root, path)
  const node = treeNode(value, { path, label: labelAt(root, path, source), ancestors, source })
  const total = node.children
  const end = Math.min(to, total, from + childrenLimit)
  const within = [...ancestors, value]
  const children: TreeNode[] = []
  for (let index = from; index < end; index++) {
    const child = childAt(value, index)
    if (!child) break
    children.push(
      treeNode(child.value, {
        path: [...path, index],
        label: labelOf(child.label, source),
        ancestors: within,
        source,
      }),
    )
  }
  return { node, from, children, total }
}

/** No tree on a screen shows a node that is nested more deeply. */
const deepestShown = 500

/** What has to be unfolded to see a node, the root first; nothing for one that no tree shows. */
export function wayTo(root: Value, path: readonly number[], source: ByteSource): WayStep[] {
  const { ancestors } = nodeAt(root, path)
  if (path.length > deepestShown) return []
  return ancestors.map((value, depth) => ({
    path: formatPath(path.slice(0, depth)),
    facts: previewOf(value, source).facts?.length ?? 0,
    children: childCount(value),
  }))
}

export interface NodePlace {
  readonly path: readonly number[]
  readonly label: TreeNode['label']
  readonly ancestors: readonly Value[]
  readonly source: ByteSource
}

/** How the interface draws a node. */
export function treeNode(value: Value, { path, label, ancestors, source }: NodePlace): TreeNode {
  const shown = previewOf(value, source)
  const array = asArray(value, source)
  const level = ancestors.lastIndexOf(value)
  const cycle = level < 0 ? undefined : ancestors.length - level
  return {
    path: formatPath(path),
    label,
    kind: value.kind,
    type: shown.type,
    family: shown.family,
    look: shown.look ?? (array?.dtype.fields && array.shape.length === 1 ? 'table' : undefined),
    preview: shown.preview,
    children: cycle === undefined ? childCount(value) : 0,
    start: value.start,
    end: value.end,
    cycle,
    facts: shown.facts && [...shown.facts],
    array: array && { dtype: dtypeName(array.dtype), shape: [...array.shape], order: array.order },
    problem: problemOf(value),
  }
}

function problemOf(value: Value): Problem | undefined {
  return value.kind === 'cut' || value.kind === 'ndarray' ? value.problem : undefined
}

function labelAt(root: Value, path: readonly number[], source: ByteSource): TreeNode['label'] {
  const index = path.at(-1)
  if (index === undefined) return { kind: 'root', text: '' }
  const child = childAt(nodeAt(root, path.slice(0, -1)).value, index)
  return child ? labelOf(child.label, source) : { kind: 'index', text: String(index) }
}

export function labelOf(label: ChildLabel, source: ByteSource): TreeNode['label'] {
  switch (label.kind) {
    case 'index':
      return { kind: 'index', text: String(label.index) }
    case 'field':
      return { kind: 'field', text: label.name }
    default:
      return { kind: 'key', text: pythonLiteral(label.key, { source, maxCharacters: labelCharacters }) }
  }
}
