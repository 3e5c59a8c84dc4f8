import { Button } from '@mantine/core'
import { IconGitCompare } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Connection, Row } from '../../../shared/api/contract.ts'
import type { NearCall, Why } from '../../../shared/api/why.ts'
import { useDesk } from '../../app/desk.ts'
import { whyQuery } from '../../client/why.ts'
import { Code } from '../../ui/Code.tsx'
import { countOf, formatCount, formatRelative, formatTime, shortKey } from '../../ui/format.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { compareOptions } from '../compare/compare-link.ts'
import classes from './WhyTab.module.css'

/** Why this entry has its key: what is near to it, and what that means. */
export function WhyTab({ store, entry }: { store: Connection; entry: string }) {
  const answer = useQuery(whyQuery(store.id, entry, store.revision))
  if (answer.data) return <Report why={answer.data} store={store} />
  if (answer.error) {
    return (
      <ErrorState title="Why cannot be told" error={answer.error} onRetry={() => void answer.refetch()} />
    )
  }
  return <Waiting what="Looking for near calls…" />
}

function Report({ why, store }: { why: Why; store: Connection }) {
  const { reasons, sameCall, nearest, callsOfFunction } = why
  const general = reasons.filter(({ code }) => code === 'unseen' || code === 'otherKeys')
  // The head of the inspector says that there is a newer one.
  const own = reasons.filter((reason) => !general.includes(reason) && reason.code !== 'superseded')
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
    <div className={classes.scroll} tabIndex={0} data-inspector-focus role="region" aria-label="Why this key">
      {own.map(({ code, sentence }) => (
        <p key={code} className={classes.reason}>
          {visibleText(sentence)}
        </p>
      ))}
      {sameCall.rows.length === 0 ? null : (
        <Group title="Same call, other key" shown={sameCall.rows.length} all={sameCall.total}>
          {sameCall.rows.map((row) => (
            <Near key={row.key} row={row} own={why.row} store={store}>
              <span className={classes.dim}>
                {[row.version && `hashcache ${row.version}`, row.user, row.host]
                  .filter(Boolean)
                  .map(String)
                  .map(visibleText)
                  .join(' · ')}
              </span>
            </Near>
          ))}
        </Group>
      )}
      {nearest.length === 0 ? null : (
        <Group title="Nearest calls" shown={nearest.length} all={callsOfFunction - 1 - sameCall.total}>
          {nearest.map(({ row, differing }) => (
            <Near key={row.key} row={row} own={why.row} store={store}>
              <Differing differing={differing} />
            </Near>
          ))}
        </Group>
      )}
      {general.map(({ code, sentence }) => (
        <p key={code} className={classes.general}>
          {visibleText(sentence)}
        </p>
      ))}
      <p className={classes.count}>
        {why.row.func === undefined || callsOfFunction === 0
          ? null
          : `${countOf(callsOfFunction, 'entry', 'entries')} of ${visibleText(why.row.func)} in this cache.`}
      </p>
    </div>
  )
}

function Group({
  title,
  shown,
  all,
  children,
}: {
  title: string
  shown: number
  all: number
  children: ReactNode
}) {
  return (
    <section aria-label={title}>
      <h3 className={classes.heading}>
        {title}{' '}
        {all > shown ? (
          <span>
            {formatCount(shown)} of {formatCount(all)}
          </span>
        ) : null}
      </h3>
      <ul className={classes.list}>{children}</ul>
    </section>
  )
}

function Differing({ differing }: { differing: NearCall['differing'] }) {
  return (
    <dl className={classes.differing}>
      {differing.map(({ name, here, there }) => (
        <div key={name}>
          <dt>{visibleText(name)}</dt>
          <dd>
            {here ? <Code text={here.preview} /> : <i>absent</i>} <span aria-label="there">→</span>{' '}
            {there ? <Code text={there.preview} /> : <i>absent</i>}
            {here && there && here.type !== there.type ? (
              <span className={classes.dim}>
                {' '}
                ({visibleText(here.type)}, {visibleText(there.type)})
              </span>
            ) : null}
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface NearProps {
  readonly row: Row
  readonly own: Row
  readonly store: Connection
  readonly children: ReactNode
}

function Near({ row, own, store, children }: NearProps) {
  const { navigate, nowSeconds, zone } = useDesk()
  return (
    <li className={classes.near}>
      <div className={classes.line}>
        <button
          type="button"
          className={classes.link}
          title={`Show ${visibleText(row.key)}`}
          onClick={() => navigate({ view: 'entries', entry: row.key })}
        >
          {visibleText(shortKey(row.key))}
        </button>
        {row.runAtSeconds === undefined ? null : (
          <span className={classes.dim} title={formatTime(row.runAtSeconds, zone)}>
            {formatRelative(row.runAtSeconds, nowSeconds)}
          </span>
        )}
        <span className={classes.room} />
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconGitCompare size={13} />}
          onClick={() =>
            navigate({
              view: 'compare',
              options: compareOptions(store.location, own.key, row.key),
            })
          }
        >
          Compare
        </Button>
      </div>
      {children}
    </li>
  )
}
