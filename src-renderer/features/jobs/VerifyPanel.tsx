import { Button, Checkbox } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { VerifyEvent } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { verifyStore } from '../../client/jobs.ts'
import { countOf, formatBytes, formatCount } from '../../ui/format.ts'
import { EmptyState, ErrorState } from '../../ui/States.tsx'
import { useFoundFocus } from '../../ui/use-found-focus.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { usePlanJob } from './use-job-commands.ts'
import { withClause } from '../filter/filter-text.ts'
import classes from './VerifyPanel.module.css'

type Found = Extract<VerifyEvent, { type: 'finding' }>
/** Duplicates are no damage: they are counted apart. */
type Finding = Exclude<Found['finding'], 'duplicate'>

const findingWords: Readonly<Record<Finding, string>> = {
  damaged: 'Damaged',
  misplaced: 'Misplaced',
  stray: 'No entries',
  unreadable: 'Unreadable',
}
/** More findings are counted and not drawn; the report of the command line has them all. */
const mostShown = 2_000

interface Look {
  readonly found: readonly (Found & { finding: Finding })[]
  readonly counts: Readonly<Partial<Record<Found['finding'], number>>>
  readonly entries: number
  readonly of: number | undefined
  readonly bytes: number
  readonly isDone: boolean
  readonly error?: Error
}

const nothingYet: Look = { found: [], counts: {}, entries: 0, of: undefined, bytes: 0, isDone: false }

/** Every entry read and checked: whether it can be read, and stands where it belongs. */
export function VerifyPanel({ store }: { store: Connection }) {
  const [round, setRound] = useState(0)
  return <Verification key={round} store={store} again={() => setRound(round + 1)} />
}

function Verification({ store, again }: { store: Connection; again: () => void }) {
  const { look, stop } = useVerify(store.id)
  const [left, setLeft] = useState<ReadonlySet<Finding>>(new Set())
  const plan = usePlanJob()
  const title = useFoundFocus<HTMLHeadingElement>(look.isDone ? 'done' : 'looking')
  const present = (Object.keys(findingWords) as Finding[]).filter(
    (finding) => (look.counts[finding] ?? 0) > 0,
  )
  const repaired = present.filter((finding) => !left.has(finding))
  if (look.error && look.found.length === 0)
    return <ErrorState title="The cache cannot be verified" error={look.error} onRetry={again} />
  return (
    <div className={classes.panel}>
      <header className={classes.header}>
        <h2 ref={title} tabIndex={-1} className={classes.title}>
          Verify {visibleText(store.label)}
        </h2>
        <span className={classes.progress} role="status">
          {formatCount(look.entries)}
          {look.of === undefined ? '' : ` of ${formatCount(look.of)}`} read · {formatBytes(look.bytes)}
          {look.isDone ? '' : '…'}
        </span>
        {look.isDone ? <Button onClick={again}>Look again</Button> : <Button onClick={stop}>Stop</Button>}
      </header>
      <DuplicatesNote count={look.counts.duplicate ?? 0} />
      {present.length === 0 ? (
        <EmptyState
          icon={<IconShieldCheck size={26} stroke={1.5} />}
          title={
            !look.isDone
              ? 'Nothing wrong so far'
              : look.entries === 0
                ? 'The cache is empty'
                : 'Nothing wrong was found'
          }
        >
          {!look.isDone
            ? 'Every value is read whole; on a big cache this takes as long as copying it.'
            : look.entries === 0
              ? 'There is no entry to verify, and nothing else that does not belong.'
              : `${countOf(look.entries, 'entry', 'entries')} can be read and stand where they belong.`}
        </EmptyState>
      ) : (
        <>
          <div className={classes.kinds}>
            {present.map((finding) => (
              <Checkbox
                key={finding}
                size="xs"
                label={`${findingWords[finding]} ${formatCount(look.counts[finding] ?? 0)}`}
                checked={!left.has(finding)}
                onChange={(event) => setLeft(toggled(left, finding, !event.currentTarget.checked))}
              />
            ))}
            <Button
              disabled={repaired.length === 0 || !look.isDone}
              loading={plan.isPending}
              onClick={() => plan.mutate({ kind: 'repair', store: store.id, findings: repaired })}
            >
              Plan the repair
            </Button>
          </div>
          {plan.error ? (
            <p className={classes.error} role="alert">
              {visibleText(plan.error.message)}
            </p>
          ) : null}
          <ul className={classes.list} aria-label="Findings">
            {look.found.map(({ finding, key, bytes, sentence }) => (
              <li key={`${finding} ${key}`} data-finding={finding}>
                <b>{findingWords[finding]}</b> <code>{visibleText(key)}</code>{' '}
                <span>
                  {formatBytes(bytes)} · {visibleText(sentence)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** They are sound entries, so no repair takes them: the filter finds them. */
function DuplicatesNote({ count }: { count: number }) {
  const { navigate } = useDesk()
  if (count === 0) return null
  return (
    <p className={classes.note} role="note">
      {count === 1
        ? 'One entry has the output of a newer one. That is no damage.'
        : `${formatCount(count)} entries have the output of a newer one. That is no damage.`}
      <Button onClick={() => navigate({ view: 'entries', query: withClause('', 'is', 'duplicate') })}>
        Show the duplicates
      </Button>
    </p>
  )
}

function toggled(set: ReadonlySet<Finding>, finding: Finding, isIn: boolean): ReadonlySet<Finding> {
  const next = new Set(set)
  if (isIn) next.add(finding)
  else next.delete(finding)
  return next
}

/** Looks as soon as it is shown, and stops when it is left. */
function useVerify(store: string) {
  const [look, setLook] = useState(nothingYet)
  const stopping = useRef<AbortController>(null)
  useEffect(() => {
    const stop = new AbortController()
    stopping.current = stop
    void follow(store, stop.signal, (change) => {
      if (stopping.current === stop) setLook(change)
    })
    return () => stop.abort()
  }, [store])
  return { look, stop: () => stopping.current?.abort() }
}

async function follow(
  store: string,
  signal: AbortSignal,
  change: (next: (before: Look) => Look) => void,
): Promise<void> {
  try {
    for await (const event of verifyStore(store, signal)) change((before) => withEvent(before, event))
  } catch (error) {
    if (!signal.aborted) change((before) => ({ ...before, error: error as Error }))
  }
  change((before) => ({ ...before, isDone: true }))
}

function withEvent(look: Look, event: VerifyEvent): Look {
  if (event.type === 'error') return { ...look, error: new Error(event.message) }
  if (event.type === 'end') return { ...look, entries: event.entries, bytes: event.bytes }
  if (event.type === 'progress') return { ...look, entries: event.entries, of: event.of, bytes: event.bytes }
  const counts = { ...look.counts, [event.finding]: (look.counts[event.finding] ?? 0) + 1 }
  if (event.finding === 'duplicate') return { ...look, counts }
  const found = { ...event, finding: event.finding }
  return { ...look, counts, found: look.found.length < mostShown ? [...look.found, found] : look.found }
}
