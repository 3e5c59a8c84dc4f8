import { useEffect, useRef, useState } from 'react'

/** Follows `value`, at most once every `paceMs`; the last value always arrives. */
export function useThrottled<T>(value: T, paceMs: number): T {
  const [shown, setShown] = useState(value)
  const changedAt = useRef(0)
  useEffect(() => {
    const wait = Math.max(0, changedAt.current + paceMs - performance.now())
    const timer = setTimeout(() => {
      changedAt.current = performance.now()
      setShown(value)
    }, wait)
    return () => clearTimeout(timer)
  }, [value, paceMs])
  return shown
}
