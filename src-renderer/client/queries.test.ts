import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, it, vi } from 'vitest'
import type { Connection, ConnectionList } from '../../shared/api/contract.ts'
import { putConnection, putConnections, storesQuery } from './queries.ts'

function connection(asOf: number, state: Connection['state']): Connection {
  return {
    id: 'a',
    asOf,
    kind: 'fs',
    kindTitle: 'Files',
    location: '/c',
    label: 'c',
    reason: '',
    state,
    writable: false,
    entries: 0,
    revision: 0,
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

it('the list of connections keeps what events told while it was asked for (a cache stayed "being read")', async () => {
  const answer = Promise.withResolvers<Response>()
  vi.stubGlobal('fetch', () => answer.promise)
  const client = new QueryClient()
  const asked = client.fetchQuery(storesQuery)
  putConnection(client, connection(5, 'ready'))
  const list: ConnectionList = { asOf: 4, items: [connection(3, 'indexing')] }
  answer.resolve(Response.json(list))
  await asked
  expect(client.getQueryData(storesQuery.queryKey)!.items).toEqual([connection(5, 'ready')])
  putConnection(client, connection(4, 'indexing'))
  expect(client.getQueryData(storesQuery.queryKey)!.items).toEqual([connection(5, 'ready')])
  putConnections(client, { asOf: 6, items: [] })
  putConnection(client, connection(5, 'ready'))
  expect(client.getQueryData(storesQuery.queryKey)!.items).toEqual([])
})
