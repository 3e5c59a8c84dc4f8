import { useEffect } from 'react'
import { useFiltersChange } from '../../client/filters.ts'

/** Whoever looks at what a filter finds for so long meant that filter. */
const meantAfterMs = 3_000

/** Remembers filters that found something and stayed for a while. `query`: of a result that is shown. */
export function useRecent(store: string, query: string): void {
  const { mutate } = useFiltersChange(store)
  const text = query.trim()
  useEffect(() => {
    if (text === '') return
    const timer = setTimeout(() => mutate({ do: 'use', query: text }), meantAfterMs)
    return () => clearTimeout(timer)
  }, [text, mutate])
}
