import { Button } from '@mantine/core'
import classes from './Picture.module.css'
import type { Whole } from './use-whole.ts'

/** Says that a picture is a sample, and goes on to all of it. */
export function SampleNote({ text, whole }: { text: string | undefined; whole: Whole<unknown> }) {
  if (text === undefined && whole.progress === undefined) return null
  const { progress, start, stop } = whole
  return (
    <span className={classes.sample} role="status">
      {progress === undefined ? text : `looking at all: ${Math.floor(progress * 100)} %`}
      {start ? (
        <Button size="compact-xs" onClick={start}>
          Look at all
        </Button>
      ) : null}
      {progress === undefined ? null : (
        <Button size="compact-xs" onClick={stop}>
          Stop
        </Button>
      )}
    </span>
  )
}
