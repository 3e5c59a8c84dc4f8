import { Tabs } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconClick } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { KeyboardEvent } from 'react'
import type { Connection, EntryDetail } from '../../../shared/api/contract.ts'
import { entryQuery, type ValueAddress } from '../../client/queries.ts'
import { useDesk } from '../../app/desk.ts'
import type { InspectorTab } from '../../app/place.ts'
import { isMac } from '../../ui/platform.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { SupersededNote } from '../why/SupersededNote.tsx'
import { EntryHeader } from './EntryHeader.tsx'
import classes from './Inspector.module.css'
import { TabStrip } from './TabStrip.tsx'
import { tabs } from './tabs.tsx'

/** Holding an arrow key runs over entries that nobody wants to see. */
const settleMs = 70

/** The chosen entry from every side. */
export function Inspector({ store, onLeave }: { store: Connection; onLeave: () => void }) {
  const { place } = useDesk()
  const [key] = useDebouncedValue(place.entry, settleMs)
  const asked = place.entry === undefined ? undefined : key
  const answer = useQuery({
    ...entryQuery(store.id, asked ?? '', store.revision),
    enabled: asked !== undefined,
  })
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.defaultPrevented) return
    if (event.key === 'Escape') onLeave()
    else if (!findByKey(event)) return
    event.preventDefault()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Esc is heard wherever the focus is in here
    <div className={classes.inspector} onKeyDown={onKeyDown}>
      {asked === undefined ? (
        <EmptyState icon={<IconClick size={26} stroke={1.5} />} title="No entry chosen">
          Choose one to see its value, arguments and where it comes from.
        </EmptyState>
      ) : answer.data ? (
        <EntryView key={asked} store={store} detail={answer.data} />
      ) : answer.error ? (
        <ErrorState
          title="The entry cannot be shown"
          error={answer.error}
          onRetry={() => void answer.refetch()}
        />
      ) : (
        <Waiting what="Reading the entry…" />
      )}
    </div>
  )
}

/** In here Mod+F and F3 are about the value, where it can be looked through; elsewhere they stay what they are. */
function findByKey({
  key,
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
  currentTarget,
}: KeyboardEvent<HTMLElement>): boolean {
  const isMod = isMac ? metaKey : ctrlKey
  if (key === 'F3') {
    const button = currentTarget.querySelector<HTMLElement>(`[data-find-step="${shiftKey ? -1 : 1}"]`)
    button?.click()
    return button !== null
  }
  if (key.toLowerCase() !== 'f' || !isMod || shiftKey || altKey) return false
  const field = currentTarget.querySelector<HTMLInputElement>('[data-find]')
  field?.select()
  return field !== null
}

function EntryView({ store, detail }: { store: Connection; detail: EntryDetail }) {
  const { place, navigate } = useDesk()
  const value: ValueAddress = { store: store.id, key: detail.row.key, revision: store.revision, path: '' }
  return (
    <>
      <EntryHeader store={store.id} detail={detail} />
      {detail.row.kind === 'call' ? <SupersededNote store={store} entry={detail.row.key} /> : null}
      <Tabs
        className={classes.tabs}
        classNames={{ panel: classes.panel }}
        value={place.tab}
        keepMounted={false}
        onChange={(tab) => tab !== null && navigate({ tab: tab as InspectorTab }, 'replace')}
      >
        <TabStrip />
        {Object.entries(tabs).map(([tab, { Panel }]) => (
          <Tabs.Panel key={tab} value={tab}>
            <Panel store={store} value={value} detail={detail} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}
