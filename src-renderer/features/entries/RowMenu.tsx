import { Menu } from '@mantine/core'
import {
  IconArrowsTransferDown,
  IconCode,
  IconCopy,
  IconFunction,
  IconGitCompare,
  IconLayoutSidebarRight,
  IconQuestionMark,
  IconTag,
  IconTerminal2,
  IconTrashX,
} from '@tabler/icons-react'
import type { Row } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { formatCount } from '../../ui/format.ts'
import { Keys } from '../../ui/Keys.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { countSelected } from '../../virtual/selection.ts'
import type { Column } from './columns.tsx'
import { FilterByItems } from '../filter/FilterByItems.tsx'
import { cellTerm } from '../filter/filter-value.ts'
import type { EntriesView } from './use-entries.ts'

export interface RowMenuProps {
  view: EntriesView | undefined
  row: Row | undefined
  /** Of the cell that the menu was opened at. */
  column: Column | undefined
  onOpen: () => void
}

/** What can be done with the entry under the pointer, or with the selection it is part of. */
export function RowMenu({ view, row, column, onOpen }: RowMenuProps) {
  const { run } = useDesk()
  const count = view ? countSelected(view.grid.selection) : 0
  return (
    <>
      <Menu.Item
        leftSection={<IconLayoutSidebarRight size={14} />}
        rightSection={<Keys keys="Enter" />}
        onClick={onOpen}
      >
        Inspect
      </Menu.Item>
      <Menu.Divider />
      <FilterByItems term={row && column && cellTerm(row, column)} />
      <Menu.Item
        leftSection={<IconFunction size={14} />}
        disabled={row?.func === undefined}
        onClick={() => run('sameFunction')}
      >
        {row?.func === undefined ? 'Show the same function' : `Show all of ${visibleText(row.func)}`}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconGitCompare size={14} />}
        rightSection={count === 2 ? <Keys keys="Mod+D" /> : null}
        onClick={() => run(count === 2 ? 'compare' : 'compareWith')}
      >
        {count === 2 ? 'Compare the two' : 'Compare with…'}
      </Menu.Item>
      <Menu.Item leftSection={<IconQuestionMark size={14} />} onClick={() => run('why')}>
        Why this key?
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconCopy size={14} />}
        rightSection={<Keys keys="Mod+Shift+C" />}
        onClick={() => run('copyKeys')}
      >
        {count > 1 ? `Copy ${formatCount(count)} keys` : 'Copy key'}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconCode size={14} />}
        disabled={row?.call === undefined}
        onClick={() => run('copyCall')}
      >
        Copy call
      </Menu.Item>
      <Menu.Item leftSection={<IconTerminal2 size={14} />} onClick={() => run('copyCommand')}>
        Copy command line
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconTag size={14} />}
        rightSection={<Keys keys="T" />}
        onClick={() => run('tag')}
      >
        {count > 1 ? `Tags of ${formatCount(count)} entries…` : 'Tags…'}
      </Menu.Item>
      <Menu.Item leftSection={<IconArrowsTransferDown size={14} />} onClick={() => run('migrate')}>
        {count > 1 ? `Migrate ${formatCount(count)} entries…` : 'Migrate…'}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconTrashX size={14} />}
        rightSection={<Keys keys="Delete" />}
        onClick={() => run('evict')}
      >
        {count > 1 ? `Evict ${formatCount(count)} entries…` : 'Evict…'}
      </Menu.Item>
    </>
  )
}
