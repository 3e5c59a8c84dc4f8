import { ActionIcon, Menu } from '@mantine/core'
import { IconBookmark, IconBookmarkPlus, IconHistory, IconSettings } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import { filtersQuery } from '../../client/filters.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './FilterMenu.module.css'
import { FiltersDialog } from './FiltersDialog.tsx'

const recentShown = 8

export interface FilterMenuProps {
  store: Connection
  query: string
  onQuery: (query: string) => void
}

/** Saved filters and the last ones, behind a button of the field. */
export function FilterMenu({ store, query, onQuery }: FilterMenuProps) {
  const [isMenuOpen, setIsMenuOpen] = useState(false)
  const [isDialogOpen, setIsDialogOpen] = useState(false)
  const filters = useQuery({ ...filtersQuery(store.id), enabled: isMenuOpen || isDialogOpen })
  const { saved = [], recent = [] } = filters.data ?? {}
  const others = recent.filter((each) => each !== query.trim()).slice(0, recentShown)
  return (
    <>
      <Menu position="bottom-end" opened={isMenuOpen} onChange={setIsMenuOpen} width={380}>
        <Menu.Target>
          <ActionIcon size={20} aria-label="Saved and recent filters" title="Saved and recent filters">
            <IconBookmark size={13} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown className={classes.menu}>
          <Menu.Label>Saved</Menu.Label>
          {saved.map((each) => (
            <Menu.Item
              key={`${each.scope} ${each.name}`}
              leftSection={<IconBookmark size={14} />}
              onClick={() => onQuery(each.query)}
            >
              <FilterLine name={each.name} query={each.query} />
            </Menu.Item>
          ))}
          {saved.length > 0 ? null : <p className={classes.note}>None yet: write a filter and save it.</p>}
          <Menu.Item
            leftSection={<IconBookmarkPlus size={14} />}
            disabled={query.trim() === ''}
            onClick={() => setIsDialogOpen(true)}
          >
            Save this filter…
          </Menu.Item>
          <Menu.Item leftSection={<IconSettings size={14} />} onClick={() => setIsDialogOpen(true)}>
            Rename and delete…
          </Menu.Item>
          {others.length === 0 ? null : (
            <>
              <Menu.Divider />
              <Menu.Label>Recent</Menu.Label>
              {others.map((each) => (
                <Menu.Item key={each} leftSection={<IconHistory size={14} />} onClick={() => onQuery(each)}>
                  <FilterLine query={each} />
                </Menu.Item>
              ))}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <FiltersDialog
        store={store}
        query={query}
        saved={saved}
        hasRecent={recent.length > 0}
        isOpen={isDialogOpen}
        onClose={() => setIsDialogOpen(false)}
      />
    </>
  )
}

function FilterLine({ name, query }: { name?: string; query: string }) {
  return (
    <span className={classes.line} title={visibleText(query)}>
      {name === undefined ? null : <b className={classes.name}>{visibleText(name)}</b>}
      <code className={classes.query}>{visibleText(query)}</code>
    </span>
  )
}
