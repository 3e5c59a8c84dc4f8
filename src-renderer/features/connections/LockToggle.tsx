import { Popover } from '@mantine/core'
import { IconInfoCircle, IconLock, IconLockOpen } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import { lockStore } from '../../client/locations.ts'
import { putConnection } from '../../client/queries.ts'
import { countOf } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './LockToggle.module.css'

/** Unlocks a cache for writing, or locks it again. */
export function useLock(store: Connection) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (writable: boolean) => lockStore(store.id, writable),
    onSuccess: (connection) => putConnection(client, connection),
  })
}

/** Whether a cache can be changed from here, plain to see, and changed by a click. */
export function LockToggle({ store }: { store: Connection }) {
  const lock = useLock(store)
  const { writable } = store
  return (
    <Popover opened={lock.error !== null} onDismiss={lock.reset} position="top-start" shadow="md" width={360}>
      <Popover.Target>
        <button
          type="button"
          className={classes.lock}
          data-open={writable || undefined}
          aria-pressed={writable}
          aria-label={writable ? 'Unlocked for writing: lock it' : 'Read-only: unlock it for writing'}
          title={
            writable
              ? 'This cache can be changed from here. Click to lock it again.'
              : 'Nothing in this cache can be changed from here. Click to unlock it until it is closed.'
          }
          disabled={lock.isPending}
          onClick={() => lock.mutate(!writable)}
        >
          {writable ? <IconLockOpen size={12} aria-hidden /> : <IconLock size={12} aria-hidden />}
          {writable ? 'unlocked' : 'read-only'}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.said}>
        <div role="alert">{visibleText(lock.error?.message ?? '')}</div>
      </Popover.Dropdown>
    </Popover>
  )
}

/** What one should know of a cache before writing to it or reading a server: one click away. */
export function StoreNotes({ store }: { store: Connection }) {
  const [isOpen, setIsOpen] = useState(false)
  const { notes = [] } = store
  if (notes.length === 0) return null
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="top-start" shadow="md" width={360}>
      <Popover.Target>
        <button type="button" className={classes.lock} onClick={() => setIsOpen(!isOpen)}>
          <IconInfoCircle size={12} aria-hidden />
          {countOf(notes.length, 'note')}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.said}>
        {notes.map((note) => (
          <p key={note}>{visibleText(note)}</p>
        ))}
      </Popover.Dropdown>
    </Popover>
  )
}
