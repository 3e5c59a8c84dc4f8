import { Button } from '@mantine/core'
import { IconAlertTriangle, IconListCheck, IconShieldQuestion } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import { verdictWords, type StoreTrust } from '../../../shared/api/trust.ts'
import { useDesk } from '../../app/desk.ts'
import type { ViewProps } from '../../app/views.tsx'
import { storeTrustQuery, trustProgressQuery } from '../../client/trust.ts'
import { CacheHeading, CachePage, FilteredNote } from '../../ui/CachePage.tsx'
import { Code } from '../../ui/Code.tsx'
import { countOf, formatCount, formatOffset, shortKey } from '../../ui/format.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { KeysLink } from './KeysLink.tsx'
import { TrustGroup } from './TrustGroup.tsx'
import classes from './TrustView.module.css'

type Verdict = keyof typeof verdictWords

/** What each verdict means, in the words of `docs/trust.md`. */
const meanings: Readonly<Record<Verdict, string>> = {
  unknown:
    'Something else is imported, called or needed. It may be harmless: a class of your own is unknown too.',
  broken: 'Nothing unknown was seen, but the bytes are damaged or cut, so not everything was seen.',
  known: 'All that is imported and called is on our list of names that build plain data.',
  data: 'Nothing is imported and nothing is called.',
}

/** What loading a whole cache with Python, or the entries of the filter, would import and call. */
export function TrustView({ store }: ViewProps) {
  const { place, navigate } = useDesk()
  // Another cache, or another filter, is another question: the stop was about the one before.
  const question = JSON.stringify([store.id, place.query])
  const [stopped, setStopped] = useState<string>()
  const isReading = store.state === 'indexing' || store.state === 'opening'
  const client = useQueryClient()
  const reading = storeTrustQuery(store.id, place.query, store.revision)
  const answer = useQuery({
    ...reading,
    enabled: !isReading && stopped !== question,
  })
  const { trust, revision } = answer.data ?? {}
  const stop = (): void => {
    setStopped(question)
    void client.cancelQueries({ queryKey: reading.queryKey, exact: true })
  }
  const lookAgain = (): void => {
    setStopped(undefined)
    void answer.refetch()
  }
  return (
    <CachePage label="Trust">
      <CacheHeading
        title={`What loading ${store.label} with Python would do`}
        location={store.location}
        facts="read, never run · no verdict says that something is safe"
      />
      {place.query === '' ? null : (
        <FilteredNote
          what="Only entries that match"
          filter={place.query}
          onClear={() => navigate({ query: '' })}
        />
      )}
      {answer.isFetching ? (
        <Progress store={store} onStop={stop} />
      ) : answer.error ? (
        <ErrorState title="What it would do cannot be told" error={answer.error} onRetry={lookAgain} />
      ) : trust ? (
        revision === store.revision ? null : (
          <p className={classes.changed} role="status">
            The cache has changed since
            <Button size="compact-xs" onClick={lookAgain}>
              Look again
            </Button>
          </p>
        )
      ) : isReading ? (
        <Waiting what="The cache is still being read; then its entries are looked through…" />
      ) : stopped === question ? (
        <EmptyState
          icon={<IconShieldQuestion size={26} stroke={1.5} />}
          title="Stopped"
          actions={<Button onClick={() => setStopped(undefined)}>Look through the entries</Button>}
        >
          Every entry is read to tell what loading it would do; nothing of it is run.
        </EmptyState>
      ) : null}
      {trust ? <Report trust={trust} /> : null}
    </CachePage>
  )
}

function Progress({ store, onStop }: { store: Connection; onStop: () => void }) {
  const { place } = useDesk()
  const { data } = useQuery(trustProgressQuery(store.id, place.query))
  return (
    <div className={classes.progress} role="status">
      <p>
        {data
          ? `${formatCount(data.done)} of ${countOf(data.of, 'entry', 'entries')} looked through…`
          : 'Looking through the entries…'}
      </p>
      <progress
        value={data?.done ?? 0}
        max={Math.max(1, data?.of ?? 1)}
        aria-label="Entries looked through"
      />
      {data && data.verdicts.unknown + data.verdicts.broken > 0 ? (
        <p className={classes.bad}>
          So far {formatCount(data.verdicts.unknown)} {verdictWords.unknown},{' '}
          {formatCount(data.verdicts.broken)} {verdictWords.broken}
        </p>
      ) : null}
      <Button size="compact-sm" variant="default" onClick={onStop}>
        Stop
      </Button>
    </div>
  )
}

/** How groups stand on this page. */
const page = { isPanel: true, elsewhere: '; “hashcache trust” has them with --json' }

function Report({ trust }: { trust: StoreTrust }) {
  const { place } = useDesk()
  if (trust.entries === 0) {
    return (
      <EmptyState
        icon={<IconListCheck size={26} stroke={1.5} />}
        title={place.query === '' ? 'The cache is empty' : 'Nothing matches the filter'}
      >
        Nothing would be imported and nothing called.
      </EmptyState>
    )
  }
  const { imports, importCount, calls, callCount, warnings, warningCount, notable, verdicts } = trust
  return (
    <>
      <ul className={classes.cards} aria-label="Verdicts">
        {(Object.keys(meanings) as Verdict[]).map((verdict) => (
          <VerdictCard key={verdict} verdict={verdict} trust={trust} />
        ))}
      </ul>
      <TrustGroup {...page} title="Needs what is not here" shown={warnings.length} all={warningCount}>
        {warnings.map(({ sentence, entries, keys }) => (
          <Item key={sentence} what="unknown" entries={entries} keys={keys}>
            {visibleText(sentence)}
          </Item>
        ))}
      </TrustGroup>
      <TrustGroup {...page} title="Would call, and is not known" shown={calls.length} all={callCount}>
        {calls.map(({ callee, how, args, why, entries, keys }) => (
          <Item key={`${callee} ${how} ${why}`} what="unknown" why={why} entries={entries} keys={keys}>
            {how === 'change' ? <span className={classes.dim}>change </span> : null}
            <Code text={`${callee}(${args})`} />
          </Item>
        ))}
      </TrustGroup>
      <TrustGroup {...page} title="Would import" shown={imports.length} all={importCount}>
        {imports.map(({ module, name, what, why, entries, keys }) => (
          <Item key={`${module} ${name}`} what={what} why={why} entries={entries} keys={keys}>
            <Code text={`${module}.${name}`} />
          </Item>
        ))}
      </TrustGroup>
      <TrustGroup
        {...page}
        title="Entries that are not known safe, or damaged"
        shown={notable.length}
        all={verdicts.unknown + verdicts.broken}
      >
        {notable.map((entry) => (
          <NotableEntry key={entry.key} entry={entry} />
        ))}
      </TrustGroup>
    </>
  )
}

function VerdictCard({ verdict, trust }: { verdict: Verdict; trust: StoreTrust }) {
  const count = trust.verdicts[verdict]
  const keys = trust.notable.filter((entry) => entry.verdict === verdict).map(({ key }) => key)
  const isBad = verdict === 'unknown' || verdict === 'broken'
  return (
    <li
      className={classes.card}
      data-verdict={isBad && count > 0 ? verdict : undefined}
      title={meanings[verdict]}
    >
      <span className={classes.cardTitle}>
        {isBad && count > 0 ? <IconAlertTriangle size={13} stroke={1.8} aria-hidden /> : null}
        {verdictWords[verdict]}
      </span>
      <span className={classes.cardCount}>{formatCount(count)}</span>
      {keys.length > 0 ? (
        <KeysLink entries={count} keys={keys} />
      ) : (
        <span className={classes.dim}>of {countOf(trust.entries, 'entry', 'entries')}</span>
      )}
    </li>
  )
}

interface ItemProps {
  what: 'known' | 'unknown'
  why?: string | undefined
  entries: number
  keys: readonly string[]
  children: ReactNode
}

function Item({ what, why, entries, keys, children }: ItemProps) {
  return (
    <li className={classes.item}>
      <span className={classes.name}>
        {children}
        {why === undefined ? null : <span className={classes.why}>{visibleText(why)}</span>}
      </span>
      <span className={classes.badge} data-what={what}>
        {what === 'known' ? 'known' : 'not known'}
      </span>
      <KeysLink entries={entries} keys={keys} />
    </li>
  )
}

function NotableEntry({ entry }: { entry: StoreTrust['notable'][number] }) {
  const { navigate } = useDesk()
  const { key, verdict, sentence, problem } = entry
  return (
    <li className={classes.item}>
      <span className={classes.name}>
        <button
          type="button"
          className={classes.link}
          onClick={() => navigate({ view: 'entries', query: '', entry: key, tab: 'trust' })}
        >
          {visibleText(shortKey(key))}
        </button>
        <span className={classes.why}>
          {visibleText(problem?.sentence ?? sentence)}
          {problem?.offset === undefined ? null : ` At byte ${formatOffset(problem.offset)}.`}
        </span>
      </span>
      <span className={classes.badge} data-what="unknown">
        {verdictWords[verdict]}
      </span>
    </li>
  )
}
