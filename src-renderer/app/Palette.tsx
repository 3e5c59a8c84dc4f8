import { Spotlight } from '@mantine/spotlight'
import { IconArrowRight, IconDatabase, IconFunction, IconHash } from '@tabler/icons-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { StoreSummary } from '../../shared/api/contract.ts'
import { countOf, formatBytes } from '../ui/format.ts'
import { Keys } from '../ui/Keys.tsx'
import { visibleText } from '../ui/visible-text.ts'
import { withClause } from '../features/filter/filter-text.ts'
import { useDesk, type Desk } from './desk.ts'
import { fuzzyScore } from './fuzzy.ts'
import { commandIds, keymap, type CommandId } from './keymap.ts'
import classes from './Palette.module.css'

interface Item {
  readonly id: string
  readonly group: 'Commands' | 'Caches' | 'Functions' | 'Entries'
  readonly title: string
  readonly detail?: string
  readonly icon: ReactNode
  readonly keys?: string
  readonly go: () => void
}

const groups: readonly Item['group'][] = ['Entries', 'Functions', 'Caches', 'Commands']
const mostShown = 40

/** The list is a ScrollArea, which its types do not say; its view is to be reached by Tab, as WCAG asks of what scrolls. */
const reachableList: object = { viewportProps: { tabIndex: 0 } }

export interface PaletteProps {
  summary: StoreSummary | undefined
  isEnabled: (command: CommandId) => boolean
}

/** Every command, cache and function by name, and an entry by the beginning of its key. */
export function Palette({ summary, isEnabled }: PaletteProps) {
  const desk = useDesk()
  const [typed, setTyped] = useState('')
  const items = useMemo(() => allItems(desk, summary, isEnabled), [desk, summary, isEnabled])
  const found = [...keyItems(desk, typed), ...bestOf(items, typed)]
  const best =
    typed === '' ? undefined : groups.flatMap((group) => found.filter((item) => item.group === group))[0]
  return (
    <Spotlight.Root
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      size={600}
      yOffset={80}
      scrollable
      maxHeight={440}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.3 }}
    >
      <Spotlight.Search
        placeholder="A command, function, cache, or the beginning of a key"
        aria-label="Go to a command, function or key"
        size="sm"
      />
      {/* Spotlight marks the chosen action in the DOM: a new list must not inherit the mark of the old one. */}
      <Spotlight.ActionsList key={typed} {...reachableList}>
        {groups.map((group) => (
          <PaletteGroup
            key={group}
            title={group}
            best={best}
            items={found.filter((item) => item.group === group)}
          />
        ))}
        {found.length === 0 ? (
          <Spotlight.Empty>Nothing of that name. Entries are searched in the filter.</Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

interface PaletteGroupProps {
  title: string
  /** What Enter goes to. */
  best: Item | undefined
  items: readonly Item[]
}

function PaletteGroup({ title, best, items }: PaletteGroupProps) {
  if (items.length === 0) return null
  return (
    <Spotlight.ActionsGroup label={title}>
      {items.map((item) => (
        <Spotlight.Action
          key={item.id}
          className={classes.action}
          data-selected={item === best || undefined}
          onClick={item.go}
        >
          <span className={classes.icon}>{item.icon}</span>
          <span className={classes.title}>{visibleText(item.title)}</span>
          {item.detail === undefined ? null : (
            <span className={classes.detail}>{visibleText(item.detail)}</span>
          )}
          {item.keys === undefined ? null : <Keys keys={item.keys} />}
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  )
}

function bestOf(items: readonly Item[], typed: string): Item[] {
  return items
    .map((item) => ({ item, score: fuzzyScore(item.title, typed) }))
    .filter((each): each is { item: Item; score: number } => each.score !== undefined)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, mostShown)
    .map((each) => each.item)
}

function allItems(
  desk: Desk,
  summary: StoreSummary | undefined,
  isEnabled: (command: CommandId) => boolean,
): Item[] {
  const commands = commandIds
    .filter((id) => id !== 'palette' && isEnabled(id))
    .map((id): Item => {
      const go = (): void => desk.run(id)
      return {
        id,
        group: 'Commands',
        title: keymap[id].title,
        icon: <IconArrowRight size={14} />,
        keys: keymap[id].keys[0],
        go,
      }
    })
  const caches = desk.stores.map((store): Item => ({
    id: `store ${store.id}`,
    group: 'Caches',
    title: store.label,
    detail: `${store.kindTitle} · ${countOf(store.entries, 'entry', 'entries')}`,
    icon: <IconDatabase size={14} />,
    go: () => desk.navigate({ store: store.location, query: '', entry: undefined }),
  }))
  const functions = (summary?.functions ?? []).map((each): Item => ({
    id: `function ${each.module} ${each.func}`,
    group: 'Functions',
    title: each.func,
    detail: `${each.module} · ${countOf(each.entries, 'entry', 'entries')} · ${formatBytes(each.bytes)}`,
    icon: <IconFunction size={14} />,
    go: () => desk.navigate({ query: withClause('', 'func', each.func) }),
  }))
  return [...functions, ...caches, ...commands]
}

/** What looks like the beginning of a hash can be looked up as one. */
function keyItems(desk: Desk, typed: string): Item[] {
  const text = typed.trim()
  if (!/^[0-9a-f]{4,64}$/i.test(text) || desk.place.store === undefined) return []
  const title = `Entries whose key begins with ${text}`
  const go = (): void => desk.navigate({ query: withClause('', 'key', text.toLowerCase()), entry: undefined })
  return [{ id: 'key', group: 'Entries', title, icon: <IconHash size={14} />, go }]
}
