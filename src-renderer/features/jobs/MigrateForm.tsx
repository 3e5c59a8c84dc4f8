import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { ConflictRule } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { takeFocus } from '../../ui/take-focus.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './form.module.css'
import { useChosenEntries } from './chosen-entries.ts'
import { FormFilter } from './FormFilter.tsx'
import { useFilterCheck } from './use-filter-check.ts'
import { usePlanJob } from './use-job-commands.ts'
import { useTarget, type MigrationTarget } from './use-target.ts'

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
  const chosen = useChosenEntries(store)
  const plan = usePlanJob()
  const target = useTarget(store, place.options['to'] ?? '')
  const [query, setQuery] = useState(chosen ? '' : place.query)
  const check = useFilterCheck(store, query)
  const [onConflict, setOnConflict] = useState<ConflictRule>(
    rules.find(({ value }) => value === place.options['conflict'])?.value ?? 'fail',
  )
  const { to } = target
  const isReady = to !== '' && (chosen !== undefined || check.error === undefined)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const selection = chosen?.selection ?? (query.trim() === '' ? {} : { query: query.trim() })
    if (isReady) plan.mutate({ kind: 'migrate', from: store.id, to, selection, onConflict })
  }
  return (
    <form
      className={classes.form}
      onSubmit={submit}
      // What the last plan was refused for may be mended by any field.
      onChange={plan.reset}
      aria-label="Migrate or merge"
    >
      <h2 className={classes.title}>Migrate or merge {visibleText(store.label)} into another cache</h2>
      <p className={classes.lead}>
        The source is never written. Nothing is written at all before you have seen the plan and run it.
      </p>
      <TargetFields target={target} />
      {chosen ? (
        <p className={classes.promise}>
          {chosen.words}{' '}
          <Button size="compact-xs" onClick={chosen.drop}>
            Take a filter instead
          </Button>
        </p>
      ) : (
        <FormFilter
          label="Entries: all, or those of a filter"
          placeholder="all entries"
          value={query}
          check={check}
          onChange={setQuery}
        />
      )}
      <NativeSelect
        size="xs"
        className={classes.half}
        label="Where the target has other bytes"
        value={onConflict}
        onChange={(event) => setOnConflict(event.currentTarget.value as ConflictRule)}
        data={[...rules]}
      />
      {plan.error ? (
        <p className={classes.error} role="alert">
          {visibleText(plan.error.message)}
        </p>
      ) : null}
      <div className={classes.actions}>
        <Button type="submit" variant="filled" disabled={!isReady} loading={plan.isPending}>
          Make the plan
        </Button>
        <span className={classes.promise}>Conflicts, losses and the target’s limits are listed in it.</span>
      </div>
    </form>
  )
}

function TargetFields({ target }: { target: MigrationTarget }) {
  const { text, kinds, kind, isKindKnown, note, setText, setKind } = target
  const words = note ? visibleText(note.text) : '\u00a0'
  return (
    <div className={classes.target}>
      <TextInput
        label="To: a path, or the URL of a server"
        placeholder="/home/you/project/cache.sqlite, redis://host:6379/0"
        value={text}
        error={note?.isBad ? words : undefined}
        description={note?.isBad ? undefined : words}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        onChange={(event) => setText(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
        className={classes.mono}
        ref={takeFocus}
        required
      />
      <NativeSelect
        size="xs"
        label="Kind of the target"
        value={kind}
        disabled={isKindKnown}
        onChange={(event) => setKind(event.currentTarget.value)}
        data={[
          { value: '', label: isKindKnown ? 'known by its place' : 'to be chosen' },
          ...kinds.map((each) => ({ value: each.value, label: `new: ${each.title}` })),
        ]}
      />
    </div>
  )
}
