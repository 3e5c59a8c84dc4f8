import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { TargetPlace } from '../../../shared/api/locations.ts'
import { useDesk } from '../../app/desk.ts'
import { kindsQuery, targetQuery } from '../../client/locations.ts'
import { detectQuery } from '../../client/queries.ts'
import { ApiError } from '../../client/request.ts'
import { isUrl, kindBySuffix, newKinds, urlOf, type NewKind } from './target-kind.ts'

const typingPauseMs = 250

/** Where a migration goes, as it is typed, and what is known of that place. */
export interface MigrationTarget {
  readonly text: string
  /** What the engine is asked for; empty as long as it cannot be said. */
  readonly to: string
  /** What can be made where there is nothing yet. */
  readonly kinds: readonly NewKind[]
  /** Of `kinds`, what to make; empty where the place says it by itself, or nobody has chosen. */
  readonly kind: string
  /** A URL names its kind, and what stands there is what it is. */
  readonly isKindKnown: boolean
  readonly note: { readonly isBad: boolean; readonly text: string } | undefined
  readonly setText: (text: string) => void
  readonly setKind: (kind: string) => void
}

export function useTarget(source: Connection, start: string): MigrationTarget {
  const { app } = useDesk()
  const [text, setText] = useState(start)
  const [chosen, setKind] = useState<string>()
  const kinds = newKinds(useQuery(kindsQuery).data ?? [])
  const wanted = text.trim().replace(/^~(?=\/|$)/, app.homeFolder)
  const hasScheme = isUrl(wanted)
  const [typed] = useDebouncedValue(wanted, typingPauseMs)
  const isTyping = typed !== wanted
  const detection = useQuery(detectQuery(hasScheme || isTyping ? '' : wanted))
  const there = isTyping ? undefined : detection.data?.[0]
  const kind = hasScheme || there ? '' : (chosen ?? kindBySuffix(wanted))
  const isNamed = hasScheme || there !== undefined || kind !== ''
  const made = kinds.find(({ value }) => value === kind)
  const to = isNamed ? urlOf(wanted, made) : ''
  const isLooking = isTyping || detection.isFetching
  const place = useQuery(targetQuery(isLooking ? '' : to, source.location))
  const isRefused = place.error !== null && !isLooking
  return {
    text,
    to: isRefused ? '' : to,
    kinds,
    kind,
    isKindKnown: hasScheme || there !== undefined,
    note: wanted === '' || isLooking ? undefined : noteOf(place, isNamed ? null : detection.error),
    setText,
    setKind,
  }
}

/** Of what was looked at; nothing was where the place does not say what to make there. */
function noteOf(
  { error, data }: Pick<UseQueryResult<TargetPlace>, 'error' | 'data'>,
  unnamed: Error | null,
): MigrationTarget['note'] {
  if (error) return { isBad: true, text: error.message }
  return data ? { isBad: false, text: placeWords(data) } : unnamedNote(unnamed)
}

function placeWords({ kindTitle, location, isThere, warnings }: TargetPlace): string {
  if (warnings.length > 0) return warnings.join(' ')
  if (isThere === undefined) return `${kindTitle}: the server is asked when the plan is made.`
  return isThere
    ? `${kindTitle} at ${location}: entries are merged into it.`
    : `${kindTitle} will be made at ${location} when the plan is run.`
}

/** The engine names every kind that it has tried, which is too much while somebody is typing. */
function unnamedNote(error: Error | null): MigrationTarget['note'] {
  if (!error) return undefined
  if (error instanceof ApiError && error.code === 'NOT_FOUND')
    return { isBad: false, text: 'No cache stands there yet; choose the kind to make.' }
  if (error instanceof ApiError && error.code === 'NOT_A_STORE')
    return {
      isBad: false,
      text: 'No cache of a known kind stands there; choose the kind to make, or name another place.',
    }
  return { isBad: true, text: error.message }
}
