import { describe, expect, it } from 'vitest'
import type { Connection, EngineEvent } from '../../shared/api/contract.ts'
import { EventHub } from './events.ts'

function connection(revision: number): Connection {
  return {
    id: 'a',
    asOf: revision,
    kind: 'fs',
    kindTitle: 'Files',
    location: '/c',
    label: 'c',
    reason: '',
    state: 'indexing',
    writable: false,
    entries: 0,
    revision,
  }
}

function read(response: Response): { next(): Promise<EngineEvent | undefined>; leave(): Promise<void> } {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  return {
    async next() {
      const { value, done } = await reader.read()
      return done ? undefined : (JSON.parse(value.replace(/^data: /, '')) as EngineEvent)
    },
    leave: () => reader.cancel(),
  }
}

const none = { asOf: 501, items: [] }

describe('the event stream', () => {
  it('begins with what there is, and joins changes that come fast', async () => {
    const hub = new EventHub()
    const reader = read(hub.respond({ asOf: 0, items: [connection(0)] }))
    expect(await reader.next()).toMatchObject({ type: 'hello', stores: { items: [{ revision: 0 }] } })
    const started = performance.now()
    for (let revision = 1; revision <= 500; revision++) hub.publish(connection(revision))
    expect(await reader.next()).toMatchObject({ type: 'store', store: { revision: 1 } })
    expect(await reader.next()).toMatchObject({ type: 'store', store: { revision: 500 } })
    expect(performance.now() - started).toBeGreaterThan(90)
    hub.publishClosed('a', none)
    expect(await reader.next()).toEqual({ type: 'closed', stores: none })
    hub.end()
    expect(await reader.next()).toBeUndefined()
  })

  it('knows whether anybody listens', async () => {
    const hub = new EventHub()
    expect(hub.hasReaders).toBe(false)
    const reader = read(hub.respond(none))
    await reader.next()
    expect(hub.hasReaders).toBe(true)
    await reader.leave()
    expect(hub.hasReaders).toBe(false)
    hub.publish(connection(1))
  })

  it('lets go of a reader that does not read', () => {
    const hub = new EventHub()
    hub.respond(none)
    for (let i = 0; i < 2_000; i++) hub.publishClosed(String(i), none)
    expect(hub.hasReaders).toBe(false)
  })
})
