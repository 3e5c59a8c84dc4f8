import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { Policy } from '../../../shared/api/jobs.ts'
import { namesWhatGoes } from '../../../shared/api/policies.ts'
import { useDesk } from '../../app/desk.ts'
import { keepRetention, retentionQuery, type Retention } from '../../client/jobs.ts'
import { takeFocus } from '../../ui/take-focus.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import classes from './form.module.css'
import { FormFilter } from './FormFilter.tsx'
import {
  isSamePolicy,
  noChoices,
  policyFields,
  policyOf,
  typedOf,
  type Choices,
  type PolicyField,
} from './policy-fields.ts'
import { useFilterCheck, type FilterCheck } from './use-filter-check.ts'
import { usePlanJob } from './use-job-commands.ts'

const orders: readonly { value: Choices['order']; label: string }[] = [
  { value: 'value', label: 'least compute lost per byte' },
  { value: 'oldest', label: 'oldest' },
  { value: 'largest', label: 'largest' },
  { value: 'least-recently-used', label: 'least recently read' },
]
const kinds = [
  ['superseded', 'Superseded calls', 'All but the newest entry of the same call'],
  ['duplicates', 'Duplicates', 'The same output under several keys: all but the newest'],
  ['damaged', 'Damaged entries', 'Nothing of the value can be read'],
] as const

/** What may go from a cache, by rules; the plan then names each entry and why. */
export function CleanForm({ store }: { store: Connection }) {
  const kept = useQuery(retentionQuery(store.id))
  if (kept.error) {
    return (
      <ErrorState
        title="The rules of this cache cannot be read"
        error={kept.error}
        onRetry={() => void kept.refetch()}
      />
    )
  }
  if (!kept.data) return <Waiting what="Reading the rules…" />
  return <Rules key={store.id} store={store} kept={kept.data} />
}

function Rules({ store, kept }: { store: Connection; kept: Retention }) {
  const { place } = useDesk()
  const start = kept.policy ? typedOf(kept.policy) : { typed: {}, choices: noChoices }
  const [typed, setTyped] = useState(start.typed)
  const [choices, setChoices] = useState(start.choices)
  const [query, setQuery] = useState(place.query)
  const plan = usePlanJob()
  const keep = useKeep(store)
  const { policy, wrong } = policyOf(typed, choices)
  const among = useFilterCheck(store, query)
  const protectedOnes = useFilterCheck(store, choices.protect)
  const isSound = wrong.length === 0 && !protectedOnes.error
  const isReady = isSound && !among.error && (namesWhatGoes(policy) || query.trim() !== '')
  const isKept = kept.policy !== undefined && isSamePolicy(kept.policy, policy)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const selection = query.trim() === '' ? {} : { query: query.trim() }
    if (isReady) plan.mutate({ kind: 'evict', store: store.id, selection, policy })
  }
  const error = plan.error ?? keep.error
  const fields = (isOfKept: boolean) =>
    policyFields
      .filter(({ isKept: isOne = false }) => isOne === isOfKept)
      .map((field) => (
        <NumberField
          key={field.name}
          isFirst={field === policyFields[0]}
          field={field}
          value={typed[field.name] ?? ''}
          isWrong={wrong.includes(field.name)}
          onChange={(text) => setTyped({ ...typed, [field.name]: text })}
        />
      ))
  return (
    <form className={classes.form} onSubmit={submit} onChange={plan.reset} aria-label="Clean up">
      <h2 className={classes.title}>Clean up {visibleText(store.label)}</h2>
      <p className={classes.lead}>
        An entry goes if one of the rules says so. It goes into the trash, from where it comes back with Undo.
      </p>
      <fieldset className={classes.group}>
        <legend>What goes</legend>
        <div className={classes.grid}>
          {fields(false)}
          <NativeSelect
            size="xs"
            label="When too much, go first"
            value={choices.order}
            onChange={(event) =>
              setChoices({ ...choices, order: event.currentTarget.value as Choices['order'] })
            }
            data={[...orders]}
          />
        </div>
        <div className={classes.grid}>
          {kinds.map(([name, label, hint]) => (
            <Checkbox
              key={name}
              size="xs"
              label={label}
              description={hint}
              checked={choices[name]}
              onChange={(event) => setChoices({ ...choices, [name]: event.currentTarget.checked })}
            />
          ))}
        </div>
        <FormFilter
          label="Only among the entries of a filter"
          placeholder="all entries"
          value={query}
          check={among}
          onChange={setQuery}
        />
      </fieldset>
      <fieldset className={classes.group}>
        <legend>What stays, whatever the rules above say</legend>
        <div className={classes.grid}>
          {fields(true)}
          <TextInput
            label="Those with one of these tags"
            placeholder="keep paper-2"
            value={choices.protectTags}
            onChange={(event) => setChoices({ ...choices, protectTags: event.currentTarget.value })}
            spellCheck={false}
            className={classes.mono}
          />
        </div>
        <FormFilter
          label="Those of a filter"
          placeholder="user:ana"
          value={choices.protect}
          check={choices.protect.trim() === '' ? nothingAsked : protectedOnes}
          onChange={(protect) => setChoices({ ...choices, protect })}
        />
      </fieldset>
      {error ? (
        <p className={classes.error} role="alert">
          {visibleText(error.message)}
        </p>
      ) : null}
      <div className={classes.actions}>
        <Button type="submit" variant="filled" disabled={!isReady} loading={plan.isPending}>
          Make the plan
        </Button>
        {kept.file === undefined ? (
          <Button
            disabled={!isSound || isKept || (kept.policy === undefined && isSamePolicy(policy, {}))}
            loading={keep.isPending}
            onClick={() => keep.mutate(policy)}
          >
            {isKept ? 'Kept' : 'Keep these rules'}
          </Button>
        ) : null}
        <span className={classes.promise}>
          {kept.file === undefined
            ? 'Nothing is removed before you have seen the plan and run it.'
            : `Rules of ${visibleText(kept.file)}, which is only read here: change them there.`}
        </span>
      </div>
    </form>
  )
}

const nothingAsked: FilterCheck = { found: undefined, error: undefined }

interface NumberFieldProps {
  field: PolicyField
  value: string
  isWrong: boolean
  /** It takes the focus: the form was asked for. */
  isFirst: boolean
  onChange: (text: string) => void
}

const wanted: Readonly<Record<PolicyField['counts'], string>> = {
  days: 'a number of days, or a time such as 1y, 6mo or 12h',
  MB: 'a number of MB, or a size such as 500kB or 20GB',
  entries: 'a whole number, 0 or more',
}

/** A number with what it counts behind it, unless it says that itself. */
function NumberField({ field, value, isWrong, isFirst, onChange }: NumberFieldProps) {
  const { label, placeholder, counts } = field
  const hasOwnUnit = /[a-z]/i.test(value)
  return (
    <TextInput
      ref={isFirst ? takeFocus : undefined}
      label={label}
      aria-label={`${label}, ${counts}`}
      placeholder={placeholder}
      inputMode={counts === 'entries' ? 'numeric' : 'text'}
      rightSection={hasOwnUnit ? null : <span className={classes.unit}>{counts}</span>}
      rightSectionWidth={56}
      rightSectionPointerEvents="none"
      value={value}
      error={isWrong ? wanted[counts] : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function useKeep(store: Connection) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (policy: Policy) => keepRetention(store.id, policy),
    onSuccess: (kept) => client.setQueryData(retentionQuery(store.id).queryKey, kept),
  })
}
