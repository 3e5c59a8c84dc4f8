import { Modal, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type MouseEvent } from 'react'
import type { StoreKindInfo } from '../../../shared/api/locations.ts'
import { useDesk } from '../../app/desk.ts'
import { kindsQuery } from '../../client/locations.ts'
import { ErrorState } from '../../ui/States.tsx'
import { KindPanel } from './KindPanel.tsx'
import { useKindValues } from './kind-values.ts'
import classes from './OpenDialog.module.css'
import { PathPanel } from './PathPanel.tsx'
import { ScanPanel } from './ScanPanel.tsx'
import { UrlPanel } from './UrlPanel.tsx'

/**
 * Choosing a cache: by its path, by the form of its kind, by its URL, or by looking for caches in a folder.
 * Says what it is, or what is wrong, before it is opened.
 */
export function OpenDialog({ location, onClose }: { location: string | undefined; onClose: () => void }) {
  const { app } = useDesk()
  return (
    <Modal opened={location !== undefined} onClose={onClose} title="Open a cache" size={860} padding={0}>
      {location === undefined ? null : (
        <OpenTabs start={location === '' ? app.homeFolder : location} onClose={onClose} />
      )}
    </Modal>
  )
}

function OpenTabs({ start, onClose }: { start: string; onClose: () => void }) {
  const { app } = useDesk()
  const kinds = useQuery(kindsQuery)
  const [tab, setTab] = useState('path')
  const [path, setPath] = useState(start)
  const [url, setUrl] = useState('')
  const values = useKindValues()
  const choose = (next: string | null): void => {
    // A path that was typed before its kind was chosen is not typed again.
    const kind = kinds.data?.find((each) => `kind:${each.kind}` === next)
    if (kind && !kind.form.isServer && path !== app.homeFolder && path.startsWith('/'))
      values.offer(kind.kind, { path: path.trim() })
    setTab(next ?? 'path')
  }
  const edit = (kind: StoreKindInfo, edited: Readonly<Record<string, string>>): void => {
    values.set(kind.kind, edited)
    setTab(`kind:${kind.kind}`)
  }
  return (
    <Tabs
      orientation="vertical"
      value={tab}
      onChange={choose}
      keepMounted={false}
      classNames={{
        root: classes.tabs,
        list: classes.tabList,
        tab: classes.tab,
        tabLabel: classes.tabLabel,
        panel: classes.panel,
      }}
    >
      <Tabs.List aria-label="Ways to a cache" onClick={focusPanel}>
        <Tabs.Tab value="path">Path</Tabs.Tab>
        <Tabs.Tab value="url">URL</Tabs.Tab>
        <Tabs.Tab value="scan">Scan a folder…</Tabs.Tab>
        <div className={classes.tabGroup} role="presentation">
          By kind
        </div>
        {kinds.data?.map(({ kind, title }) => (
          <Tabs.Tab key={kind} value={`kind:${kind}`}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="path">
        <PathPanel path={path} onPath={setPath} onScan={() => setTab('scan')} onClose={onClose} />
      </Tabs.Panel>
      <Tabs.Panel value="url">
        <UrlPanel url={url} onUrl={setUrl} kinds={kinds.data ?? []} onEdit={edit} onClose={onClose} />
      </Tabs.Panel>
      <Tabs.Panel value="scan">
        <ScanPanel start={path === '' ? start : path} onClose={onClose} />
      </Tabs.Panel>
      {kinds.data?.map((kind) => (
        <Tabs.Panel key={kind.kind} value={`kind:${kind.kind}`}>
          <KindPanel
            kind={kind}
            values={values.of(kind.kind)}
            onValues={(next) => values.set(kind.kind, next)}
            onClose={onClose}
          />
        </Tabs.Panel>
      ))}
      {kinds.error ? (
        <ErrorState
          title="The kinds of caches cannot be listed"
          error={kinds.error}
          onRetry={() => void kinds.refetch()}
        />
      ) : null}
    </Tabs>
  )
}

/** A click goes on to the first field; the arrow keys stay in the list. */
function focusPanel(event: MouseEvent): void {
  const isByPointer = event.detail > 0
  if (!isByPointer) return
  const root = event.currentTarget.parentElement
  requestAnimationFrame(() => root?.querySelector<HTMLElement>('[role="tabpanel"] input')?.focus())
}
