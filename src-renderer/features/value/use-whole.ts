import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

/** A picture that was sampled: by itself up to this many parts, on demand beyond. */
const partsAtOnce = 8

export interface Whole<Answer> {
  /** The unsampled answer, once it is there. */
  readonly answer: Answer | undefined
  /** Share that was looked at, while that goes on. */
  readonly progress: number | undefined
  /** Absent where it cannot be had, or goes on by itself. */
  readonly start: (() => void) | undefined
  readonly stop: () => void
}

/** Goes on from a sample to all elements. `name` tells the question apart from others; `parts` is what the sample says. */
export function useWhole<Answer>(
  name: readonly unknown[],
  parts: number | undefined,
  ask: (signal: AbortSignal, onProgress: (share: number) => void) => Promise<Answer>,
): Whole<Answer> {
  const id = JSON.stringify(name)
  const [wanted, setWanted] = useState<string>()
  const [progress, setProgress] = useState(0)
  const isWanted = parts !== undefined && (parts <= partsAtOnce || wanted === id)
  const { data, isFetching } = useQuery({
    queryKey: ['whole', id],
    queryFn: ({ signal }) => ask(signal, setProgress),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  })
  const isOpen = parts !== undefined && data === undefined
  return {
    answer: parts === undefined ? undefined : data,
    progress: isFetching ? progress : undefined,
    start: isOpen && !isWanted ? () => setWanted(id) : undefined,
    stop: () => setWanted(undefined),
  }
}
