import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { IconDatabase, IconEqual, IconPlayerStop } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Comparison } from '../../../shared/api/compare.ts'
import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { cancelComparison, comparisonQuery, comparisonStateQuery } from '../../client/compare.ts'
import { formatCount } from '../../ui/format.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { CacheLines } from './CacheLines.tsx'
import classes from './CachesCompare.module.css'
import { ToleranceControl } from './ChangeTools.tsx'
import type { Compare } from './use-compare.ts'

export interface CachesCompareProps {
  readonly compare: Compare
  readonly left: Connection
  readonly right: Connection
}

/** Two caches, of any backends: what only one has, what differs, what is the same. */
export function CachesCompare({ compare, left, right }: CachesCompareProps) {
  const { stores, askToOpen } = useDesk()
  const choices = stores.map(({ location, label, kindTitle }) => ({
    value: location,
    label: visibleText(`${label} (${kindTitle})`),
  }))
  return (
    <>
      <div className={classes.sides}>
        <NativeSelect
          size="xs"
          label="Left"
          value={left.location}
          data={choices}
          onChange={(event) => compare.set({ left: event.currentTarget.value, right: right.location })}
        />
        <NativeSelect
          size="xs"
          label="Right"
          value={right.location}
          data={choices}
          onChange={(event) => compare.set({ left: left.location, right: event.currentTarget.value })}
        />
        <div>
          <span className={classes.label}>Match entries by</span>
          <SegmentedControl
            size="xs"
            aria-label="Match entries by"
            value={compare.by}
            onChange={(by) => compare.set({ by: by === 'call' ? 'call' : 'key', group: undefined })}
            data={[
              { value: 'key', label: 'Key' },
              { value: 'call', label: 'Call' },
            ]}
          />
        </div>
        <ToleranceControl compare={compare} />
      </div>
      {left.id === right.id ? (
        <EmptyState
          icon={<IconDatabase size={26} stroke={1.5} />}
          title={stores.length > 1 ? 'Choose another cache to compare with' : 'There is only one open cache'}
          actions={stores.length > 1 ? null : <Button onClick={() => askToOpen()}>Open a cache…</Button>}
        >
          Entries are matched by key or by call, and compared by what their values mean, whatever the
          backends.
        </EmptyState>
      ) : (
        <Run key={`${left.id} ${right.id}`} compare={compare} left={left} right={right} />
      )}
    </>
  )
}

function Run({ compare, left, right }: CachesCompareProps) {
  const request = { left: left.id, right: right.id, by: compare.by, tolerance: compare.tolerance }
  const revisions = `${left.revision} ${right.revision}`
  const started = useQuery(comparisonQuery(request, revisions))
  const id = started.data?.id
  const state = useQuery({ ...comparisonStateQuery(id ?? ''), enabled: id !== undefined })
  const error = started.error ?? state.error
  if (error) {
    return (
      <ErrorState
        title="These caches cannot be compared"
        error={error}
        onRetry={() => void started.refetch()}
      />
    )
  }
  const comparison = state.data ?? started.data
  if (!comparison) return <Waiting what="Comparing the caches…" />
  return (
    <Found
      compare={compare}
      comparison={comparison}
      left={left}
      right={right}
      onAgain={() => void started.refetch()}
    />
  )
}

type FoundProps = CachesCompareProps & { readonly comparison: Comparison; readonly onAgain: () => void }

function Found({ comparison, onAgain, ...props }: FoundProps) {
  const { state, totals, error } = comparison
  const isUnlike = (['different', 'unclear', 'metadata', 'onlyLeft', 'onlyRight'] as const).some(
    (relation) => totals[relation].entries > 0,
  )
  const isEqual = state === 'done' && !isUnlike && totals.same.entries + totals.sameValue.entries > 0
  return (
    <>
      {state === 'running' ? <Progress comparison={comparison} /> : null}
      {state === 'cancelled' || state === 'failed' ? (
        <p className={classes.note} role="status">
          {error
            ? visibleText(error.message)
            : 'Stopped before the end; what was found until then is listed.'}{' '}
          <Button variant="subtle" size="compact-xs" onClick={onAgain}>
            Compare again
          </Button>
        </p>
      ) : null}
      {isEqual ? (
        <p className={classes.equal} role="status">
          <IconEqual size={14} aria-hidden /> Equal: both have the same entries with the same values.
        </p>
      ) : null}
      <CacheLines {...props} comparison={comparison} />
    </>
  )
}

const phaseWords = {
  list: 'Listing both caches',
  calls: 'Reading the calls that only one has',
  values: 'Comparing values',
} as const

function Progress({ comparison: { id, phase, done, of } }: { comparison: Comparison }) {
  const cancel = useMutation({ mutationFn: () => cancelComparison(id) })
  const share = of > 0 ? done / of : 0
  return (
    <div className={classes.progress}>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label="Comparing"
        aria-valuemin={0}
        aria-valuemax={of}
        aria-valuenow={done}
      >
        <i style={{ width: `${100 * share}%` }} />
      </div>
      <span>
        {phaseWords[phase]} {formatCount(done)} of {formatCount(of)}
      </span>
      <Button
        leftSection={<IconPlayerStop size={14} />}
        disabled={cancel.isPending}
        onClick={() => cancel.mutate()}
      >
        Stop
      </Button>
    </div>
  )
}
