import { integerOf } from '../numpy/nodes.ts'
import type { Value } from '../value/value.ts'
import { nameOf } from './names.ts'
import { partsOf } from './parts.ts'

/** A time zone as far as a pickle tells: a fixed offset, or a key of the IANA database. */
export type Zone =
  | {
      readonly kind: 'fixed'
      readonly offsetMicroseconds: number
      readonly name: string
      readonly stated: boolean
    }
  | { readonly kind: 'named'; readonly key: string; readonly library: 'zoneinfo' | 'pytz' | 'dateutil' }

/** Zones of `datetime.timezone`, `zoneinfo`, `pytz` and dateutil's UTC; `undefined` for others. */
export function zoneOf(node: Value | undefined): Zone | undefined {
  if (node?.kind === 'global') return node.module === 'pytz' && node.name === 'UTC' ? utc('UTC') : undefined
  if (node?.kind !== 'object') return undefined
  const { name, args } = partsOf(node)
  if (!name) return undefined
  const [first, second] = args
  if (name.module === 'datetime' && name.name === 'timezone') return fixedZone(first, second)
  if (
    name.module.startsWith('zoneinfo') &&
    (name.name === 'ZoneInfo._unpickle' || name.name === 'ZoneInfo')
  ) {
    return first?.kind === 'str' ? { kind: 'named', key: first.value, library: 'zoneinfo' } : undefined
  }
  if (name.module === 'pytz' || name.module.startsWith('pytz.')) {
    if (name.name === '_UTC') return utc('UTC')
    if (name.name === '_p' && first?.kind === 'str')
      return { kind: 'named', key: first.value, library: 'pytz' }
  }
  if (name.module.startsWith('dateutil.tz') && name.name === 'tzutc') return utc('tzutc()')
  return undefined
}

function utc(name: string): Zone {
  return { kind: 'fixed', offsetMicroseconds: 0, name, stated: true }
}

function fixedZone(offset: Value | undefined, name: Value | undefined): Zone | undefined {
  const offsetMicroseconds = timedeltaMicroseconds(offset)
  if (offsetMicroseconds === undefined) return undefined
  if (name?.kind === 'str') return { kind: 'fixed', offsetMicroseconds, name: name.value, stated: true }
  const text = offsetMicroseconds === 0 ? 'UTC' : 'UTC' + offsetText(offsetMicroseconds)
  return { kind: 'fixed', offsetMicroseconds, name: text, stated: false }
}

/** Microseconds of a `timedelta(days, seconds, microseconds)` node. */
function timedeltaMicroseconds(node: Value | undefined): number | undefined {
  if (node?.kind !== 'object') return undefined
  const callee = nameOf(node.callee)
  if (callee?.module !== 'datetime' || callee.name !== 'timedelta') return undefined
  const [days = 0, seconds = 0, microseconds = 0] = node.args.map((arg) => integerOf(arg) ?? Number.NaN)
  const total = (days * 86_400 + seconds) * 1e6 + microseconds
  // Python refuses offsets of a day and more.
  return Math.abs(total) < 86_400e6 ? total : undefined
}

/** `+05:30`, `-00:00:01`, `+01:00:00.000001`. */
export function offsetText(offsetMicroseconds: number): string {
  const magnitude = Math.abs(offsetMicroseconds)
  const seconds = Math.floor(magnitude / 1e6)
  const microseconds = magnitude % 1e6
  const two = (value: number) => String(value).padStart(2, '0')
  let text = `${offsetMicroseconds < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`
  if (seconds % 60 !== 0 || microseconds !== 0) text += ':' + two(seconds % 60)
  return microseconds === 0 ? text : `${text}.${String(microseconds).padStart(6, '0')}`
}

/** True for zones that have had one offset always. */
export function isConstant(zone: Zone): boolean {
  return zone.kind === 'fixed' || /^(Etc\/.+|UTC|UCT|GMT[+-]?0?|Zulu|Universal|Greenwich)$/.test(zone.key)
}

/** Offset in microseconds at a moment of UTC; `undefined` if this machine's time zone data lacks the zone. */
export function offsetAtUtc(zone: Zone, utcSeconds: number): number | undefined {
  if (zone.kind === 'fixed') return zone.offsetMicroseconds
  const format = formatOf(zone.key)
  const moment = utcSeconds * 1000
  if (!format || Math.abs(moment) > 8.64e15) return undefined
  const part = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')
  const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(part?.value ?? '')
  if (!match) return undefined
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return (sign === '-' ? -total : total) * 1e6
}

/** Offset in microseconds of a wall clock time, which `fold` chooses where clocks were put back. */
export function offsetAtLocal(zone: Zone, localSeconds: number, fold: 0 | 1): number | undefined {
  if (zone.kind === 'fixed') return zone.offsetMicroseconds
  const day = 86_400
  const before = offsetAtUtc(zone, localSeconds - day)
  const after = offsetAtUtc(zone, localSeconds + day)
  if (before === undefined || after === undefined || before === after) return before
  const isAfter = offsetAtUtc(zone, localSeconds - after / 1e6) === after
  const isBefore = offsetAtUtc(zone, localSeconds - before / 1e6) === before
  if (isAfter !== isBefore) return isAfter ? after : before
  // Both (clocks put back) or none (put forward): PEP 495 takes the first for fold 0.
  return fold === 0 ? before : after
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>()
/** Keys come from the files that are read: no more of them are remembered than there are zones. */
const rememberedFormats = 700

function formatOf(key: string): Intl.DateTimeFormat | undefined {
  if (formats.has(key)) return formats.get(key)
  if (formats.size > rememberedFormats) formats.clear()
  let format: Intl.DateTimeFormat | undefined
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: key, timeZoneName: 'longOffset' })
  } catch {
    format = undefined
  }
  formats.set(key, format)
  return format
}

/** What `str()` of the zone gives, as pandas prints it in dtypes. */
export function zoneText(zone: Zone): string {
  return zone.kind === 'fixed' ? zone.name : zone.key
}
