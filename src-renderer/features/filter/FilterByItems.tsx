import { ActionIcon, Menu } from '@mantine/core'
import { IconFilter, IconFilterOff } from '@tabler/icons-react'
import { useDesk } from '../../app/desk.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { excluding, narrowed } from './filter-text.ts'
import classes from './FilterMenu.module.css'

/** Items of a menu that narrow the filter by one term, or exclude what it finds. */
export function FilterByItems({ term }: { term: string | undefined }) {
  const { place, navigate } = useDesk()
  if (term === undefined) return null
  const go = (query: string): void => navigate({ query, view: 'entries' })
  return (
    <>
      <Menu.Item leftSection={<IconFilter size={14} />} onClick={() => go(narrowed(place.query, term))}>
        <span className={classes.by}>
          Only <code>{visibleText(term)}</code>
        </span>
      </Menu.Item>
      <Menu.Item leftSection={<IconFilterOff size={14} />} onClick={() => go(excluding(place.query, term))}>
        <span className={classes.by}>
          Exclude <code>{visibleText(term)}</code>
        </span>
      </Menu.Item>
      <Menu.Divider />
    </>
  )
}

/** The same behind a small button, for a fact. */
export function FilterByButton({ what, terms }: { what: string; terms: readonly string[] }) {
  return (
    <Menu width={250} position="bottom-end">
      <Menu.Target>
        <ActionIcon size={18} aria-label={`Filter by: ${what}`} title={`Filter by: ${what}`}>
          <IconFilter size={12} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {terms.map((term) => (
          <FilterByItems key={term} term={term} />
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
