import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import classes from './EngineBanner.module.css'

/** While the engine is away: what is on the screen stays, and it is tried again by itself. */
export function EngineBanner({ onRetry }: { onRetry: () => void }) {
  return (
    <div className={classes.banner} role="alert">
      <IconPlugConnectedX size={15} aria-hidden />
      <span>
        <b>The engine does not answer.</b> It may have been stopped. What you see is what it said last; it is
        tried again by itself.
      </span>
      <Button size="compact-xs" onClick={onRetry}>
        Try now
      </Button>
    </div>
  )
}
