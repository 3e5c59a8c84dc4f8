import { queryOptions } from '@tanstack/react-query'
import type { ByteStream, NodePlace, OpcodePage, WayStep } from '../../shared/api/bytes.ts'
import { valueQuery, type ValueAddress } from './queries.ts'
import { address, request } from './request.ts'

/** Bytes of one page of a stream, and opcodes of one page of the listing. */
export const bytesPerPage = 4_096
export const opcodesPerPage = 200

export function bytesQuery({ store, key, revision }: ValueAddress, of: ByteStream, page: number) {
  const parameters = { of, from: page * bytesPerPage, to: (page + 1) * bytesPerPage }
  return queryOptions({
    queryKey: ['bytes', store, key, revision, of, page],
    queryFn: async ({ signal }) => {
      const response = await request(address(['stores', store, 'entries', key, 'bytes'], parameters), {
        signal,
      })
      return new Uint8Array(await response.arrayBuffer())
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  })
}

/** Of the whole entry, whatever the path; so are the others. */
export function opcodesQuery(value: ValueAddress, from: number, to: number) {
  return valueQuery<OpcodePage>('opcodes', { ...value, path: '' }, { from, to })
}

/** How much of the listing is known, which goes on while it is asked. */
export function listingQuery(value: ValueAddress) {
  return { ...opcodesQuery(value, 0, 0), refetchInterval: untilComplete, staleTime: 0 }
}

/** The line of a byte. */
export function lineQuery(value: ValueAddress, at: number) {
  const query = valueQuery<OpcodePage>('opcodes', { ...value, path: '' }, { at })
  return { ...query, refetchInterval: untilComplete, staleTime: 0 }
}

/** Soon again: the engine goes on listing only while it is asked. */
const listingPaceMs = 50

function untilComplete({
  state,
}: {
  state: { data?: OpcodePage | undefined; error: unknown }
}): number | false {
  const { data, error } = state
  return error || data?.isComplete === true || data?.at !== undefined ? false : listingPaceMs
}

export function nodeQuery(value: ValueAddress, offset: number) {
  return valueQuery<NodePlace>('node', { ...value, path: '' }, { offset })
}

/** What has to be unfolded to see a node. */
export function wayQuery(value: ValueAddress) {
  return valueQuery<WayStep[]>('way', value)
}
