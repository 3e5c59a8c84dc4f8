import { ActionIcon } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { useEffect, useState, type KeyboardEvent } from 'react'
import type { EntryChange } from '../../../shared/api/compare.ts'
import { comparedPerPage, differencesQuery, type EntryPair } from '../../client/compare.ts'
import { formatCount } from '../../ui/format.ts'
import { useLatest } from '../../ui/use-latest.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useWindow } from '../../virtual/use-window.ts'
import classes from './ChangeList.module.css'
import { changeWords } from './change-words.ts'
import type { Compare } from './use-compare.ts'

const rowHeight = 42

export interface ChangeListProps {
  readonly compare: Compare
  readonly pair: EntryPair
  readonly total: number
  readonly chosen: EntryChange | undefined
  readonly onChoose: (change: EntryChange) => void
}

/** The differences, windowed; arrows, F7 and Shift+F7 go from one to the next. */
export function ChangeList({ compare, pair, total, chosen, onChoose }: ChangeListProps) {
  const { attach, onScroll, first, last, offset, canvasHeight, revealRow } = useWindow<HTMLDivElement>({
    rows: total,
    rowHeight,
  })
  const [at, setAt] = useState(0)
  const pages = pagesOf(Math.min(first, at), Math.max(last, at + 1))
  const { find, sections } = compare
  const answers = useQueries({
    queries: pages.map((page) => differencesQuery(pair, { find, sections }, page)),
  })
  const changeAt = (row: number): EntryChange | undefined => {
    const page = Math.floor(row / comparedPerPage)
    return answers[pages.indexOf(page)]?.data?.changes[row - page * comparedPerPage]
  }
  const go = (row: number): void => {
    const next = Math.max(0, Math.min(total - 1, row))
    setAt(next)
    revealRow(next)
  }
  useDifferenceKeys((step) => go(at + step))
  useChosen({
    change: changeAt(at),
    wanted: compare.change,
    chosen,
    answers: answers[0]?.data?.changes,
    onChoose,
    setAt,
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Partial<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      Home: -total,
      End: total,
      PageDown: 10,
      PageUp: -10,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    go(at + step)
  }
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  return (
    <div className={classes.pane}>
      <div className={classes.head}>
        <span>
          {total === 0 ? 'No difference matches' : `${formatCount(at + 1)} of ${formatCount(total)}`}
        </span>
        <ActionIcon
          aria-label="Previous difference"
          title="Previous difference (Shift+F7)"
          disabled={at === 0}
          onClick={() => go(at - 1)}
        >
          <IconArrowUp size={14} />
        </ActionIcon>
        <ActionIcon
          aria-label="Next difference"
          title="Next difference (F7)"
          disabled={at >= total - 1}
          onClick={() => go(at + 1)}
        >
          <IconArrowDown size={14} />
        </ActionIcon>
      </div>
      <div
        ref={attach}
        className={classes.list}
        role="listbox"
        aria-label="List of differences"
        aria-activedescendant={total > 0 ? `change-${at}` : undefined}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: canvasHeight, position: 'relative' }} role="presentation">
          <div
            className={classes.window}
            style={{ transform: `translateY(${offset}px)` }}
            role="presentation"
          >
            {rows.map((row) => (
              <ChangeRow
                key={row}
                row={row}
                change={changeAt(row)}
                isChosen={row === at}
                onClick={() => go(row)}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  )
}

interface ChosenArguments {
  readonly change: EntryChange | undefined
  readonly wanted: string | undefined
  readonly chosen: EntryChange | undefined
  readonly answers: readonly EntryChange[] | undefined
  readonly onChoose: (change: EntryChange) => void
  readonly setAt: (row: number) => void
}

/** Tells which change is shown: at first the one that the address names. */
function useChosen({ change, wanted, chosen, answers, onChoose, setAt }: ChosenArguments): void {
  const choose = useLatest(onChoose)
  useEffect(() => {
    if (!change) return
    if (chosen === undefined && wanted !== undefined && wanted !== change.path) {
      const row = answers?.findIndex(({ path }) => path === wanted) ?? -1
      if (row >= 0) {
        setAt(row)
        return
      }
    }
    if (chosen?.n !== change.n) choose.current(change)
  }, [change, chosen, wanted, answers, setAt, choose])
}

/** F7 and Shift+F7, wherever the focus is. */
function useDifferenceKeys(go: (step: 1 | -1) => void): void {
  const latest = useLatest(go)
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'F7' || event.ctrlKey || event.altKey || event.metaKey) return
      event.preventDefault()
      latest.current(event.shiftKey ? -1 : 1)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [latest])
}

function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(first / comparedPerPage)
  const to = Math.floor(Math.max(first, last - 1) / comparedPerPage)
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

interface ChangeRowProps {
  readonly row: number
  readonly change: EntryChange | undefined
  readonly isChosen: boolean
  readonly onClick: () => void
}

function ChangeRow({ row, change, isChosen, onClick }: ChangeRowProps) {
  if (!change) return <div className={classes.row} aria-hidden />
  const { sign, told } = changeWords(change)
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the list has the keys
    <div
      id={`change-${row}`}
      className={classes.row}
      role="option"
      aria-selected={isChosen}
      data-kind={change.kind}
      tabIndex={-1}
      onClick={onClick}
    >
      <span className={classes.sign} title={change.kind} aria-label={change.kind}>
        {sign}
      </span>
      <code className={classes.path}>{change.path === '' ? '(the value)' : visibleText(change.path)}</code>
      <span className={classes.told}>{told}</span>
    </div>
  )
}
