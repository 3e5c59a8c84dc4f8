import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { ConflictRule } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { kindsQuery } from '../../client/locations.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './form.module.css'
import { useChosenEntries } from './chosen-entries.ts'
import { usePlanJob } from './use-job-commands.ts'

const rules: readonly { value: ConflictRule; label: string }[] = [
  { value: 'fail', label: 'list them and do not run' },
  { value: 'skip', label: 'leave the target’s value' },
  { value: 'overwrite', label: 'overwrite (the old one goes to the trash)' },
  { value: 'newest', label: 'keep the newer by run time' },
  { value: 'fastest', label: 'keep what took longer to compute' },
  { value: 'keep-both', label: 'keep both, the second under another key' },
  { value: 'ask', label: 'ask about each, in the plan' },
]

/** Where to, which entries, and what to do where the target has something else: the plan of a migration or merge. */
export function MigrateForm({ store }: { store: Connection }) {
  const { place } = useDesk()
  const kinds = useQuery(kindsQuery).data ?? []
  const chosen = useChosenEntries(store)
  const plan = usePlanJob()
  const [target, setTarget] = useState(place.options['to'] ?? '')
  const [kind, setKind] = useState('')
  const [query, setQuery] = useState(chosen ? '' : place.query)
  const [onConflict, setOnConflict] = useState<ConflictRule>(
    rules.find(({ value }) => value === place.options['conflict'])?.value ?? 'fail',
  )
  const files = kinds.filter(({ form }) => !form.isServer)
  const isUrl = /^[a-z][a-z0-9+]+:/.test(target.trim())
  const to = isUrl || kind === '' ? target.trim() : `${kind}:${target.trim()}`
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const selection = chosen?.selection ?? (query.trim() === '' ? {} : { query: query.trim() })
    if (to !== '') plan.mutate({ kind: 'migrate', from: store.id, to, selection, onConflict })
  }
  return (
    <form className={classes.form} onSubmit={submit} aria-label="Migrate or merge">
      <h2 className={classes.title}>Migrate or merge {visibleText(store.label)} into another cache</h2>
      <p className={classes.lead}>
        The source is never written. Nothing is written at all before you have seen the plan and run it.
      </p>
      <TextInput
        label="To: a path, or the URL of a server"
        placeholder="/home/you/project/cache.sqlite, redis://host:6379/0"
        value={target}
        onChange={(event) => setTarget(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
        className={classes.mono}
        data-autofocus
        required
      />
      <div className={classes.grid}>
        <NativeSelect
          size="xs"
          label="Kind of the target"
          value={isUrl ? '' : kind}
          disabled={isUrl}
          onChange={(event) => setKind(event.currentTarget.value)}
          data={[
            { value: '', label: 'the one that stands there' },
            ...files.map(({ scheme, title }) => ({
              value: scheme,
              label: `${title} (made if it is not there)`,
            })),
          ]}
        />
        <NativeSelect
          size="xs"
          label="Where the target has other bytes"
          value={onConflict}
          onChange={(event) => setOnConflict(event.currentTarget.value as ConflictRule)}
          data={[...rules]}
        />
      </div>
      {chosen ? (
        <p className={classes.promise}>
          {chosen.words}{' '}
          <button type="button" onClick={chosen.drop}>
            Take a filter instead
          </button>
        </p>
      ) : (
        <TextInput
          label="Entries: all, or those of a filter"
          placeholder="all entries"
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          spellCheck={false}
          className={classes.mono}
        />
      )}
      {plan.error ? (
        <p className={classes.error} role="alert">
          {visibleText(plan.error.message)}
        </p>
      ) : null}
      <div className={classes.actions}>
        <Button type="submit" variant="filled" disabled={to === ''} loading={plan.isPending}>
          Make the plan
        </Button>
        <span className={classes.promise}>Conflicts, losses and the target’s limits are listed in it.</span>
      </div>
    </form>
  )
}
