import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconClipboard, IconLock, IconLockOpen, IconPlus, IconRefresh, IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import type { Connection } from '../../../shared/api/contract.ts'
import { closeStore, putConnection, putConnections, refreshStore } from '../../client/queries.ts'
import { useDesk } from '../../app/desk.ts'
import { copyText } from '../../ui/clipboard.ts'
import { formatCount, middleCut, pathOfLocation } from '../../ui/format.ts'
import { Section } from '../../ui/Section.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './ConnectionList.module.css'
import { useLock } from './LockToggle.tsx'

/** Kinds whose beginning is no word. */
const shortKinds: Readonly<Record<string, string>> = { archive: 'arch', diskcache: 'disk' }

/** The open caches, each with its kind, its size and how it is. */
export function ConnectionList() {
  const { stores, askToOpen } = useDesk()
  const add = (
    <Tooltip label="Open a cache">
      <ActionIcon aria-label="Open a cache" onClick={() => askToOpen()}>
        <IconPlus size={14} />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <Section title="Caches" side={add}>
      <ul className={classes.list}>
        {stores.map((store) => (
          <ConnectionItem key={store.id} store={store} />
        ))}
      </ul>
      {stores.length === 0 ? <div className={classes.none}>None open</div> : null}
    </Section>
  )
}

function ConnectionItem({ store }: { store: Connection }) {
  const { place, navigate, stores } = useDesk()
  const isCurrent = place.store === store.location
  const open = (): void => {
    if (!isCurrent) navigate({ store: store.location, query: '', entry: undefined })
  }
  return (
    <li>
      <Menu width={260}>
        <Menu.ContextMenu>
          <button
            type="button"
            className={classes.item}
            aria-current={isCurrent}
            title={`${visibleText(pathOfLocation(store.location))}\n${store.kindTitle}: ${visibleText(store.error?.message ?? store.reason)}`}
            onClick={open}
          >
            <span className={classes.kind}>{shortKinds[store.kind] ?? store.kind.slice(0, 6)}</span>
            <span className={classes.label}>{visibleText(middleCut(labelAmong(store, stores), 34))}</span>
            {store.writable ? (
              <IconLockOpen size={12} className={classes.unlocked} aria-label="unlocked for writing" />
            ) : null}
            <ConnectionState store={store} />
          </button>
        </Menu.ContextMenu>
        <Menu.Dropdown>
          <ConnectionMenu store={store} />
        </Menu.Dropdown>
      </Menu>
    </li>
  )
}

/** Caches of one name are told apart by the folder they stand in. */
function labelAmong(store: Connection, stores: readonly Connection[]): string {
  if (stores.every(({ id, label }) => id === store.id || label !== store.label)) return store.label
  const [folder] = pathOfLocation(store.location).split(/[?#]/)[0]!.split('/').slice(-2)
  return folder && !store.label.startsWith(`${folder}/`) ? `${folder}/${store.label}` : store.label
}

function ConnectionState({ store }: { store: Connection }) {
  if (store.state === 'failed')
    return <span className={classes.dot} data-state="failed" title="Could not be read" />
  const isBusy = store.state === 'opening' || store.state === 'indexing'
  return (
    <>
      <span className={classes.count}>{store.state === 'opening' ? '…' : formatCount(store.entries)}</span>
      {isBusy ? <IndexProgress store={store} /> : null}
    </>
  )
}

function IndexProgress({ store }: { store: Connection }) {
  const share = store.total ? Math.min(1, (store.indexed ?? 0) / store.total) : undefined
  return (
    <span
      className={classes.progress}
      data-unknown={share === undefined || undefined}
      role="progressbar"
      aria-label={`Reading ${visibleText(store.label)}`}
      aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
    >
      <i style={{ width: `${(share ?? 0.3) * 100}%` }} />
    </span>
  )
}

function ConnectionMenu({ store }: { store: Connection }) {
  const client = useQueryClient()
  const { place, navigate } = useDesk()
  const lock = useLock(store)
  const refresh = async (): Promise<void> => putConnection(client, await refreshStore(store.id))
  const close = async (): Promise<void> => {
    putConnections(client, await closeStore(store.id))
    if (place.store === store.location) navigate({ store: undefined, query: '', entry: undefined })
  }
  return (
    <>
      <Menu.Item leftSection={<IconRefresh size={14} />} onClick={() => void refresh()}>
        Look for changes
      </Menu.Item>
      <Menu.Item
        leftSection={<IconClipboard size={14} />}
        onClick={() => void copyText(pathOfLocation(store.location))}
      >
        Copy path
      </Menu.Item>
      <Menu.Item
        leftSection={store.writable ? <IconLock size={14} /> : <IconLockOpen size={14} />}
        onClick={() => lock.mutate(!store.writable)}
        closeMenuOnClick={false}
        disabled={lock.isPending}
      >
        {store.writable ? 'Lock: nothing can be changed' : 'Unlock for writing'}
      </Menu.Item>
      {lock.error ? (
        <div className={classes.said} data-tone="bad" role="alert">
          {visibleText(lock.error.message)}
        </div>
      ) : null}
      {store.notes?.map((note) => (
        <div key={note} className={classes.said} role="note">
          {visibleText(note)}
        </div>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<IconX size={14} />} onClick={() => void close()}>
        Close (the cache stays as it is)
      </Menu.Item>
    </>
  )
}
