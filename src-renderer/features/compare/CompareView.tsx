import { Button, SegmentedControl } from '@mantine/core'
import { IconArrowsLeftRight, IconDatabase, IconGitCompare } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useDesk } from '../../app/desk.ts'
import type { ViewProps } from '../../app/views.tsx'
import { pathOfLocation } from '../../ui/format.ts'
import { EmptyState } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { CachesCompare } from './CachesCompare.tsx'
import classes from './CompareView.module.css'
import { EntriesCompare } from './EntriesCompare.tsx'
import { PickOther } from './PickOther.tsx'
import { useCompare, type Compare } from './use-compare.ts'

/** Two entries side by side with what differs, or two caches with what only one of them has. */
export function CompareView({ store }: ViewProps) {
  const compare = useCompare(store)
  return (
    <section className={classes.view} aria-label="Compare" data-region>
      <header className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label="What is compared"
          value={compare.about}
          onChange={(about) =>
            compare.set({ about: about === 'caches' ? 'caches' : 'entries', group: undefined })
          }
          data={[
            { value: 'entries', label: 'Two entries' },
            { value: 'caches', label: 'Two caches' },
          ]}
        />
        <span className={classes.room} />
        <Button
          leftSection={<IconArrowsLeftRight size={14} />}
          disabled={compare.about === 'entries' && !(compare.leftKey && compare.rightKey)}
          onClick={compare.swap}
        >
          Swap sides
        </Button>
      </header>
      <Main compare={compare} />
    </section>
  )
}

function Main({ compare }: { compare: Compare }): ReactNode {
  const [left, right] = compare.sides
  const closed = [left, right].find(({ store }) => !store)
  if (closed) return <ClosedCache location={closed.location} />
  if (!left.store || !right.store) return null
  if (compare.about === 'caches')
    return <CachesCompare compare={compare} left={left.store} right={right.store} />
  if (compare.leftKey === undefined && compare.rightKey === undefined) return <NothingChosen />
  if (compare.leftKey === undefined || compare.rightKey === undefined) {
    return <PickOther key={compare.leftKey ?? compare.rightKey} compare={compare} />
  }
  return (
    <EntriesCompare
      compare={compare}
      left={{ store: left.store, key: compare.leftKey }}
      right={{ store: right.store, key: compare.rightKey }}
    />
  )
}

function NothingChosen() {
  const { navigate } = useDesk()
  return (
    <EmptyState
      icon={<IconGitCompare size={26} stroke={1.5} />}
      title="Nothing to compare yet"
      actions={<Button onClick={() => navigate({ view: 'entries' })}>Go to the entries</Button>}
    >
      Select two entries in the list and press Compare, or choose “Compare with…” in the inspector of one.
    </EmptyState>
  )
}

function ClosedCache({ location }: { location: string }) {
  const { askToOpen } = useDesk()
  return (
    <EmptyState
      icon={<IconDatabase size={26} stroke={1.5} />}
      title="One of the caches is not open"
      actions={<Button onClick={() => askToOpen(location)}>Open it…</Button>}
    >
      {visibleText(pathOfLocation(location))}
    </EmptyState>
  )
}
