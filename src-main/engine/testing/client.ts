import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Connection, EngineEvent } from '../../../shared/api/contract.ts'
import { engineEvent } from '../../../shared/api/contract.ts'
import { createEngine } from '../engine.ts'

export const corpus = fileURLToPath(new URL('../../../shared/testing/corpus', import.meta.url))

export interface EventReader {
  /** Waits for an event that fits; those before it are dropped. */
  next(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>
  end(): Promise<void>
}

/** A real engine with a data folder of its own, and short words for asking it. */
export async function startEngine() {
  const folder = await mkdtemp(join(tmpdir(), 'hashcache-engine-'))
  const engine = await createEngine({
    dataFolder: join(folder, 'data'),
    host: 'web',
    version: '9.9',
    watchEveryMs: 20,
  })

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    return engine.app.request(`/api/${path}`, init)
  }

  async function get<Answer>(path: string): Promise<Answer> {
    const response = await ask(path)
    const body: unknown = await response.json()
    expect({ path, status: response.status, body }).toMatchObject({ status: 200 })
    return body as Answer
  }

  function send(path: string, body: unknown, method = 'POST'): Promise<Response> {
    return ask(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  }

  async function post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
    const response = await send(path, body)
    const answer: unknown = await response.json()
    expect({ path, status: response.status, answer }).toMatchObject({ status: 200 })
    return answer as Answer
  }

  async function listen(): Promise<EventReader> {
    const response = await ask('events')
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    const waiting: EngineEvent[] = []
    return {
      async next(fits) {
        for (;;) {
          const event = waiting.shift()
          if (event && fits(event)) return event
          if (event) continue
          const { value, done } = await reader.read()
          if (done) throw new Error('the stream ended')
          const blocks = (rest + value).split('\n\n')
          rest = blocks.pop() ?? ''
          for (const block of blocks)
            if (block.startsWith('data: ')) waiting.push(engineEvent.parse(JSON.parse(block.slice(6))))
        }
      },
      end: () => reader.cancel(),
    }
  }

  const ready = (connection: Connection): Promise<Connection> =>
    until(connection, ({ state }) => !['opening', 'indexing'].includes(state))

  /** A refresh that meets a look of the watch runs after it: until then the connection is as it was, and ready. */
  async function until(connection: Connection, fits: (shown: Connection) => boolean): Promise<Connection> {
    const events = await listen()
    const isDone = (shown: Connection): boolean => shown.id === connection.id && fits(shown)
    const event = await events.next((candidate) =>
      candidate.type === 'hello'
        ? candidate.stores.items.some(isDone)
        : candidate.type === 'store' && isDone(candidate.store),
    )
    await events.end()
    if (event.type === 'hello') return event.stores.items.find(isDone)!
    if (event.type === 'store') return event.store
    throw new Error('closed')
  }

  return {
    folder,
    connections: engine.connections,
    ask,
    get,
    send,
    post,
    listen,
    ready,
    until,
    async [Symbol.asyncDispose]() {
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** An error's answer with its status. */
export async function refusal(
  response: Response | Promise<Response>,
): Promise<{ status: number; code: string; message: string; data: object }> {
  const answer = await response
  return {
    status: answer.status,
    ...((await answer.json()) as { code: string; message: string; data: object }),
  }
}

export interface Expected {
  readonly entries: readonly {
    readonly key: string
    readonly path: string
    readonly size: number
    readonly sha256: string
    readonly meta: Record<string, unknown>
  }[]
}
/** What Python says of a folder of the corpus. */
export function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(corpus, name, 'expected.json'), 'utf8')) as Expected
}
