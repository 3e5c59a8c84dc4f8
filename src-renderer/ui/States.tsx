import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './States.module.css'
import { visibleText } from './visible-text.ts'

export interface EmptyStateProps {
  icon?: ReactNode
  title: ReactNode
  children?: ReactNode
  actions?: ReactNode
}

/** Says what is not here, why, and what to do next. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className={classes.state}>
      {icon ? <div className={classes.icon}>{icon}</div> : null}
      <div className={classes.title}>{title}</div>
      {children ? <div className={classes.text}>{children}</div> : null}
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </div>
  )
}

/** A failed request: its sentence, its code, and a way to try again. */
export function ErrorState({ title, error, onRetry }: { title: string; error: Error; onRetry?: () => void }) {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return (
    <div className={classes.state} role="alert">
      <div className={classes.icon} data-tone="bad">
        <IconAlertTriangle size={26} stroke={1.5} />
      </div>
      <div className={classes.title}>{title}</div>
      <div className={classes.text}>
        {visibleText(error.message)} {code ? <code className={classes.code}>{code}</code> : null}
      </div>
      {onRetry ? (
        <div className={classes.actions}>
          <Button onClick={onRetry}>Try again</Button>
        </div>
      ) : null}
    </div>
  )
}

/** Appears only if the wait is long enough to be noticed. */
export function Waiting({ what }: { what: string }) {
  return (
    <div className={classes.waiting} role="status" aria-busy>
      <span className={classes.spinner} aria-hidden />
      {what}
    </div>
  )
}
