import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { FormEvent, ReactNode } from 'react'
import { testLocation, type Target } from '../../client/locations.ts'
import classes from './OpenDialog.module.css'
import { PasswordPrompt } from './PasswordPrompt.tsx'
import { Fault, TestOutcome } from './TestOutcome.tsx'
import { useOpenStore } from './use-open-store.ts'

/** Trying out the cache that a panel of the dialog names, and opening it. */
export function useAttempt(onClose: () => void) {
  const open = useOpenStore(onClose)
  const test = useMutation({ mutationFn: testLocation })
  return {
    open,
    test,
    onClose,
    /** What Enter in a field does. */
    submit: (target: Target | undefined) => (event: FormEvent) => {
      event.preventDefault()
      if (target) open.mutate(target)
    },
  }
}

export interface AttemptFooterProps {
  attempt: ReturnType<typeof useAttempt>
  /** `undefined`: nothing is named yet that could be opened. */
  target: Target | undefined
  /** The panel has fields for user and password: they are not asked for in a window of their own. */
  asksInPlace?: boolean
  /** What is said of the target before anything was tried with it. */
  children: ReactNode
}

/** The outcome of the last try, as long as the target is still the same, and the buttons. */
export function AttemptFooter({ attempt, target, asksInPlace = false, children }: AttemptFooterProps) {
  const { open, test, onClose } = attempt
  const fault = open.error ?? test.error
  const tried = open.error ? open.variables : test.variables
  const isCurrent = tried?.location === target?.location && tried?.kind === target?.kind
  const runTest = (): void => {
    open.reset()
    if (target) test.mutate(target)
  }
  return (
    <div className={classes.footer}>
      <Outcome fault={isCurrent ? fault : null} test={isCurrent ? test.data : undefined}>
        {children}
      </Outcome>
      <div className={classes.actions}>
        <span className={classes.promise}>Looking changes nothing: no file, no time stamp.</span>
        <Button disabled={target === undefined} loading={test.isPending} onClick={runTest}>
          Test
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={target === undefined} loading={open.isPending}>
          Open
        </Button>
      </div>
      {asksInPlace ? null : <PasswordPrompt opening={open} />}
    </div>
  )
}

interface OutcomeProps {
  fault: Error | null
  test: React.ComponentProps<typeof TestOutcome>['result'] | undefined
  children: ReactNode
}

function Outcome({ fault, test, children }: OutcomeProps) {
  if (fault) return <Fault message={fault.message} />
  return test ? <TestOutcome result={test} /> : children
}
