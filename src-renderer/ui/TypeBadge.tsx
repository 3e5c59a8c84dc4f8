import classes from './TypeBadge.module.css'
import { familyOf, type TypeFamily } from './type-family.ts'
import { visibleText } from './visible-text.ts'

/** The type of a value in the colour of its family; long class names keep their last part, whole on hover. */
export function TypeBadge({ type, family }: { type: string; family?: TypeFamily }) {
  const shown = visibleText(type)
  const short = shown.length > 28 ? shown.slice(shown.lastIndexOf('.') + 1) : shown
  return (
    <span
      className={classes.badge}
      data-family={family ?? familyOf(type)}
      title={short === shown ? undefined : shown}
    >
      {short}
    </span>
  )
}
