import { datetime64Text, nanosecondsOf } from '../numpy/datetime.ts'
import type { TimeCount } from '../numpy/datetime.ts'
import { floorDivide, floorModulo } from '../numpy/calendar.ts'
import { integerOf } from '../numpy/nodes.ts'
import type { Value } from '../value/value.ts'
import { partsOf } from './parts.ts'
import type { TableCell } from './table.ts'
import type { Zone } from './zones.ts'
import { offsetAtUtc, offsetText, zoneOf, zoneText } from './zones.ts'

/** pandas' Timestamp and Timedelta, alone and as the elements of arrays. */

/** Codes of numpy's `NPY_DATETIMEUNIT` that pandas uses. */
const unitOfCode: Readonly<Record<number, string>> = { 7: 's', 8: 'ms', 9: 'us', 10: 'ns' }

type TimestampCell = Extract<TableCell, { kind: 'timestamp' | 'pandas-constant' }>
type TimedeltaCell = Extract<TableCell, { kind: 'pandas-timedelta' | 'pandas-constant' }>

/** `_unpickle_timestamp(value, freq, tz, unit code)`; before pandas 2 without the code, in nanoseconds. */
export function timestampOf(node: Value): TimestampCell | undefined {
  if (node.kind !== 'object') return undefined
  const { name, args } = partsOf(node)
  if (name?.name !== '_unpickle_timestamp' && name?.name !== 'Timestamp') return undefined
  const count = countOf(args[0])
  const unit = args[3] ? unitOfCode[integerOf(args[3]) ?? -1] : 'ns'
  if (count === undefined || unit === undefined) return undefined
  const zone = zoneOf(args[2])
  return timestampCell({ count, unit, step: 1 }, zone)
}

/** `_timedelta_unpickle(value, unit code)` or `Timedelta(value)`. */
export function timedeltaOf(node: Value): TimedeltaCell | undefined {
  if (node.kind !== 'object') return undefined
  const { name, args } = partsOf(node)
  if (name?.name !== '_timedelta_unpickle' && name?.name !== 'Timedelta') return undefined
  const count = countOf(args[0])
  const unit = args[1] ? unitOfCode[integerOf(args[1]) ?? -1] : 'ns'
  return count === undefined || unit === undefined ? undefined : timedeltaCell({ count, unit, step: 1 })
}

function countOf(node: Value | undefined): bigint | undefined {
  return node?.kind === 'int' ? BigInt(node.value) : undefined
}

const second = 1_000_000_000n

/** A moment of UTC as pandas shows it: in the zone's wall clock, with the offset, as fine as it is. */
export function timestampCell(time: TimeCount, zone: Zone | undefined): TimestampCell {
  const nanoseconds = nanosecondsOf(time)
  if (nanoseconds === undefined) return { kind: 'pandas-constant', name: 'NaT' }
  const offset = zone && offsetAtUtc(zone, Number(floorDivide(nanoseconds, second)))
  const local = nanoseconds + BigInt(offset ?? 0) * 1000n
  const text = datetime64Text({ count: floorDivide(local, second), unit: 's', step: 1 })
  const suffix = offset === undefined ? '' : offsetText(offset)
  return {
    kind: 'timestamp',
    iso: text + fractionText(floorModulo(local, second)) + suffix,
    zone: zone && zoneText(zone),
  }
}

/** Six digits for microseconds, nine where there are nanoseconds, none for none. */
function fractionText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return ''
  const digits = String(nanoseconds).padStart(9, '0')
  return '.' + (digits.endsWith('000') ? digits.slice(0, 6) : digits)
}

/** `P1DT2H0M0S`: days may be negative, the rest is not; the fraction has 3, 6 or 9 digits. */
export function timedeltaCell(time: TimeCount): TimedeltaCell {
  const nanoseconds = nanosecondsOf(time)
  if (nanoseconds === undefined) return { kind: 'pandas-constant', name: 'NaT' }
  const days = floorDivide(nanoseconds, 86_400n * second)
  const rest = floorModulo(nanoseconds, 86_400n * second)
  const seconds = rest / second
  const fraction = String(rest % second)
    .padStart(9, '0')
    .replace(/(000)+$/, '')
  const clock = `${seconds / 3600n}H${(seconds / 60n) % 60n}M${seconds % 60n}`
  return { kind: 'pandas-timedelta', iso: `P${days}DT${clock}${fraction === '' ? '' : '.' + fraction}S` }
}
