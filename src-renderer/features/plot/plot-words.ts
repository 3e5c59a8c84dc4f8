import type { PointUnit } from '../../../shared/api/points.ts'
import { formatBytes, formatDuration, formatTime, type TimeZoneChoice } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'

/** A number with as many figures as tell it from its neighbours. */
export function amountText(number: number, unit: PointUnit, zone: TimeZoneChoice): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(Math.round(number))
    case 'seconds':
      return formatDuration(number)
    case 'time':
      return formatTime(number, zone)
    case 'number':
      return String(Number(number.toPrecision(7)))
  }
}

const names: Readonly<Record<string, string>> = { took: 'time taken', run: 'run date' }

export function fieldName(field: string): string {
  return visibleText(names[field] ?? field)
}
