import type { ReactNode } from 'react'
import type { EntryChange } from '../../../shared/api/compare.ts'
import type { EntryPair } from '../../client/compare.ts'
import { Code } from '../../ui/Code.tsx'
import { TypeBadge } from '../../ui/TypeBadge.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './ChangeDetail.module.css'
import { arrayWords } from './change-words.ts'
import { DifferenceMap } from './DifferenceMap.tsx'
import { TextPanel } from './TextPanel.tsx'

const kindWords: Readonly<Record<EntryChange['kind'], string>> = {
  added: 'Only on the right',
  removed: 'Only on the left',
  changed: 'Changed',
  type: 'Of another type',
}

/** One difference: both sides, and where it is two arrays or two texts, what differs within them. */
export function ChangeDetail({ pair, change }: { pair: EntryPair; change: EntryChange | undefined }) {
  if (!change) return <div className={classes.detail} />
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by key
    <div className={classes.detail} role="region" aria-label="The difference" tabIndex={0}>
      <code className={classes.path}>{change.path === '' ? '(the value)' : visibleText(change.path)}</code>
      <p className={classes.kind}>
        {kindWords[change.kind]}
        {change.array ? `: ${arrayWords(change.array)}` : ''}
      </p>
      {change.hasText ? (
        <TextPanel key={change.n} pair={pair} change={change.n} />
      ) : (
        <>
          <Side title="Left" side={change.left} />
          <Side title="Right" side={change.right} />
        </>
      )}
      {change.hasMap ? <DifferenceMap key={change.n} pair={pair} change={change.n} /> : null}
    </div>
  )
}

function Side({ title, side }: { title: string; side: EntryChange['left'] }): ReactNode {
  return (
    <div className={classes.side}>
      <span className={classes.title}>{title}</span>
      {side ? (
        <>
          <TypeBadge type={side.type} />
          <span className={classes.value}>
            <Code text={side.preview} />
          </span>
        </>
      ) : (
        <i className={classes.absent}>absent</i>
      )}
    </div>
  )
}
