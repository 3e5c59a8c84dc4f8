import { useCallback, useEffect, useRef, useState } from 'react'

const shownMs = 4_000

/** A short message that goes by itself. */
export function useNotice(): readonly [string, (text: string) => void] {
  const [text, setText] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const show = useCallback((message: string) => {
    setText(message)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setText(''), shownMs)
  }, [])
  return [text, show]
}
