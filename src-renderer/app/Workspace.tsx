import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Connection, StoreSummary } from '../../shared/api/contract.ts'
import { closeStore, putConnection, putConnections, refreshStore, summaryQuery } from '../client/queries.ts'
import { ConnectionList } from '../features/connections/ConnectionList.tsx'
import { useLock } from '../features/connections/LockToggle.tsx'
import { EntriesPane } from '../features/entries/EntriesPane.tsx'
import { copySelectedKeys, useSelectionTotals } from '../features/entries/SelectionBar.tsx'
import { useCompareCommands } from '../features/compare/use-compare-commands.ts'
import { useEntries, type Entries } from '../features/entries/use-entries.ts'
import { useThrottled } from '../ui/use-throttled.ts'
import { useFoundFocus } from '../ui/use-found-focus.ts'
import { withClause } from '../features/filter/filter-text.ts'
import { FunctionList } from '../features/functions/FunctionList.tsx'
import { chosenRows, useJobStarts, type ChosenRows } from '../features/jobs/use-job-starts.ts'
import { LookAt } from '../features/functions/LookAt.tsx'
import { Inspector } from '../features/inspector/Inspector.tsx'
import { UndoNotice } from '../features/jobs/UndoNotice.tsx'
import { TagDialog } from '../features/tags/TagDialog.tsx'
import { copyText } from '../ui/clipboard.ts'
import { pathOfLocation } from '../ui/format.ts'
import { Resizer } from '../ui/Resizer.tsx'
import { useNotice } from '../ui/use-notice.ts'
import { isBoolean, isNumber, useStored } from '../ui/use-stored.ts'
import { clamp } from '../virtual/scroll.ts'
import { noSelection, selectAll } from '../virtual/selection.ts'
import { commandOfPlace, showCommand } from './command-line.ts'
import { useDesk, type Desk } from './desk.ts'
import type { CommandId } from './keymap.ts'
import { Palette } from './Palette.tsx'
import { inspectorTabs, type InspectorTab } from './place.ts'
import type { CommandHandlers } from './Shell.tsx'
import classes from './Shell.module.css'
import { StatusBar } from './StatusBar.tsx'
import { isWideView, OtherView, ViewBar } from './views.tsx'
import type { Navigate } from './use-place.ts'

const sideWidth = { initial: 224, minimum: 160, maximum: 480 }
/** A good quarter of the window, until the user says otherwise. */
const inspectorWidth = {
  initial: Math.round(clamp(window.innerWidth * 0.28, 300, 480)),
  minimum: 280,
  maximum: 1_000,
}
const summaryPaceMs = 1_500

export interface WorkspaceProps {
  store: Connection
  onCommands: (commands: CommandHandlers) => void
  paletteEnabled: (command: CommandId) => boolean
}

/** One open cache: functions, entries, inspector, status. */
export function Workspace({ store, onCommands, paletteEnabled }: WorkspaceProps) {
  const desk = useDesk()
  const { place, navigate } = desk
  const layout = useLayout()
  const [notice, notify] = useNotice()
  const summary = useQuery(summaryQuery(store.id, useThrottled(store.revision, summaryPaceMs))).data
  const entries = useEntries({ store, query: place.query, sort: place.sort, entry: place.entry })
  const totals = useSelectionTotals(entries.view)
  const filterField = useRef<HTMLInputElement>(null)
  const grid = useRef<HTMLDivElement>(null)
  const attachGrid = useCallback((element: HTMLDivElement | null) => {
    grid.current = element
  }, [])
  const refresh = useRefresh(store, notify)
  const close = useCloseStore(store, desk)
  const lock = useLock(store)
  const compare = useCompareCommands(store, entries, notify)
  const jobs = useJobStarts(store, entries, notify)
  const [tagged, setTagged] = useState<ChosenRows>()
  useEffect(() => {
    onCommands({
      ...entryCommands(desk, entries, store, notify),
      ...layoutCommands(layout, navigate),
      ...jobs,
      ...compare,
      tag: () => {
        const chosen = chosenRows(entries)
        if (chosen) setTagged(chosen)
        else notify('No entry is chosen')
      },
      refresh,
      close,
      lock: () => lock.mutate(!store.writable, { onError: (error) => notify(error.message) }),
      copyLocation: () => void copyText(pathOfLocation(store.location)),
      focusFilter: () => filterField.current?.select(),
    })
    return () => onCommands({})
  })
  // The palette leads to a view and is gone, and so is what had the focus before it.
  const main = useFoundFocus<HTMLElement>(place.view)
  const { setIsInspectorOpen } = layout
  const openInspector = useCallback(() => {
    setIsInspectorOpen(true)
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-inspector-focus]')?.focus())
  }, [setIsInspectorOpen])

  return (
    <>
      {layout.isSideOpen ? <SidePanel layout={layout} summary={summary} /> : null}
      <main ref={main} tabIndex={-1} className={classes.main}>
        <ViewBar />
        <OtherView store={store} summary={summary} entries={entries} openInspector={openInspector}>
          <EntriesPane
            store={store}
            entries={entries}
            totals={totals}
            functions={summary?.functions}
            filterField={filterField}
            grid={grid}
            attachGrid={attachGrid}
            onOpen={openInspector}
          />
        </OtherView>
      </main>
      {layout.isInspectorOpen && !isWideView(place.view) ? (
        <InspectorPanel layout={layout} store={store} onLeave={() => grid.current?.focus()} />
      ) : null}
      <StatusBar store={store} summary={summary} totals={totals} notice={notice} />
      <UndoNotice />
      <TagDialog store={store.id} chosen={tagged} onClose={() => setTagged(undefined)} />
      <Palette summary={summary} isEnabled={paletteEnabled} />
    </>
  )
}

type Layout = ReturnType<typeof useLayout>

function SidePanel({ layout, summary }: { layout: Layout; summary: StoreSummary | undefined }) {
  return (
    <nav
      className={classes.side}
      data-region
      style={{ width: layout.side }}
      aria-label="Caches and functions"
    >
      <div className={classes.sideScroll}>
        <ConnectionList />
        {summary ? <FunctionList summary={summary} /> : null}
        {summary ? <LookAt summary={summary} /> : null}
      </div>
      <Resizer
        label="Width of the sidebar"
        panel="before"
        size={layout.side}
        onSize={layout.setSide}
        {...sideWidth}
      />
    </nav>
  )
}

interface InspectorPanelProps {
  layout: Layout
  store: Connection
  onLeave: () => void
}

function InspectorPanel({ layout, store, onLeave }: InspectorPanelProps) {
  return (
    <aside
      className={classes.inspector}
      data-region
      style={{ width: layout.inspector }}
      aria-label="Inspector"
    >
      <Resizer
        label="Width of the inspector"
        panel="after"
        size={layout.inspector}
        onSize={layout.setInspector}
        {...inspectorWidth}
      />
      <Inspector store={store} onLeave={onLeave} />
    </aside>
  )
}

function layoutCommands(layout: Layout, navigate: Navigate): CommandHandlers {
  const showTab = (tab: InspectorTab): void => {
    layout.setIsInspectorOpen(true)
    navigate({ tab }, 'replace')
  }
  return {
    toggleInspector: () => layout.setIsInspectorOpen(!layout.isInspectorOpen),
    toggleSidebar: () => layout.setIsSideOpen(!layout.isSideOpen),
    ...Object.fromEntries(inspectorTabs.map((tab) => [tab, () => showTab(tab)])),
  }
}

function useLayout() {
  const [side, setSide] = useStored('side-width', sideWidth.initial, isNumber)
  const [inspector, setInspector] = useStored('inspector-width', inspectorWidth.initial, isNumber)
  const [isSideOpen, setIsSideOpen] = useStored('side-open', true, isBoolean)
  const [isInspectorOpen, setIsInspectorOpen] = useStored('inspector-open', true, isBoolean)
  return {
    side,
    setSide,
    inspector,
    setInspector,
    isSideOpen,
    setIsSideOpen,
    isInspectorOpen,
    setIsInspectorOpen,
  }
}

function useCloseStore(store: Connection, { navigate }: Desk): () => void {
  const client = useQueryClient()
  const close = async (): Promise<void> => {
    putConnections(client, await closeStore(store.id))
    navigate({ store: undefined, query: '', entry: undefined })
  }
  return () => void close()
}

function useRefresh(store: Connection, notify: (text: string) => void): () => void {
  const client = useQueryClient()
  const refresh = async (): Promise<void> => {
    notify('Looking for changes…')
    const after = await refreshStore(store.id)
    putConnection(client, after)
    notify(after.revision === store.revision ? 'Nothing changed' : 'Reading what changed')
  }
  return () => void refresh().catch((error: unknown) => notify(String(error)))
}

/** What the commands about entries do with the focused entry and the selection. */
function entryCommands(
  desk: Desk,
  entries: Entries,
  store: Connection,
  notify: (text: string) => void,
): CommandHandlers {
  const { view } = entries
  const copy = (text: string | undefined, what: string): void => {
    if (text === undefined) return notify('No entry is chosen')
    void copyText(text).then((isCopied) =>
      notify(isCopied ? `${what} copied` : 'The browser did not allow copying'),
    )
  }
  return {
    clearFilter: () => desk.navigate({ query: '' }),
    damaged: () => desk.navigate({ query: withClause('', 'status', 'damaged') }),
    selectAll: () => view && entries.setGrid({ ...view.grid, selection: selectAll(view.result.entries) }),
    clearSelection: () => view && entries.setGrid({ ...view.grid, selection: noSelection }),
    copyKeys: () => view && void copySelectedKeys(view).then(notify),
    copyCall: () => copy(entries.focusedRow()?.call, 'Call'),
    copyCommand: () => {
      const row = entries.focusedRow()
      copy(row && showCommand(store.location, row.key), 'Command')
    },
    viewTrust: () => desk.navigate({ view: 'trust' }),
    copyLink: () => copy(window.location.href, 'Link'),
    copyViewCommand: () => copy(commandOfPlace(desk.place, store.location), 'Command'),
    sameFunction: () => {
      const func = entries.focusedRow()?.func
      if (func !== undefined) desk.navigate({ query: withClause('', 'func', func) })
    },
  }
}
