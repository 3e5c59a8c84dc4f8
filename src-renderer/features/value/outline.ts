/**
 * Which rows a value tree shows. Paths are those of the API: child numbers joined
 * by dots, the entry's root is the empty text. Only opened nodes are known here,
 * with their number of children, so a list of a million items costs one entry.
 */
export interface OpenNode {
  /** Lines of facts that stand before the children. */
  readonly facts: number
  readonly children: number
}

export type OpenNodes = ReadonlyMap<string, OpenNode>

export interface Outline {
  readonly root: string
  /** Rows, the root's own among them. */
  readonly rows: number
  readonly open: OpenNodes
  /** Rows below an opened node whose ancestors are open too. */
  readonly sizes: ReadonlyMap<string, number>
  /** Numbers of the opened children of a node, rising. */
  readonly openChildren: ReadonlyMap<string, readonly number[]>
}

export type OutlineRow =
  | {
      readonly kind: 'node'
      readonly path: string
      readonly parent: string | undefined
      readonly index: number
      readonly depth: number
    }
  | { readonly kind: 'fact'; readonly parent: string; readonly index: number; readonly depth: number }

export function childPath(parent: string, index: number): string {
  return parent === '' ? String(index) : `${parent}.${index}`
}

/** The parent's path and the number among its children; `undefined` for the empty path. */
export function parentOf(path: string): { parent: string; index: number } | undefined {
  if (path === '') return undefined
  const dot = path.lastIndexOf('.')
  return { parent: dot < 0 ? '' : path.slice(0, dot), index: Number(path.slice(dot + 1)) }
}

export function createOutline(root: string, open: OpenNodes): Outline {
  const openChildren = new Map<string, number[]>()
  const sizes = new Map<string, number>()
  const deepestFirst = [...open.keys()].toSorted((a, b) => depthOf(b) - depthOf(a))
  for (const path of deepestFirst) {
    const node = open.get(path)!
    let size = node.facts + node.children
    for (const index of openChildren.get(path) ?? []) size += sizes.get(childPath(path, index)) ?? 0
    sizes.set(path, size)
    const above = parentOf(path)
    if (above) openChildren.set(above.parent, [...(openChildren.get(above.parent) ?? []), above.index])
  }
  for (const indexes of openChildren.values()) indexes.sort((a, b) => a - b)
  return { root, rows: 1 + (sizes.get(root) ?? 0), open, sizes, openChildren }
}

function depthOf(path: string): number {
  return path === '' ? 0 : path.split('.').length
}

/** What stands in a row. */
export function rowAt(outline: Outline, row: number): OutlineRow | undefined {
  if (row < 0 || row >= outline.rows) return undefined
  let path = outline.root
  let parent: string | undefined
  let index = 0
  let rest = row
  for (let depth = 0; ; depth++) {
    if (rest === 0) return { kind: 'node', path, parent, index, depth }
    rest -= 1
    const { facts } = outline.open.get(path)!
    if (rest < facts) return { kind: 'fact', parent: path, index: rest, depth: depth + 1 }
    rest -= facts
    const below = childHolding(outline, path, rest)
    parent = path
    index = below.index
    rest -= below.before
    path = childPath(path, index)
  }
}

/** The child in whose rows the row `rest` below the facts falls, and the rows before it. */
function childHolding(outline: Outline, path: string, rest: number): { index: number; before: number } {
  let extra = 0
  for (const opened of outline.openChildren.get(path) ?? []) {
    const start = opened + extra
    if (rest < start) break
    const size = outline.sizes.get(childPath(path, opened)) ?? 0
    if (rest <= start + size) return { index: opened, before: start }
    extra += size
  }
  return { index: rest - extra, before: rest }
}

/** The row of a node, if its ancestors are open. */
export function rowOf(outline: Outline, path: string): number | undefined {
  let row = 0
  let at = path
  while (at !== outline.root) {
    const above = parentOf(at)
    const node = above && outline.open.get(above.parent)
    if (!above || !node) return undefined
    row += 1 + node.facts + above.index
    for (const opened of outline.openChildren.get(above.parent) ?? []) {
      if (opened >= above.index) break
      row += outline.sizes.get(childPath(above.parent, opened)) ?? 0
    }
    at = above.parent
  }
  return row
}

export function withOpen(open: OpenNodes, path: string, node: OpenNode | undefined): OpenNodes {
  const next = new Map(open)
  if (node) next.set(path, node)
  else next.delete(path)
  return next
}
