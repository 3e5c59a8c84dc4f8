import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { EntryDetail } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { Code } from '../../ui/Code.tsx'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { exactBytes, formatBytes, middleCut } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { TagEditor } from '../tags/TagEditor.tsx'
import classes from './Inspector.module.css'

const statusWords = { ok: 'ok', partial: 'partly readable', damaged: 'damaged' } as const
const kindWords = { call: '', dump: 'saved by dump()', foreign: 'not a record of hashcache' } as const

/** The call as one would type it; under it the key, and how the entry is. */
export function EntryHeader({ store, detail }: { store: string; detail: EntryDetail }) {
  const { row } = detail
  const { run } = useDesk()
  const StatusIcon = row.status === 'ok' ? IconCircleCheck : IconAlertTriangle
  return (
    <header className={classes.header}>
      <div className={classes.call}>
        {row.call === undefined ? visibleText(row.key) : <Code text={row.call} />}
      </div>
      <div className={classes.facts}>
        <span className={classes.key} title={row.key}>
          {visibleText(middleCut(row.key, 16))}
        </span>
        <CopyButton text={row.key} what="Copy the key" />
        <span className={classes.status} data-status={row.status}>
          <StatusIcon size={13} aria-hidden /> {statusWords[row.status]}
        </span>
        {row.sizeBytes === undefined ? null : (
          <span title={exactBytes(row.sizeBytes)}>· {formatBytes(row.sizeBytes)}</span>
        )}
        <button type="button" className={classes.action} onClick={() => run('compareWith')}>
          Compare with…
        </button>
        {kindWords[row.kind] === '' || row.status === 'damaged' ? null : <span>· {kindWords[row.kind]}</span>}
      </div>
      <div className={classes.facts}>
        <TagEditor store={store} entries={{ keys: [row.key] }} />
      </div>
    </header>
  )
}
