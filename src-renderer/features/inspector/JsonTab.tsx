import { Button, SegmentedControl } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { EntryDetail } from '../../../shared/api/contract.ts'
import { textQuery, type ValueAddress } from '../../client/queries.ts'
import { useCopied } from '../../ui/clipboard.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import classes from './Inspector.module.css'
import { TextLines } from './TextLines.tsx'
import { linesOf } from './text-lines.ts'

/** The value as JSON or as a Python literal, of the output or the whole record. */
export function JsonTab({ value, detail }: { value: ValueAddress; detail: EntryDetail }) {
  const [language, setLanguage] = useState<'json' | 'python'>('json')
  const [isWhole, setIsWhole] = useState(detail.outputPath === undefined)
  const path = isWhole ? '' : (detail.outputPath ?? '')
  const answer = useQuery({ ...textQuery({ ...value, path }, language), enabled: detail.root !== undefined })
  const { isCopied, copy } = useCopied()
  const { data } = answer
  const lines = useMemo(() => linesOf(data?.text ?? ''), [data])
  if (!detail.root)
    return <EmptyState title="Nothing to write out">No part of the value could be read.</EmptyState>
  return (
    <>
      <div className={classes.tools}>
        <SegmentedControl
          size="xs"
          aria-label="Language"
          value={language}
          onChange={(next) => setLanguage(next === 'python' ? 'python' : 'json')}
          data={[
            { value: 'json', label: 'JSON' },
            { value: 'python', label: 'Python' },
          ]}
        />
        {detail.outputPath === undefined ? null : (
          <SegmentedControl
            size="xs"
            aria-label="Part"
            value={isWhole ? 'entry' : 'output'}
            onChange={(part) => setIsWhole(part === 'entry')}
            data={[
              { value: 'output', label: 'Output' },
              { value: 'entry', label: 'Entry' },
            ]}
          />
        )}
        <span className={classes.room} />
        <Button
          disabled={!data}
          leftSection={<IconCopy size={14} />}
          onClick={() => void copy(data?.text ?? '')}
        >
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      {answer.error ? (
        <ErrorState
          title="The value cannot be written out"
          error={answer.error}
          onRetry={() => void answer.refetch()}
        />
      ) : data ? (
        <TextLines lines={lines} isCut={data.isCut} />
      ) : (
        <Waiting what="Writing it out…" />
      )}
    </>
  )
}
