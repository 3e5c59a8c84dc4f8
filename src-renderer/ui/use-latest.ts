import { useLayoutEffect, useRef, type RefObject } from 'react'

/** The value of the last finished render, for events and answers that come later. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value)
  useLayoutEffect(() => {
    latest.current = value
  })
  return latest
}
