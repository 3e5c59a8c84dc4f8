import { Menu } from '@mantine/core'
import { IconBraces, IconBrandPython, IconRoute } from '@tabler/icons-react'
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState, type KeyboardEvent, type MouseEvent } from 'react'
import type { TreeNode } from '../../../shared/api/contract.ts'
import { wayQuery } from '../../client/bytes.ts'
import { childrenPerPage, textQuery, treeQuery, type ValueAddress } from '../../client/queries.ts'
import { copyText } from '../../ui/clipboard.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { isMac } from '../../ui/platform.ts'
import { FilterByItems } from '../filter/FilterByItems.tsx'
import { literalTerm } from '../filter/filter-value.ts'
import { goTo, gridStart, pressKey } from '../../virtual/focus.ts'
import { useWindow } from '../../virtual/use-window.ts'
import {
  createOutline,
  parentOf,
  rowAt,
  rowOf,
  withOpen,
  type OpenNode,
  type OpenNodes,
  type Outline,
} from './outline.ts'
import { isWorthShowing } from './pictures.tsx'
import { TreeRow } from './TreeRow.tsx'
import classes from './ValueTree.module.css'

const rowHeight = 22

export interface ValueTreeProps {
  /** Entry and revision; its path is the tree's root. */
  value: ValueAddress
  root: TreeNode
  label: string
  /** What paths in the tree are called in filters; absent: they are in none. */
  filterAs?: 'output' | 'arguments'
  /** Path of the node whose details are shown below. */
  chosen: string
  onChoose: (node: TreeNode) => void
  /** Paths of nodes that something was found in. */
  marked?: ReadonlySet<string>
}

/** A value of any size as a tree: nodes come in pages as they are looked at. */
export function ValueTree({ value, root, label, filterAs, chosen, onChoose, marked }: ValueTreeProps) {
  const [open, setOpen] = useState<OpenNodes>(() =>
    // What a table or a date is made of is of less interest than what it shows.
    withOpen(new Map(), root.path, isWorthShowing(root) || isPlain(root) ? undefined : openNode(root)),
  )
  const outline = useMemo(() => createOutline(root.path, open), [root.path, open])
  useRevealed(value, outline, chosen, setOpen)
  const { attach, ...frame } = useWindow<HTMLDivElement>({ rows: outline.rows, rowHeight })
  const nodes = useNodes(value, root, outline, frame.first, frame.last)
  const [row, setRow] = useFocusedRow(outline, chosen)
  const { revealRow, isMeasured } = frame
  const chosenRow = rowOf(outline, chosen)
  useEffect(() => {
    if (isMeasured && chosenRow !== undefined) revealRow(chosenRow)
  }, [chosenRow, isMeasured, revealRow])
  const events = treeEvents({
    outline,
    nodes,
    row,
    pageRows: frame.pageRows,
    focus: (next) => {
      setRow(next)
      frame.scrollToRow(next)
      const node = nodeOf(outline, nodes, next)
      if (node) onChoose(node)
    },
    setOpen: (path, node) => setOpen((before) => withOpen(before, path, node)),
  })
  const drawn = Array.from({ length: frame.last - frame.first }, (_, i) => frame.first + i)
  return (
    <Menu width={250}>
      <Menu.ContextMenu>
        <div
          ref={attach}
          className={classes.tree}
          style={{ flexBasis: outline.rows * rowHeight + 8 }}
          role="tree"
          aria-label={label}
          tabIndex={0}
          data-inspector-focus
          aria-activedescendant={`tree-${row}`}
          onScroll={frame.onScroll}
          {...events}
        >
          <div role="presentation" style={{ height: frame.canvasHeight, position: 'relative' }}>
            <div
              role="presentation"
              className={classes.window}
              style={{ transform: `translateY(${frame.offset}px)` }}
            >
              {drawn.map((index) => (
                <TreeRow
                  key={index}
                  index={index}
                  at={rowAt(outline, index)}
                  node={nodeOf(outline, nodes, index)}
                  parent={parentNodeOf(outline, nodes, index)}
                  isOpen={open.has(pathOf(outline, index))}
                  isFocused={index === row}
                  isMarked={marked?.has(pathOf(outline, index)) === true}
                />
              ))}
            </div>
          </div>
        </div>
      </Menu.ContextMenu>
      <Menu.Dropdown>
        <FilterByItems term={filterAs && nodeTerm(filterAs, root.path, nodes, pathOf(outline, row))} />
        <CopyItems value={value} node={nodeOf(outline, nodes, row)} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** Unfolds what hides the chosen node: it may have been chosen elsewhere, by its bytes or by a link. */
function useRevealed(
  value: ValueAddress,
  outline: Outline,
  chosen: string,
  setOpen: (change: (before: OpenNodes) => OpenNodes) => void,
): void {
  const isHidden = rowOf(outline, chosen) === undefined
  const way = useQuery({ ...wayQuery({ ...value, path: chosen }), enabled: isHidden })
  const steps = isHidden ? way.data : undefined
  useEffect(() => {
    if (steps)
      setOpen((before) => steps.reduce((open, { path, ...node }) => withOpen(open, path, node), before))
  }, [steps, setOpen])
}

/** Its preview says everything. */
function isPlain({ family }: TreeNode): boolean {
  return family === 'scalar' || family === 'time' || family === 'text'
}

/** The focused row, which follows the chosen node when rows above it unfold. */
function useFocusedRow(outline: Outline, chosen: string) {
  const chosenRow = rowOf(outline, chosen)
  const [row, setRow] = useState(chosenRow ?? 0)
  const [followedRow, setFollowedRow] = useState(chosenRow)
  if (chosenRow !== followedRow) {
    setFollowedRow(chosenRow)
    if (chosenRow !== undefined) setRow(chosenRow)
  }
  return [row, setRow] as const
}

interface TreeEventOptions {
  outline: Outline
  nodes: Nodes
  row: number
  pageRows: number
  focus: (row: number) => void
  setOpen: (path: string, node: OpenNode | undefined) => void
}

/** Keys of the WAI-ARIA tree pattern, and the mouse. */
function treeEvents({ outline, nodes, row, pageRows, focus, setOpen }: TreeEventOptions) {
  const toggle = (node: TreeNode): void => {
    if (openNode(node)) setOpen(node.path, outline.open.has(node.path) ? undefined : openNode(node))
  }
  const unfold = (node: TreeNode): void => {
    if (outline.open.has(node.path)) focus(Math.min(row + 1, outline.rows - 1))
    else toggle(node)
  }
  const fold = (node: TreeNode | undefined): void => {
    if (node && outline.open.has(node.path)) return toggle(node)
    const above = rowAt(outline, row)?.parent
    const aboveRow = above === undefined ? undefined : rowOf(outline, above)
    if (aboveRow !== undefined) focus(aboveRow)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const node = nodeOf(outline, nodes, row)
    if (event.key === 'ArrowRight' && node) unfold(node)
    else if (event.key === 'ArrowLeft') fold(node)
    else if (event.key === 'Enter' && node) toggle(node)
    else {
      const next = nextRow(event, row, outline.rows, pageRows)
      if (next === undefined) return
      focus(next)
    }
    event.preventDefault()
  }
  const onMouseDown = (event: MouseEvent): void => {
    const at = clickedRow(event)
    if (at === undefined) return
    const node = nodeOf(outline, nodes, at)
    focus(at)
    if (node && event.button === 0 && (!isWorthShowing(node) || isOnFold(event))) toggle(node)
  }
  return { onKeyDown, onMouseDown }
}

/** An array is shown by a click; what it is made of unfolds by its own mark. */
function isOnFold(event: MouseEvent): boolean {
  return event.target instanceof Element && event.target.closest('[data-fold]') !== null
}

/** Nothing to open: a scalar, an array (shown as a table), a reference back up. */
function openNode(node: TreeNode): OpenNode | undefined {
  const facts = node.facts?.length ?? 0
  if (node.cycle !== undefined || node.children + facts === 0) return undefined
  return { facts, children: node.children }
}

function clickedRow(event: MouseEvent): number | undefined {
  const row = event.target instanceof Element ? event.target.closest('[data-tree-row]') : null
  return row ? Number(row.getAttribute('data-tree-row')) : undefined
}

function nextRow(event: KeyboardEvent, row: number, rows: number, pageRows: number): number | undefined {
  const isEdge = event.key === 'Home' || event.key === 'End'
  if (!isEdge && !/^(ArrowUp|ArrowDown|PageUp|PageDown)$/.test(event.key)) return undefined
  const control = isEdge || (isMac ? event.metaKey : event.ctrlKey)
  return pressKey(
    goTo(gridStart, row),
    { key: event.key, shift: false, control },
    { rows, columns: 1, pageRows },
  )?.row
}

type Nodes = ReadonlyMap<string, TreeNode>

/** The nodes of the rows in view, by path; those on their way are missing. */
function useNodes(value: ValueAddress, root: TreeNode, outline: Outline, first: number, last: number): Nodes {
  const wanted = new Map<string, { parent: string; page: number }>()
  const want = (parent: string, index: number): void => {
    const page = Math.floor(index / childrenPerPage)
    wanted.set(`${parent} ${page}`, { parent, page })
  }
  for (let row = first; row < last; row++) {
    const at = rowAt(outline, row)
    if (at?.kind === 'node' && at.parent !== undefined) want(at.parent, at.index)
    // The facts of a node are drawn from the node itself, which may have scrolled out of view.
    const above = at?.kind === 'fact' && at.parent !== root.path ? parentOf(at.parent) : undefined
    if (above) want(above.parent, above.index)
  }
  const answers = useQueries({
    queries: [...wanted.values()].map(({ parent, page }) => treeQuery({ ...value, path: parent }, page)),
  })
  const nodes = new Map<string, TreeNode>([[root.path, root]])
  for (const answer of answers) for (const child of answer.data?.children ?? []) nodes.set(child.path, child)
  return nodes
}

function pathOf(outline: Outline, row: number): string {
  const at = rowAt(outline, row)
  return at?.kind === 'node' ? at.path : ' none'
}

function nodeOf(outline: Outline, nodes: Nodes, row: number): TreeNode | undefined {
  return nodes.get(pathOf(outline, row))
}

function parentNodeOf(outline: Outline, nodes: Nodes, row: number): TreeNode | undefined {
  const at = rowAt(outline, row)
  return at?.parent === undefined ? undefined : nodes.get(at.parent)
}

/** The term that finds entries with the same scalar at the same place. */
function nodeTerm(of: 'output' | 'arguments', root: string, nodes: Nodes, path: string): string | undefined {
  const node = nodes.get(path)
  if (!node || !/^(?:int|float|bool|None|NoneType|str|.*(?:int|float)\d+|bool_)$/.test(node.type))
    return undefined
  const names: string[] = []
  for (let at = path; at !== root; at = parentOf(at)!.parent) {
    const label = nodes.get(at)?.label
    if (!label) return undefined
    names.unshift(label.kind === 'key' ? (pythonStringText(label.text) ?? label.text) : label.text)
  }
  if (names.length === 0) return undefined
  return literalTerm([...(of === 'output' ? ['output'] : []), ...names].join('.'), node.preview)
}

function CopyItems({ value, node }: { value: ValueAddress; node: TreeNode | undefined }) {
  const client = useQueryClient()
  if (!node) return null
  const copy = async (as: 'json' | 'python'): Promise<void> => {
    const { text } = await client.fetchQuery(textQuery({ ...value, path: node.path }, as))
    await copyText(text)
  }
  return (
    <>
      <Menu.Item leftSection={<IconBraces size={14} />} onClick={() => void copy('json')}>
        Copy as JSON
      </Menu.Item>
      <Menu.Item leftSection={<IconBrandPython size={14} />} onClick={() => void copy('python')}>
        Copy as Python
      </Menu.Item>
      <Menu.Item
        leftSection={<IconRoute size={14} />}
        onClick={() => void copyText(node.label.text || node.type)}
      >
        Copy name
      </Menu.Item>
    </>
  )
}
