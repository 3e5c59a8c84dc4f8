import { Button } from '@mantine/core'
import {
  IconArrowsTransferDown,
  IconCopy,
  IconGitCompare,
  IconTag,
  IconTrashX,
  IconX,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Ranges, SelectionTotals } from '../../../shared/api/contract.ts'
import { keysOf, selectionQuery } from '../../client/queries.ts'
import { useDesk } from '../../app/desk.ts'
import { printedKeys } from '../../app/keymap.ts'
import { copyText } from '../../ui/clipboard.ts'
import {
  countOf,
  exactBytes,
  formatBytes,
  formatCompute,
  formatCount,
  formatDuration,
} from '../../ui/format.ts'
import { isMac } from '../../ui/platform.ts'
import { countSelected } from '../../virtual/selection.ts'
import classes from './SelectionBar.module.css'
import type { EntriesView } from './use-entries.ts'

/** Keys that fit a clipboard; whoever wants more uses the command line. */
const mostKeysCopied = 100_000
const mostRanges = 10_000

/** What the selection holds, as its status and its bar show it; asked only for more than one entry. */
export function useSelectionTotals(view: EntriesView | undefined): SelectionTotals | undefined {
  const ranges = (view?.grid.selection.ranges ?? []) as Ranges
  const count = view ? countSelected(view.grid.selection) : 0
  const isAll = view !== undefined && count === view.result.entries
  const isAsked = view !== undefined && count > 1 && !isAll && ranges.length <= mostRanges
  const answer = useQuery({ ...selectionQuery(view?.result.id ?? '', ranges), enabled: isAsked })
  if (isAll && count > 1) return view.result
  return isAsked ? answer.data : undefined
}

export interface SelectionBarProps {
  view: EntriesView
  totals: SelectionTotals | undefined
  isOutdated: boolean
  onClear: () => void
}

/** Appears with a selection of several entries and carries its price. */
export function SelectionBar({ view, totals, isOutdated, onClear }: SelectionBarProps) {
  const { run } = useDesk()
  const count = countSelected(view.grid.selection)
  const isAll = count === view.result.entries
  return (
    <div className={classes.bar} role="region" aria-label="Selection">
      <b>{isAll ? `All ${formatCount(count)} selected` : `${formatCount(count)} selected`}</b>
      {totals ? (
        <span
          className={classes.price}
          title={`${exactBytes(totals.bytes)}, ${formatDuration(totals.computeSeconds)}`}
        >
          {formatBytes(totals.bytes)} · {formatCompute(totals.computeSeconds)} of compute
        </span>
      ) : null}
      {isOutdated ? (
        <>
          <span
            className={classes.note}
            title="The entries below are those that were selected; the cache has changed since"
          >
            The cache changed meanwhile.
          </span>
          <button type="button" className={classes.link} title="Clears the selection" onClick={onClear}>
            Show it as it is now
          </button>
        </>
      ) : null}
      <span className={classes.room} />
      {count === 2 ? (
        <Button
          leftSection={<IconGitCompare size={14} />}
          title={printedKeys('Mod+D', isMac).join('+')}
          onClick={() => run('compare')}
        >
          Compare
        </Button>
      ) : null}
      <Button
        leftSection={<IconTag size={14} />}
        title={printedKeys('T', isMac).join('+')}
        onClick={() => run('tag')}
      >
        Tags…
      </Button>
      <Button leftSection={<IconArrowsTransferDown size={14} />} onClick={() => run('migrate')}>
        Migrate…
      </Button>
      <Button
        leftSection={<IconTrashX size={14} />}
        title={printedKeys('Delete', isMac).join('+')}
        onClick={() => run('evict')}
      >
        Evict…
      </Button>
      <Button
        leftSection={<IconCopy size={14} />}
        title={printedKeys('Mod+Shift+C', isMac).join('+')}
        onClick={() => run('copyKeys')}
      >
        Copy keys
      </Button>
      <Button variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={onClear}>
        Clear
      </Button>
    </div>
  )
}

/** Copies the selection's keys, one a line; answers what to tell. */
export async function copySelectedKeys(view: EntriesView): Promise<string> {
  const { ranges } = view.grid.selection
  const keys = await keysOf(view.result.id, ranges.slice(0, mostRanges) as Ranges, mostKeysCopied)
  const isCopied = await copyText(keys.join('\n'))
  if (!isCopied) return 'The browser did not allow copying'
  const count = countSelected(view.grid.selection)
  const rest = count > keys.length ? ` of ${formatCount(count)}; “hashcache ls” lists them all` : ''
  return `${countOf(keys.length, 'key')} copied${rest}`
}
