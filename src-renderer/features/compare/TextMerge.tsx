import { MergeView } from '@codemirror/merge'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import classes from './TextPanel.module.css'

/** The window's own colours, so that both themes hold. */
const look = EditorView.theme({
  '&': { fontSize: '12px', backgroundColor: 'var(--panel)', color: 'var(--text)' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'transparent' },
  '.cm-gutters': {
    backgroundColor: 'var(--panel)',
    color: 'var(--faint)',
    border: 'none',
    borderRight: '1px solid var(--line-soft)',
  },
  '.cm-collapsedLines': {
    background: 'var(--chip)',
    color: 'var(--dim)',
    fontFamily: 'var(--font-sans)',
    fontSize: '11.5px',
  },
  // Its arrows are signs that few fonts have.
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '""', margin: 0 },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--bad-soft)' },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'color-mix(in srgb, var(--ok) 14%, transparent)' },
  '&.cm-merge-a .cm-changedText': {
    background: 'color-mix(in srgb, var(--bad) 30%, transparent)',
  },
  '&.cm-merge-b .cm-changedText': {
    background: 'color-mix(in srgb, var(--ok) 32%, transparent)',
  },
})

function extensions(label: string): Extension {
  return [
    lineNumbers(),
    look,
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
  ]
}

/** Two texts side by side, to be read only; stretches without a difference are folded. */
export function TextMerge({ left, right }: { left: string; right: string }) {
  const parent = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!parent.current) return
    const view = new MergeView({
      a: { doc: left, extensions: extensions('Left text') },
      b: { doc: right, extensions: extensions('Right text') },
      parent: parent.current,
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
      diffConfig: { scanLimit: 500, timeout: 1_000 },
    })
    return () => view.destroy()
  }, [left, right])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
    <div ref={parent} className={classes.merge} role="group" tabIndex={0} aria-label="Text difference" />
  )
}
