import { useCallback, useState } from 'react'

const prefix = 'hashcache-'

/** State that this browser remembers. A value that does not pass `isValid` (an older version wrote it) is dropped. */
export function useStored<T>(
  name: string,
  initial: T,
  isValid: (value: unknown) => value is T,
): readonly [T, (value: T) => void] {
  const [entry, setEntry] = useState(() => ({ name, value: read(name, initial, isValid) }))
  let current = entry
  if (entry.name !== name) {
    current = { name, value: read(name, initial, isValid) }
    setEntry(current)
  }
  const set = useCallback(
    (value: T) => {
      setEntry({ name, value })
      try {
        localStorage.setItem(prefix + name, JSON.stringify(value))
      } catch {
        // Storage is full or forbidden: the choice lasts until the page is left.
      }
    },
    [name],
  )
  return [current.value, set]
}

function read<T>(name: string, initial: T, isValid: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(prefix + name)
    if (text === null) return initial
    const value: unknown = JSON.parse(text)
    return isValid(value) ? value : initial
  } catch {
    return initial
  }
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

export function isOneOf<const T extends string>(...words: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => words.includes(value as T)
}
