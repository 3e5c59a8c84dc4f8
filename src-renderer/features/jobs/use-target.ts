import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection, Detected, StoreKindInfo } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { kindsQuery } from '../../client/locations.ts'
import { detectQuery } from '../../client/queries.ts'
import { ApiError } from '../../client/request.ts'
import { pathOfLocation } from '../../ui/format.ts'
import { kindBySuffix } from './target-kind.ts'

const typingPauseMs = 250

/** Where a migration goes, as it is typed, and what is known of that place. */
export interface MigrationTarget {
  readonly text: string
  /** What the engine is asked for; empty as long as it cannot be said. */
  readonly to: string
  /** Kinds of files that can be made. */
  readonly kinds: readonly StoreKindInfo[]
  /** The scheme of the kind to make; empty where the place says it by itself, or nobody has chosen. */
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
  const all = useQuery(kindsQuery).data ?? []
  const kinds = all.filter(({ form, isTarget }) => isTarget && !form.isServer)
  const wanted = text.trim().replace(/^~(?=\/|$)/, app.homeFolder)
  const isUrl = /^[a-z][a-z0-9+]+:/.test(wanted)
  const [asked] = useDebouncedValue(isUrl ? '' : wanted, typingPauseMs)
  const detection = useQuery(detectQuery(asked))
  const isLooked = !isUrl && wanted !== '' && asked === wanted && !detection.isFetching
  const there = isLooked ? detection.data?.[0] : undefined
  const kind = isUrl || there ? '' : (chosen ?? kindBySuffix(wanted))
  const isSame = pathOfLocation(there?.location ?? wanted) === pathOfLocation(source.location)
  return {
    text,
    to: isSame ? '' : isUrl || kind === '' ? wanted : `${kind}:${wanted}`,
    kinds,
    kind,
    isKindKnown: isUrl || there !== undefined,
    note: isSame
      ? { isBad: true, text: 'That is the cache itself; name another place.' }
      : isLooked
        ? placeNote(there, detection.error, kinds.find(({ scheme }) => scheme === kind)?.title)
        : undefined,
    setText,
    setKind,
  }
}

function placeNote(
  there: Detected | undefined,
  error: Error | null,
  made: string | undefined,
): MigrationTarget['note'] {
  if (there)
    return { isBad: false, text: `${there.kindTitle} at ${there.location}: entries are merged into it.` }
  const isNothing = error instanceof ApiError && error.code === 'NOT_FOUND'
  if (error && !isNothing && made === undefined) return { isBad: true, text: notACache(error) }
  if (made === undefined) return { isBad: false, text: 'No cache stands there yet; choose the kind to make.' }
  return { isBad: false, text: `${made} will be made there when the plan is run.` }
}

/** The engine names every kind that it has tried, which is too much while somebody is typing. */
function notACache(error: Error): string {
  return error instanceof ApiError && error.code === 'NOT_A_STORE'
    ? 'What stands there is no cache of a known kind; name another place.'
    : error.message
}
