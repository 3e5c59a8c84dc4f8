import { Button, TextInput } from '@mantine/core'
import type { StoreKindInfo } from '../../../shared/api/locations.ts'
import { parseStoreUrl, type FormValues } from '../../../shared/model/store-form.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { AttemptFooter, useAttempt } from './Attempt.tsx'
import classes from './OpenDialog.module.css'

export interface UrlPanelProps {
  url: string
  onUrl: (url: string) => void
  kinds: readonly StoreKindInfo[]
  /** Goes on in the form of a kind. */
  onEdit: (kind: StoreKindInfo, values: FormValues) => void
  onClose: () => void
}

/** A cache by the URL that the command line takes too. */
export function UrlPanel({ url, onUrl, kinds, onEdit, onClose }: UrlPanelProps) {
  const attempt = useAttempt(onClose)
  const text = url.trim()
  const scheme = /^([a-z][a-z0-9+]+):/.exec(text)?.[1]
  const kind = kinds.find(({ form }) => scheme !== undefined && form.schemes.includes(scheme))
  const values = kind && parseStoreUrl(kind.form, text)
  const target = kind && text.length > (scheme?.length ?? 0) + 1 ? { location: text } : undefined
  return (
    <form onSubmit={attempt.submit(target)} className={classes.form}>
      <TextInput
        label="URL of the cache"
        placeholder="redis://user:password@host:6379/0?prefix=p"
        value={url}
        onChange={(event) => onUrl(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.path, label: classes.label }}
      />
      <dl className={classes.examples}>
        {kinds.map((each) => (
          <div key={each.kind} data-current={each === kind || undefined}>
            <dt>{each.title}</dt>
            <dd>
              <code>{exampleOf(each)}</code>
            </dd>
          </div>
        ))}
      </dl>
      <AttemptFooter attempt={attempt} target={target}>
        <div className={classes.verdict} role="status">
          {verdictOf(text, scheme, kind)}
          {kind && values ? (
            <Button size="compact-xs" className={classes.edit} onClick={() => onEdit(kind, values)}>
              Edit in the form
            </Button>
          ) : null}
        </div>
      </AttemptFooter>
    </form>
  )
}

function verdictOf(text: string, scheme: string | undefined, kind: StoreKindInfo | undefined): string {
  if (text === '') return 'The scheme says what kind it is.'
  if (kind) return `${kind.title}, by its scheme ${scheme}:`
  if (scheme === undefined) return 'A URL begins with the scheme of a kind; a path alone belongs into Path.'
  return `There is no kind of cache ${visibleText(scheme)}: — the list above has them all.`
}

function exampleOf({ form }: StoreKindInfo): string {
  if (form.isServer) return form.schemes.map((scheme) => `${scheme}://…`).join('  ')
  const options = form.fields.filter(({ place }) => place === 'option').map(({ name }) => `${name}=…`)
  return `${form.schemes[0]}:PATH${options.length === 0 ? '' : `?${options.join('&')}`}`
}
