import { NativeSelect, NumberInput, Slider } from '@mantine/core'
import classes from './Picture.module.css'

export interface ArrayAxesProps {
  readonly shape: readonly number[]
  /** Axes that the picture shows. */
  readonly shown: readonly number[]
  /** Axes that are neither shown nor have an index of their own (the lines of one picture). */
  readonly free: readonly number[]
  readonly index: readonly number[]
  readonly onIndex: (index: readonly number[]) => void
  readonly label?: string
}

/** One slider for each axis that is not shown and has more than one place. */
export function ArrayAxes({ shape, shown, free, index, onIndex, label }: ArrayAxesProps) {
  const fixed = shape.flatMap((length, axis) =>
    length < 2 || shown.includes(axis) || free.includes(axis) ? [] : [{ axis, length }],
  )
  if (fixed.length === 0) return null
  return (
    <div className={classes.axes} role="group" aria-label={label ?? 'Index of the other axes'}>
      {label === undefined ? null : <span className={classes.axesLabel}>{label}</span>}
      {fixed.map(({ axis, length }) => {
        const set = (at: number | string): void => onIndex(index.with(axis, Number(at) || 0))
        const common = { min: 0, max: length - 1, value: index[axis] ?? 0, onChange: set }
        return (
          <div key={axis} className={classes.axis}>
            <span>
              axis {axis} <code>0–{length - 1}</code>
            </span>
            <Slider {...common} size="xs" label={null} thumbLabel={`Index of axis ${axis}`} />
            <NumberInput
              {...common}
              size="xs"
              w={78}
              clampBehavior="strict"
              allowDecimal={false}
              aria-label={`Index of axis ${axis}, 0 to ${length - 1}`}
            />
          </div>
        )
      })}
    </div>
  )
}

interface AxisChoiceProps {
  label: string
  shape: readonly number[]
  axis: number
  onAxis: (axis: number) => void
}

/** Which axis is shown. */
export function AxisChoice({ label, shape, axis, onAxis }: AxisChoiceProps) {
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      value={String(axis)}
      onChange={(event) => onAxis(Number(event.currentTarget.value))}
      data={shape.map((_length, at) => ({ value: String(at), label: `${label} axis ${at}` }))}
    />
  )
}
