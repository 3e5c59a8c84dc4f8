import { useEffect, useRef, useState } from 'react'
import type { DiscoverEvent } from '../../../shared/api/locations.ts'
import { discover } from '../../client/locations.ts'

export type FoundCache = Extract<DiscoverEvent, { type: 'found' }>

export interface Scan {
  /** Where it looks or looked; absent before the first scan. */
  readonly folder?: string
  readonly isRunning: boolean
  readonly found: readonly FoundCache[]
  readonly progress?: Extract<DiscoverEvent, { type: 'progress' }>
  readonly end?: Extract<DiscoverEvent, { type: 'end' }>
  readonly error?: string
}

/** Looks for caches below a folder. It ends when it is stopped, started anew, or no longer shown. */
export function useScan() {
  const [scan, setScan] = useState<Scan>({ isRunning: false, found: [] })
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const start = async (folder: string): Promise<void> => {
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    let state: Scan = { folder, isRunning: true, found: [] }
    const show = (change: Partial<Scan>): void => {
      state = { ...state, ...change }
      if (running.current === own) setScan(state)
    }
    show({})
    try {
      for await (const event of discover(folder, own.signal)) {
        if (event.type === 'found') show({ found: [...state.found, event] })
        else if (event.type === 'progress') show({ progress: event })
        else if (event.type === 'end') show({ end: event })
        else show({ error: event.message })
      }
    } catch (error) {
      if (!own.signal.aborted) show({ error: error instanceof Error ? error.message : String(error) })
    }
    show({ isRunning: false })
  }
  return { scan, start, stop: () => running.current?.abort() }
}
