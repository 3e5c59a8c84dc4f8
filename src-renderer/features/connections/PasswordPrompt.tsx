import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import {
  credentialsOf,
  hidesSentinelPassword,
  withCredentials,
  withoutSecrets,
} from '../../../shared/model/secrets.ts'
import { useDesk } from '../../app/desk.ts'
import { needsPassword, type Target } from '../../client/locations.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './PasswordPrompt.module.css'

export interface PasswordPromptProps {
  /** An attempt to open a cache; while it failed for want of a password, the prompt is there. */
  opening: {
    readonly error: Error | null
    readonly variables: Target | undefined
    readonly isPending: boolean
    mutate: (target: Target) => void
    reset: () => void
  }
}

/** Asks for the password of a server again, which is kept in no list and no address. */
export function PasswordPrompt({ opening }: PasswordPromptProps) {
  const [asked, setAsked] = useState<Target>()
  const { error, variables } = opening
  const isWanted = needsPassword(error) || (opening.isPending && asked !== undefined)
  if (needsPassword(error) && variables !== undefined && asked === undefined) setAsked(variables)
  if (!isWanted && !opening.isPending && asked !== undefined) setAsked(undefined)
  return (
    <Modal
      opened={isWanted && asked !== undefined}
      onClose={opening.reset}
      title="Password of the server"
      size={420}
      padding={16}
    >
      {asked === undefined ? null : (
        <PromptForm
          target={asked}
          problem={credentialsOf(variables?.location ?? '').password === '' ? undefined : error?.message}
          isPending={opening.isPending}
          onCancel={opening.reset}
          onTry={opening.mutate}
        />
      )}
    </Modal>
  )
}

interface PromptFormProps {
  target: Target
  problem: string | undefined
  isPending: boolean
  onCancel: () => void
  onTry: (target: Target) => void
}

function PromptForm({ target, problem, isPending, onCancel, onTry }: PromptFormProps) {
  const { app } = useDesk()
  const [user, setUser] = useState(credentialsOf(target.location).user)
  const [password, setPassword] = useState('')
  const [sentinelPassword, setSentinelPassword] = useState('')
  const hasSentinels = hidesSentinelPassword(target.location)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onTry({ ...target, location: withCredentials(target.location, { user, password, sentinelPassword }) })
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <code className={classes.server}>{visibleText(withoutSecrets(target.location))}</code>
      <TextInput
        label="User"
        placeholder="default"
        value={user}
        onChange={(event) => setUser(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
      <PasswordInput
        label="Password"
        size="xs"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      {hasSentinels ? (
        <PasswordInput
          label="Password of the sentinels"
          size="xs"
          value={sentinelPassword}
          onChange={(event) => setSentinelPassword(event.currentTarget.value)}
          autoComplete="off"
        />
      ) : null}
      {problem === undefined ? null : (
        <div className={classes.problem} role="alert">
          {visibleText(problem)}
        </div>
      )}
      <div className={classes.actions}>
        <span className={classes.promise}>
          {app.host === 'desktop'
            ? 'Kept in the key store of this computer, if it has one.'
            : 'Kept in memory until the inspector stops, never on disk.'}
        </span>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="filled" loading={isPending}>
          Connect
        </Button>
      </div>
    </form>
  )
}
