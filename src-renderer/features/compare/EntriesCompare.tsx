import { useQuery } from '@tanstack/react-query'
import { IconEqual } from '@tabler/icons-react'
import { useState } from 'react'
import type { EntryChange, EntryDifferences } from '../../../shared/api/compare.ts'
import type { Connection } from '../../../shared/api/contract.ts'
import { differencesQuery, type EntryPair } from '../../client/compare.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { CallsSideBySide } from './CallsSideBySide.tsx'
import { ChangeDetail } from './ChangeDetail.tsx'
import { ChangeList } from './ChangeList.tsx'
import { ChangeTools } from './ChangeTools.tsx'
import classes from './EntriesCompare.module.css'
import { TextPanel } from './TextPanel.tsx'
import type { Compare } from './use-compare.ts'

export interface ComparedEntry {
  readonly store: Connection
  readonly key: string
}

export interface EntriesCompareProps {
  readonly compare: Compare
  readonly left: ComparedEntry
  readonly right: ComparedEntry
}

/** Two entries: their calls side by side, the list of differences, and the chosen one as close as can be shown. */
export function EntriesCompare({ compare, left, right }: EntriesCompareProps) {
  const pair: EntryPair = {
    left: left.store.id,
    leftKey: left.key,
    right: right.store.id,
    rightKey: right.key,
    tolerance: compare.tolerance,
    revisions: `${left.store.revision} ${right.store.revision}`,
  }
  const { find, sections } = compare
  const first = useQuery(differencesQuery(pair, { find, sections }, 0))
  if (first.error) {
    return (
      <ErrorState
        title="These entries cannot be compared"
        error={first.error}
        onRetry={() => void first.refetch()}
      />
    )
  }
  if (!first.data) return <Waiting what="Comparing the entries…" />
  return (
    <>
      <CallsSideBySide compare={compare} differences={first.data} left={left.store} right={right.store} />
      <Differences key={JSON.stringify(pair)} compare={compare} pair={pair} differences={first.data} />
    </>
  )
}

interface DifferencesProps {
  readonly compare: Compare
  readonly pair: EntryPair
  readonly differences: EntryDifferences
}

function Differences({ compare, pair, differences }: DifferencesProps) {
  const [chosen, setChosen] = useState<EntryChange>()
  const { isSame, isComplete, problem, counts } = differences
  const all = counts.added + counts.removed + counts.changed + counts.type
  if (isSame) {
    return (
      <>
        {Object.keys(compare.tolerance).length === 0 ? null : (
          <ChangeTools compare={compare} differences={differences} />
        )}
        <EmptyState icon={<IconEqual size={26} stroke={1.5} />} title="Equal">
          {Object.keys(compare.tolerance).length === 0
            ? 'Both hold the same values.'
            : 'Within the tolerance both hold the same values.'}
        </EmptyState>
      </>
    )
  }
  return (
    <>
      <ChangeTools compare={compare} differences={differences} />
      {isComplete ? null : (
        <p className={classes.note} role="status">
          Not all could be compared
          {problem === undefined ? ': a limit was reached.' : `: ${visibleText(problem)}`}
          {all === 0 ? ' Nothing differs in what could.' : ''}
        </p>
      )}
      {compare.asText ? (
        <TextPanel pair={pair} change={undefined} />
      ) : (
        <div className={classes.split}>
          <ChangeList
            compare={compare}
            pair={pair}
            total={differences.total}
            chosen={chosen}
            onChoose={(change) => {
              setChosen(change)
              compare.set({ change: change.path }, 'replace')
            }}
          />
          <ChangeDetail pair={pair} change={chosen} />
        </div>
      )}
    </>
  )
}
