import { ActionIcon, Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { FilterScope, SavedFilter } from '../../../shared/api/filters.ts'
import { useFiltersChange, type FiltersChange } from '../../client/filters.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './FilterMenu.module.css'

export interface FiltersDialogProps {
  store: Connection
  query: string
  saved: readonly SavedFilter[]
  hasRecent: boolean
  isOpen: boolean
  onClose: () => void
}

const scopes = [
  { value: 'store', label: 'This cache' },
  { value: 'all', label: 'All caches' },
]

/** Saves the filter under a name; renames and deletes saved ones. */
export function FiltersDialog(props: FiltersDialogProps) {
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title="Saved filters" size={680} padding={16}>
      <DialogBody {...props} />
    </Modal>
  )
}

/** Begins anew each time the dialog opens. */
function DialogBody({ store, query, saved, hasRecent, onClose }: FiltersDialogProps) {
  const change = useFiltersChange(store.id)
  const [name, setName] = useState('')
  const [scope, setScope] = useState<FilterScope>('store')
  const text = query.trim()
  const old = saved.find((each) => each.scope === scope && each.name.toLowerCase() === name.toLowerCase())
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    change.mutate({ do: 'save', filter: { name: name.trim(), scope, query: text } }, { onSuccess: onClose })
  }
  return (
    <>
      {text === '' ? null : (
        <form onSubmit={submit}>
          <pre className={classes.shown}>{visibleText(text)}</pre>
          <div className={classes.form}>
            <TextInput
              label="Name"
              description={`For --query @${name.trim() || 'NAME'} on the command line`}
              data-autofocus
              style={{ flex: 1 }}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <NativeSelect
              label="For"
              data={scopes}
              value={scope}
              onChange={(event) => setScope(event.currentTarget.value === 'all' ? 'all' : 'store')}
            />
            <Button type="submit" variant="filled" disabled={name.trim() === '' || change.isPending}>
              {old ? 'Replace' : 'Save'}
            </Button>
          </div>
        </form>
      )}
      {change.error ? (
        <p className={classes.error} role="alert">
          {visibleText(change.error.message)}
        </p>
      ) : null}
      {saved.length === 0 ? (
        text === '' ? (
          <p className={classes.note}>None is saved. Write a filter, then save it under a name.</p>
        ) : null
      ) : (
        <ul className={classes.rows} aria-label="Saved filters">
          {saved.map((each) => (
            <SavedRow
              key={`${each.scope} ${each.name}`}
              saved={each}
              onChange={(what) => change.mutate(what)}
            />
          ))}
        </ul>
      )}
      {hasRecent ? (
        <Button mt={12} onClick={() => change.mutate({ do: 'forgetUsed' })}>
          Forget recent filters
        </Button>
      ) : null}
    </>
  )
}

interface SavedRowProps {
  saved: SavedFilter
  onChange: (change: FiltersChange) => void
}

function SavedRow({ saved, onChange }: SavedRowProps) {
  const { name, scope, query } = saved
  const [typed, setTyped] = useState(name)
  const to = typed.trim()
  const rename = (event: FormEvent): void => {
    event.preventDefault()
    if (to !== '' && to !== name) onChange({ do: 'rename', name, scope, to })
  }
  return (
    <li className={classes.row}>
      <form onSubmit={rename} className={classes.form}>
        <TextInput
          size="xs"
          aria-label={`Name of ${name}`}
          className={classes.nameInput}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {to === '' || to === name ? null : (
          <Button type="submit" size="compact-xs">
            Rename
          </Button>
        )}
      </form>
      <span className={classes.scope}>{scope === 'all' ? 'all caches' : 'this cache'}</span>
      <code className={classes.query} title={visibleText(query)}>
        {visibleText(query)}
      </code>
      <ActionIcon aria-label={`Delete ${name}`} onClick={() => onChange({ do: 'remove', name, scope })}>
        <IconTrash size={14} />
      </ActionIcon>
    </li>
  )
}
