import { useEffect, useState } from 'react'
import type { FindHit, FindPage } from '../../shared/api/find.ts'
import type { ValueAddress } from './queries.ts'
import { address, callJson } from './request.ts'

export interface Finding {
  readonly hits: readonly FindHit[]
  /** Pieces of the value that were looked at. */
  readonly looked: number
  readonly isComplete: boolean
  /** There are more hits than are told. */
  readonly isFull: boolean
  readonly error: Error | undefined
}

const nothingYet: Finding = { hits: [], looked: 0, isComplete: false, isFull: false, error: undefined }

/**
 * Looks for a text in the whole entry, part by part, and tells of hits as they come. Another text, `undefined` or
 * leaving gives it up.
 */
export function useFinding(
  { store, key, revision }: Omit<ValueAddress, 'path'>,
  text: string | undefined,
): Finding {
  const name = JSON.stringify([store, key, revision, text])
  const [state, setState] = useState<{ readonly name: string; readonly finding: Finding }>()
  useEffect(() => {
    if (text === undefined) return
    const controller = new AbortController()
    const tell = (finding: Finding): void => setState({ name, finding })
    void lookFor({ store, key, text, signal: controller.signal, tell })
    return () => controller.abort()
  }, [store, key, text, name])
  return state?.name === name ? state.finding : nothingYet
}

interface Looking {
  readonly store: string
  readonly key: string
  readonly text: string
  readonly signal: AbortSignal
  readonly tell: (finding: Finding) => void
}

async function lookFor({ store, key, text, signal, tell }: Looking): Promise<void> {
  const hits: FindHit[] = []
  try {
    for (;;) {
      const path = address(['stores', store, 'entries', key, 'find'], { text, from: hits.length })
      const page = await callJson<FindPage>(path, { signal })
      hits.push(...page.hits)
      const isComplete = page.isComplete && hits.length >= page.found
      tell({ hits: [...hits], looked: page.looked, isComplete, isFull: page.isFull, error: undefined })
      if (isComplete) return
    }
  } catch (thrown) {
    if (signal.aborted) return
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    tell({ ...nothingYet, hits, isComplete: true, error })
  }
}
