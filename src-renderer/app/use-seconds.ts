import { useEffect, useState } from 'react'

/** Unix time in seconds, moving on every `everySeconds`. */
export function useSeconds(everySeconds: number): number {
  const [now, setNow] = useState(() => Date.now() / 1_000)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1_000), everySeconds * 1_000)
    return () => clearInterval(timer)
  }, [everySeconds])
  return now
}
