import { TextInput } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import type { StoreKindInfo } from '../../../shared/api/locations.ts'
import { withoutSecrets } from '../../../shared/model/secrets.ts'
import {
  formatStoreUrl,
  missingFields,
  shownFields,
  type FormField,
  type FormValues,
} from '../../../shared/model/store-form.ts'
import type { Target } from '../../client/locations.ts'
import { AttemptFooter, useAttempt } from './Attempt.tsx'
import { DatabaseChooser } from './DatabaseChooser.tsx'
import { FieldInput } from './FieldInput.tsx'
import { valuesOfAddress } from './kind-values.ts'
import classes from './OpenDialog.module.css'

const kindsWithDatabases = new Set(['lmdb', 'sqlite'])

export interface KindPanelProps {
  kind: StoreKindInfo
  values: FormValues
  onValues: (values: FormValues) => void
  onClose: () => void
}

/** The form of one kind, drawn from its description, and the address that it makes. */
export function KindPanel({ kind, values, onValues, onClose }: KindPanelProps) {
  const { form } = kind
  const attempt = useAttempt(onClose)
  const [isMoreOpen, setIsMoreOpen] = useState(false)
  const fields = shownFields(form, values)
  const missing = missingFields(form, values)
  const target: Target | undefined =
    missing.length === 0 ? { location: formatStoreUrl(form, values), kind: kind.kind } : undefined
  const put = (name: string, value: string): void => onValues({ ...values, [name]: value })
  const draw = (field: FormField) => (
    <FieldInput
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      onValue={(value) => put(field.name, value)}
    />
  )
  const folded = fields.filter(({ isAdvanced }) => isAdvanced)
  const path = (values['path'] ?? '').trim()
  return (
    <form onSubmit={attempt.submit(target)} className={classes.form}>
      <div className={classes.fields}>{fields.filter(({ isAdvanced }) => !isAdvanced).map(draw)}</div>
      <DatabaseChooser
        target={{ location: path, kind: kind.kind }}
        enabled={kindsWithDatabases.has(kind.kind) && path !== ''}
        chosen={values[kind.kind === 'lmdb' ? 'db' : 'table'] ?? ''}
        onChoose={(name, option) => put(option, name)}
      />
      {folded.length === 0 ? null : (
        <button
          type="button"
          className={classes.more}
          aria-expanded={isMoreOpen}
          onClick={() => setIsMoreOpen(!isMoreOpen)}
        >
          <IconChevronRight size={13} aria-hidden /> Rarely needed
        </button>
      )}
      {isMoreOpen ? <div className={classes.fields}>{folded.map(draw)}</div> : null}
      <Address kind={kind} values={values} onValues={onValues} />
      <AttemptFooter attempt={attempt} target={target} asksInPlace={form.isServer}>
        <Missing fields={missing} />
      </AttemptFooter>
    </form>
  )
}

/** The URL of what is filled in; editing it fills in the form. Passwords are not shown. */
function Address({ kind: { form, title }, values, onValues }: Omit<KindPanelProps, 'onClose'>) {
  const [draft, setDraft] = useState<string>()
  const shown = withoutSecrets(formatStoreUrl(form, values))
  const isOff = draft !== undefined && valuesOfAddress(form, draft, values) === undefined
  const edit = (text: string): void => {
    setDraft(text)
    const next = valuesOfAddress(form, text, values)
    if (next) onValues(next)
  }
  return (
    <TextInput
      label="Address"
      value={draft ?? shown}
      onChange={(event) => edit(event.currentTarget.value)}
      onBlur={() => setDraft(undefined)}
      error={isOff ? `This is no address of the kind ${title}` : undefined}
      spellCheck={false}
      autoComplete="off"
      classNames={{ input: classes.path, label: classes.label }}
    />
  )
}

function Missing({ fields }: { fields: readonly FormField[] }) {
  return (
    <div className={classes.verdict} role="status">
      {fields.length === 0
        ? 'Test says whether it answers, and what is there.'
        : `Still needed: ${fields.map(({ label }) => label).join(', ')}.`}
    </div>
  )
}
