import { Button } from '@mantine/core'
import { IconBinary, IconDownload } from '@tabler/icons-react'
import type { EntryDetail } from '../../../shared/api/contract.ts'
import { rawAddress, type ValueAddress } from '../../client/queries.ts'
import { formatBytes, formatCount, formatOffset } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useDesk } from '../../app/desk.ts'
import { byteOptions } from '../bytes/byte-place.ts'
import classes from './Inspector.module.css'

export interface ProblemPanelProps {
  value: ValueAddress
  detail: EntryDetail
  problem: NonNullable<EntryDetail['problem']>
}

/** Leads to the byte where reading ended. */
function ShowBytes({ entry, at }: { entry: string; at: number }) {
  const { place, navigate } = useDesk()
  const options = { ...place.options, ...byteOptions(entry, { of: 'decoded', at }) }
  return (
    <Button
      variant="default"
      leftSection={<IconBinary size={14} />}
      onClick={() => navigate({ tab: 'bytes', options })}
    >
      Show the bytes
    </Button>
  )
}

/** What is wrong with an entry: where, by which code, how much was saved, and the bytes to take away. */
export function ProblemPanel({ value, detail, problem }: ProblemPanelProps) {
  const { status } = detail.row
  const { decodedBytes, storedBytes } = detail.format
  const recovered = status === 'damaged' ? 0 : Math.min(problem.offset ?? decodedBytes, decodedBytes)
  return (
    <section className={classes.problem} data-status={status} aria-label="Problem">
      <h3 className={classes.problemTitle}>
        {status === 'damaged' ? 'Nothing of this entry can be read' : 'Part of this entry can be read'}
      </h3>
      <p className={classes.problemSentence}>{visibleText(problem.sentence)}</p>
      <dl className={classes.list}>
        <dt>Code</dt>
        <dd className={classes.mono}>{visibleText(problem.code)}</dd>
        {problem.offset === undefined ? null : (
          <>
            <dt>At byte</dt>
            <dd className={classes.mono}>{formatOffset(problem.offset)}</dd>
          </>
        )}
        {problem.opcode === undefined ? null : (
          <>
            <dt>Opcode</dt>
            <dd className={classes.mono}>{visibleText(problem.opcode)}</dd>
          </>
        )}
        <dt>Recovered</dt>
        <dd>
          {recovered === 0 ? 'nothing' : formatBytes(recovered)} of {formatBytes(decodedBytes)}
          {decodedBytes === storedBytes ? null : (
            <span className={classes.dim}> ({formatCount(storedBytes)} bytes stored)</span>
          )}
        </dd>
      </dl>
      <div className={classes.actions}>
        <Button
          component="a"
          href={rawAddress(value.store, value.key)}
          download
          leftSection={<IconDownload size={14} />}
        >
          Save the raw bytes
        </Button>
        {problem.offset === undefined ? null : <ShowBytes entry={value.key} at={problem.offset} />}
      </div>
    </section>
  )
}
