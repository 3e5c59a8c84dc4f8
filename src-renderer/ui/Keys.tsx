import { printedKeys } from '../app/keymap.ts'
import { isMac } from './platform.ts'
import classes from './Keys.module.css'

/** A shortcut as keys of the keyboard at hand. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {printedKeys(keys, isMac).map((key) => (
        <kbd key={key} className={classes.key}>
          {key}
        </kbd>
      ))}
    </span>
  )
}
