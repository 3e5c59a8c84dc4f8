import type { ByteStream } from '../../../shared/api/bytes.ts'
import type { Place } from '../../app/place.ts'

/** What the tab keeps in the address. */
export interface BytePlace {
  readonly shows: 'hex' | 'opcodes'
  readonly of: ByteStream
  /** The chosen byte, if it is one of this entry. */
  readonly at: number | undefined
}

type Options = Place['options']

export function readBytePlace(options: Options, key: string): BytePlace {
  const [, at, of] = /^(\d{1,15})@(.*)$/s.exec(options['bytes.at'] ?? '') ?? []
  return {
    shows: options['bytes.show'] === 'opcodes' ? 'opcodes' : 'hex',
    of: options['bytes.of'] === 'stored' ? 'stored' : 'decoded',
    at: at !== undefined && of === key ? Number(at) : undefined,
  }
}

/** Options of the place that lead to a byte of an entry. */
export function byteOptions(key: string, { shows, of, at }: Partial<BytePlace>): Options {
  return {
    ...(shows === undefined ? {} : { 'bytes.show': shows === 'hex' ? '' : shows }),
    ...(of === undefined ? {} : { 'bytes.of': of === 'decoded' ? '' : of }),
    ...(at === undefined ? {} : { 'bytes.at': `${at}@${key}` }),
  }
}

/** `4096` or `0x1000` as somebody types it; separators of thousands are allowed. */
export function parseOffset(text: string): number | undefined {
  const plain = text.trim().replaceAll(',', '')
  return /^(?:\d{1,15}|0x[0-9a-f]{1,12})$/i.test(plain) ? Number(plain) : undefined
}
