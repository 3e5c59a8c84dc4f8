import type { ReactNode } from 'react'
import type { Connection, EntryDetail } from '../../../shared/api/contract.ts'
import type { ValueAddress } from '../../client/queries.ts'
import type { InspectorTab } from '../../app/place.ts'
import { EmptyState } from '../../ui/States.tsx'
import { BytesTab } from '../bytes/BytesTab.tsx'
import { WhyTab } from '../why/WhyTab.tsx'
import { JsonTab } from './JsonTab.tsx'
import { MetadataTab } from './MetadataTab.tsx'
import { ProblemPanel } from './ProblemPanel.tsx'
import { RawTab } from './RawTab.tsx'
import { TrustTab } from './TrustTab.tsx'
import { ValuePanel } from './ValuePanel.tsx'

/** What a tab of the inspector gets: the entry, and the address of its value's root. */
interface TabProps {
  readonly store: Connection
  readonly value: ValueAddress
  readonly detail: EntryDetail
}

interface Tab {
  readonly title: string
  readonly Panel: (props: TabProps) => ReactNode
}

/** The tabs in their order; the names stand in the address. */
export const tabs: Readonly<Record<InspectorTab, Tab>> = {
  output: { title: 'Output', Panel: OutputTab },
  metadata: { title: 'Metadata', Panel: MetadataTab },
  arguments: { title: 'Arguments', Panel: ArgumentsTab },
  json: { title: 'JSON', Panel: JsonTab },
  raw: { title: 'Raw facts', Panel: RawTab },
  trust: { title: 'Trust', Panel: TrustTab },
  why: { title: 'Why', Panel: ({ store, detail }) => <WhyTab store={store} entry={detail.row.key} /> },
  bytes: { title: 'Bytes', Panel: BytesTab },
}

/** The output of a call; of a foreign value or a dump, the whole of it. */
function OutputTab({ value, detail }: TabProps) {
  const path = detail.outputPath ?? (detail.root && detail.row.kind !== 'call' ? '' : undefined)
  return (
    <>
      {detail.problem ? <ProblemPanel value={value} detail={detail} problem={detail.problem} /> : null}
      {path === undefined ? (
        detail.problem ? null : (
          <EmptyState title="No output">The record of this call has no output.</EmptyState>
        )
      ) : (
        <ValuePanel value={{ ...value, path }} label="Output" detail={detail} />
      )}
    </>
  )
}

function ArgumentsTab({ value, detail }: TabProps) {
  if (detail.argumentsPath === undefined) {
    return (
      <EmptyState title="No arguments">The record does not say with which arguments it was made.</EmptyState>
    )
  }
  return <ValuePanel value={{ ...value, path: detail.argumentsPath }} label="Arguments" detail={detail} />
}
