import type { PlaneHeader } from '../../../shared/api/pictures.ts'
import { heatGradient, type HeatRange } from '../../../shared/numpy/heat-color.ts'
import classes from './Picture.module.css'
import { figureText } from './picture-words.ts'

export interface ScaleBarProps {
  readonly range: HeatRange
  readonly isLog: boolean
  readonly unit: PlaneHeader['unit']
  readonly isClipped: boolean
}

/** What the colours mean. */
export function ScaleBar({ range: { low, high, scale }, isLog, unit, isClipped }: ScaleBarProps) {
  const text = (number: number): string => figureText(isLog ? 10 ** number : number, unit)
  return (
    <div className={classes.scale}>
      <span>
        {isClipped ? '≤ ' : ''}
        {text(low)}
      </span>
      <div
        className={classes.scaleBar}
        style={{ background: heatGradient(scale) }}
        role="img"
        aria-label={`Colours from ${text(low)} to ${text(high)}${isLog ? ', logarithmic' : ''}`}
      />
      <span>
        {isClipped ? '≥ ' : ''}
        {text(high)}
      </span>
    </div>
  )
}
