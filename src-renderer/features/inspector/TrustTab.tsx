import { IconAlertTriangle, IconCircleDashed, IconListCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { TrustReport } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { trustQuery, type ValueAddress } from '../../client/queries.ts'
import { Code } from '../../ui/Code.tsx'
import { formatCount, formatOffset } from '../../ui/format.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { byteOptions } from '../bytes/byte-place.ts'
import { TrustGroup } from '../trust/TrustGroup.tsx'
import classes from './TrustTab.module.css'

/** What loading the entry with Python would import and call. Nothing of it is run to find out. */
export function TrustTab({ value }: { value: ValueAddress }) {
  const answer = useQuery(trustQuery(value))
  if (answer.data) return <Report report={answer.data} />
  if (answer.error) {
    return (
      <ErrorState
        title="What it would do cannot be told"
        error={answer.error}
        onRetry={() => void answer.refetch()}
      />
    )
  }
  return <Waiting what="Looking through the entry…" />
}

function Report({ report }: { report: TrustReport }) {
  if (report.verdict === 'data') {
    return (
      <EmptyState icon={<IconListCheck size={26} stroke={1.5} />} title="Imports nothing, calls nothing">
        The entry is plain data: loading it with Python makes numbers, texts and containers and runs nothing
        else.
      </EmptyState>
    )
  }
  const { verdict, sentence, problem, warnings, imports, importCount, calls, callCount } = report
  const VerdictIcon = verdict === 'known' ? IconListCheck : IconAlertTriangle
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
    <div className={classes.scroll} tabIndex={0} data-inspector-focus role="region" aria-label="Trust">
      <div className={classes.verdict} data-verdict={verdict}>
        <VerdictIcon className={classes.verdictIcon} size={16} stroke={1.8} aria-hidden />
        <div>
          <p className={classes.sentence}>{visibleText(sentence)}</p>
          {problem ? (
            <p className={classes.note}>
              {visibleText(problem.sentence)}
              {problem.offset === undefined ? null : ` At byte ${formatOffset(problem.offset)}.`}
            </p>
          ) : null}
        </div>
      </div>
      <TrustGroup title="Needs what is not here" shown={warnings.length} all={warnings.length}>
        {warnings.map(({ sentence: warning, offset }) => (
          <Item key={`${offset} ${warning}`} what="unknown" offset={offset}>
            {visibleText(warning)}
          </Item>
        ))}
      </TrustGroup>
      <TrustGroup title="Would import" shown={imports.length} all={importCount}>
        {imports.map(({ module, name, what, why, count, offset }) => (
          <Item key={`${module} ${name}`} what={what} why={why} offset={offset}>
            <Code text={`${module}.${name}`} />
            {count > 1 ? <span className={classes.dim}> ×{formatCount(count)}</span> : null}
          </Item>
        ))}
      </TrustGroup>
      <TrustGroup title="Would call" shown={calls.length} all={callCount}>
        {calls.map(({ callee, how, args, what, why, offset }, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- a call is its place in the list
          <Item key={i} what={what} why={why} offset={offset}>
            {how === 'change' ? <span className={classes.dim}>change </span> : null}
            <Code text={`${callee}(${args})`} />
          </Item>
        ))}
      </TrustGroup>
    </div>
  )
}

interface ItemProps {
  what: 'known' | 'unknown'
  why?: string | undefined
  offset: number | undefined
  children: ReactNode
}

function Item({ what, why, offset, children }: ItemProps) {
  const Icon = what === 'known' ? IconCircleDashed : IconAlertTriangle
  return (
    <li className={classes.item} data-what={what}>
      <div className={classes.line}>
        <span className={classes.name}>{children}</span>
        <span className={classes.badge}>
          <Icon size={11} stroke={2} aria-hidden />
          {what === 'known' ? 'known' : 'not known'}
        </span>
        {offset === undefined ? null : <AtByte offset={offset} />}
      </div>
      {why === undefined ? null : <p className={classes.note}>{visibleText(why)}</p>}
    </li>
  )
}

/** Leads to the opcode that would do it. */
function AtByte({ offset }: { offset: number }) {
  const { place, navigate } = useDesk()
  const at = byteOptions(place.entry ?? '', { shows: 'opcodes', of: 'decoded', at: offset })
  return (
    <button
      type="button"
      className={classes.offset}
      title={`At byte ${formatOffset(offset)} of the unpacked value: show the opcode`}
      onClick={() => navigate({ tab: 'bytes', options: { ...place.options, ...at } })}
    >
      {formatCount(offset)}
    </button>
  )
}
