import type { ByteSource } from '../model/source.ts'
import { dayOfDate, twoDigits } from '../numpy/calendar.ts'
import { bytesOf, integerOf, latin1Bytes } from '../numpy/nodes.ts'
import type { Value } from '../value/value.ts'
import type { ObjectParts } from './parts.ts'
import type { View } from './view.ts'
import { isConstant, offsetAtLocal, offsetAtUtc, offsetText, zoneOf } from './zones.ts'

/**
 * `datetime.*`. States are the byte strings of CPython's `datetime.__reduce_ex__`:
 * year (2 bytes, big-endian), month, day, hour, minute, second, microsecond (3);
 * the top bit of the month (of the hour, for a time) is `fold`.
 */

export function datetimeView(parts: ObjectParts, source: ByteSource): View | undefined {
  const bytes = stateBytes(parts.args[0], 10, source)
  if (!bytes) return undefined
  const date = dateFrom(bytes)
  const clock = clockFrom(bytes.subarray(4))
  if (!date || !clock) return undefined
  const fold = bytes[2]! & 0x80 ? 1 : 0
  const tzinfo = parts.args[1]
  const zone = zoneOf(tzinfo)
  const localSeconds = dayOfDate(date.year, date.month, date.day) * 86_400 + clock.seconds
  const offset = zone && offsetAtLocal(zone, localSeconds, fold)
  const iso = `${date.iso}T${clock.iso}${offset === undefined ? '' : offsetText(offset)}`
  return { kind: 'datetime', iso, tzinfo: present(tzinfo), fold }
}

export function dateView(parts: ObjectParts, source: ByteSource): View | undefined {
  const bytes = stateBytes(parts.args[0], 4, source)
  const date = bytes && dateFrom(bytes)
  return date && { kind: 'date', iso: date.iso }
}

export function timeView(parts: ObjectParts, source: ByteSource): View | undefined {
  const bytes = stateBytes(parts.args[0], 6, source)
  if (!bytes) return undefined
  const fold = bytes[0]! & 0x80 ? 1 : 0
  const clock = clockFrom(Uint8Array.of(bytes[0]! & 0x7f, ...bytes.subarray(1)))
  if (!clock) return undefined
  const tzinfo = parts.args[1]
  const zone = zoneOf(tzinfo)
  // A time of day has no date, so only a zone that never changes has an offset for it.
  const offset = zone && isConstant(zone) ? offsetAtUtc(zone, 0) : undefined
  return {
    kind: 'time',
    iso: clock.iso + (offset === undefined ? '' : offsetText(offset)),
    tzinfo: present(tzinfo),
    fold,
  }
}

export function timedeltaView(parts: ObjectParts): View | undefined {
  const [days, seconds, microseconds] = [0, 1, 2].map((i) => (parts.args[i] ? integerOf(parts.args[i]) : 0))
  if (days === undefined || seconds === undefined || microseconds === undefined) return undefined
  return { kind: 'timedelta', days, seconds, microseconds }
}

/** A named zone of `zoneinfo`, a fixed one of `datetime.timezone`; zones of other libraries stay objects. */
export function zoneView(node: Value): View | undefined {
  const zone = zoneOf(node)
  if (!zone) return undefined
  if (zone.kind === 'named')
    return zone.library === 'zoneinfo' ? { kind: 'zoneinfo', key: zone.key } : undefined
  return { kind: 'timezone', offsetSeconds: zone.offsetMicroseconds / 1e6, name: zone.name }
}

function present(node: Value | undefined): Value | undefined {
  return node?.kind === 'none' ? undefined : node
}

/** Exactly `length` bytes of a bytes node, or of a text that Python 2 stored them as. */
function stateBytes(node: Value | undefined, length: number, source: ByteSource): Uint8Array | undefined {
  if (node?.kind === 'str') return node.value.length === length ? latin1Bytes(node.value) : undefined
  const bytes = bytesOf(node, source, length)
  return bytes?.length === length ? bytes : undefined
}

function dateFrom(bytes: Uint8Array): { year: number; month: number; day: number; iso: string } | undefined {
  const year = bytes[0]! * 256 + bytes[1]!
  const month = bytes[2]! & 0x7f
  const day = bytes[3]!
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return undefined
  return { year, month, day, iso: `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}` }
}

function clockFrom(bytes: Uint8Array): { seconds: number; iso: string } | undefined {
  const [hour, minute, second] = bytes as unknown as [number, number, number]
  const microsecond = bytes[3]! * 65_536 + bytes[4]! * 256 + bytes[5]!
  if (hour > 23 || minute > 59 || second > 59 || microsecond > 999_999) return undefined
  const fraction = microsecond === 0 ? '' : '.' + String(microsecond).padStart(6, '0')
  const iso = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fraction}`
  return { seconds: hour * 3600 + minute * 60 + second, iso }
}
