import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useMemo, useState } from 'react'
import type { FindHit } from '../../../shared/api/find.ts'
import type { EntryDetail } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { useFinding, type Finding } from '../../client/find.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { useLatest } from '../../ui/use-latest.ts'
import { useChosenNode } from '../value/picture-place.ts'
import { wordOfFilter } from './find-words.ts'

const settleMs = 200
/** Where the address keeps the text; the comparison has a `find` of its own. */
const option = 'find.text'
/** A text that was taken out stays out, also where the filter has a word. */
const none = ' '

export interface Find {
  readonly text: string
  readonly setText: (text: string) => void
  readonly finding: Finding
  /** Hits within the value that is shown, and paths of their nodes. */
  readonly hits: readonly FindHit[]
  readonly paths: ReadonlySet<string>
  /** Number of the hit whose node is chosen. */
  readonly at: number | undefined
  /** Hits in other parts of the entry. */
  readonly elsewhere: readonly FindHit[]
  readonly go: (step: 1 | -1) => void
  readonly goElsewhere: () => void
  /** Leaves the field for the tree, and shows no hits any more. */
  readonly close: (field: HTMLElement) => void
}

/** What is looked for in a value: as the address says, else what the filter of the list looks for. */
export function useFind(value: ValueAddress, detail: EntryDetail): Find {
  const { place, navigate } = useDesk()
  const [chosen, choose] = useChosenNode(value)
  const typed = place.options[option]
  const word = useMemo(() => wordOfFilter(place.query), [place.query])
  const written = typed === none ? '' : (typed ?? word ?? '')
  const text = written.trim()
  const [asked] = useDebouncedValue(text, settleMs)
  const finding = useFinding(value, asked === '' || asked !== text ? undefined : asked)
  const { hits, elsewhere } = useMemo(() => parted(finding.hits, value.path), [finding.hits, value.path])
  const paths = useMemo(() => new Set(hits.map(({ path }) => path)), [hits])
  const found = chosen === undefined ? -1 : hits.findIndex(({ path }) => path === chosen)
  const at = found < 0 ? undefined : found
  // Whoever comes from a filter with a word wants to see where it is.
  const [awaited, setAwaited] = useState<string>()
  const comesFromFilter = typed === undefined && chosen === undefined
  const first = comesFromFilter || awaited === text ? hits[0]?.path : undefined
  const chooseLatest = useLatest(choose)
  useEffect(() => {
    if (first !== undefined) chooseLatest.current(first)
  }, [first, chooseLatest])
  const setText = (next: string): void => {
    setAwaited(undefined)
    const kept = next === '' && word !== undefined ? none : next
    navigate({ options: { ...place.options, [option]: kept } }, 'replace')
  }
  return {
    text: written,
    setText,
    finding,
    hits,
    paths,
    at,
    elsewhere,
    go: (step) => {
      const next = at === undefined ? (step === 1 ? 0 : hits.length - 1) : nextHit(hits, at, step)
      const path = hits[next]?.path
      if (path !== undefined) choose(path)
      // Whoever is faster than the search gets the first hit when it is there.
      else setAwaited(text)
    },
    goElsewhere: () => {
      const path = elsewhere[0]?.path
      if (path === undefined) return
      choose(path)
      navigate({ tab: tabOf(path, detail) }, 'replace')
    },
    close: (field) => {
      setText('')
      field.closest('[role="tabpanel"]')?.querySelector<HTMLElement>('[role="tree"]')?.focus()
    },
  }
}

/** The next hit in another node: a key and its value may both be hits of one. */
function nextHit(hits: readonly FindHit[], at: number, step: 1 | -1): number {
  const here = hits[at]?.path
  for (let i = 1; i <= hits.length; i++) {
    const next = (at + step * i + hits.length * i) % hits.length
    if (hits[next]?.path !== here) return next
  }
  return at
}

function parted(all: readonly FindHit[], root: string): Pick<Find, 'hits' | 'elsewhere'> {
  const isWithin = ({ path }: FindHit): boolean => root === '' || path === root || path.startsWith(`${root}.`)
  return { hits: all.filter(isWithin), elsewhere: all.filter((hit) => !isWithin(hit)) }
}

/** The tab that shows a node; that of the bytes has the tree of the whole entry. */
function tabOf(path: string, { outputPath, argumentsPath }: EntryDetail): 'output' | 'arguments' | 'bytes' {
  const isIn = (root: string | undefined): boolean =>
    root !== undefined && (path === root || path.startsWith(`${root}.`))
  return isIn(outputPath) ? 'output' : isIn(argumentsPath) ? 'arguments' : 'bytes'
}
