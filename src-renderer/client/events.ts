import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { EngineEvent } from '../../shared/api/contract.ts'
import { jobsQuery, putJob } from './jobs.ts'
import { ApiError, request } from './request.ts'
import { putConnection, putConnections, storesQuery } from './queries.ts'
import { eventsOf } from './event-stream.ts'

export type EngineLink = 'connecting' | 'live' | 'lost' | 'refused'

const firstRetryMs = 500
const longestRetryMs = 8_000

/**
 * Keeps the event stream open for as long as the caller is mounted and puts its
 * news into the query cache. A broken stream is tried again, ever more slowly;
 * `retry` tries at once.
 */
export function useEngineEvents(): { link: EngineLink; retry: () => void } {
  const client = useQueryClient()
  const [link, setLink] = useState<EngineLink>('connecting')
  const [waker] = useState(() => new EventTarget())
  const retry = useCallback(() => void waker.dispatchEvent(new Event('retry')), [waker])

  useEffect(() => {
    const stop = new AbortController()
    void follow({ client, setLink, waker, signal: stop.signal })
    return () => stop.abort()
  }, [client, waker])

  return { link, retry }
}

interface Following {
  client: QueryClient
  setLink: (link: EngineLink) => void
  /** Its `retry` event ends a pause. */
  waker: EventTarget
  signal: AbortSignal
}

async function follow({ client, setLink, waker, signal }: Following): Promise<void> {
  let waitMs = firstRetryMs
  while (!signal.aborted) {
    try {
      const response = await request('events', { signal })
      for await (const data of eventsOf(response)) {
        waitMs = firstRetryMs
        setLink('live')
        receive(client, JSON.parse(data) as EngineEvent)
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiError && error.status === 401) {
        setLink('refused')
        return
      }
    }
    setLink('lost')
    await pause(waitMs, waker, signal)
    waitMs = Math.min(waitMs * 2, longestRetryMs)
  }
}

function receive(client: QueryClient, event: EngineEvent): void {
  if (event.type === 'hello') {
    // Even where it counts from an earlier time, as after a restart with the clock set back: what changed since follows.
    client.setQueryData(storesQuery.queryKey, event.stores)
    // What jobs did while nobody listened.
    void client.invalidateQueries({ queryKey: jobsQuery.queryKey })
    // The engine may be another one than before: its results and answers are too.
    void client.invalidateQueries({ predicate: (query) => query.state.status === 'error' })
  } else if (event.type === 'store') putConnection(client, event.store)
  else if (event.type === 'job') putJob(client, event.job)
  else if (event.type === 'closed') putConnections(client, event.stores)
}

function pause(ms: number, waker: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      waker.removeEventListener('retry', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    waker.addEventListener('retry', end)
    signal.addEventListener('abort', end)
  })
}
