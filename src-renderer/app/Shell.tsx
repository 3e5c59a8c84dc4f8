import { useMantineColorScheme } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { App, Connection } from '../../shared/api/contract.ts'
import type { EngineLink } from '../client/events.ts'
import { OpenDialog } from '../features/connections/OpenDialog.tsx'
import { Welcome } from '../features/connections/Welcome.tsx'
import { useLatest } from '../ui/use-latest.ts'
import { isOneOf, useStored } from '../ui/use-stored.ts'
import { pathOfLocation, type TimeZoneChoice } from '../ui/format.ts'
import { DeskProvider, type Desk } from './desk.ts'
import { EngineBanner } from './EngineBanner.tsx'
import type { CommandId } from './keymap.ts'
import { KeysDialog } from './KeysDialog.tsx'
import { NotOpen } from './NotOpen.tsx'
import { Palette } from './Palette.tsx'
import classes from './Shell.module.css'
import { StatusBar } from './StatusBar.tsx'
import { TopBar } from './TopBar.tsx'
import { goToNextRegion, useShortcuts } from './use-shortcuts.ts'
import { usePlace } from './use-place.ts'
import { useSeconds } from './use-seconds.ts'
import { Workspace } from './Workspace.tsx'

/** What a part of the window does when a command is given. */
export type CommandHandlers = Partial<Record<CommandId, () => void>>

/** Commands that need no open cache. */
const shellCommandIds = [
  'palette',
  'keys',
  'open',
  'nextRegion',
  'themeLight',
  'themeDark',
  'themeSystem',
  'timeZone',
] as const satisfies readonly CommandId[]

export interface ShellProps {
  app: App
  stores: readonly Connection[]
  link: EngineLink
  onReconnect: () => void
}

export function Shell({ app, stores, link, onReconnect }: ShellProps) {
  const [place, navigate] = usePlace()
  const [zone, setZone] = useStored<TimeZoneChoice>('time-zone', 'local', isOneOf('local', 'utc'))
  const [openAt, setOpenAt] = useState<string>()
  const [isKeysOpen, setIsKeysOpen] = useState(false)
  const { setColorScheme } = useMantineColorScheme()
  const workspaceCommands = useRef<CommandHandlers>({})
  const nowSeconds = useSeconds(30)
  const store = stores.find((each) => isAt(each, place.store))
  useFirstStore(place.store, stores, (location) => navigate({ store: location }, 'replace'))
  useEffect(() => {
    document.title = store ? `${store.label} · Hashcache Inspector` : 'Hashcache Inspector'
  }, [store])

  const ownCommands: Record<(typeof shellCommandIds)[number], () => void> = {
    palette: spotlight.open,
    keys: () => setIsKeysOpen(true),
    open: () => setOpenAt(''),
    nextRegion: goToNextRegion,
    themeLight: () => setColorScheme('light'),
    themeDark: () => setColorScheme('dark'),
    themeSystem: () => setColorScheme('auto'),
    timeZone: () => setZone(zone === 'utc' ? 'local' : 'utc'),
  }
  const commands = useLatest<CommandHandlers>(ownCommands)
  const desk = useMemo((): Desk => {
    const run = (id: CommandId): void => (workspaceCommands.current[id] ?? commands.current[id])?.()
    const askToOpen = (location = ''): void => setOpenAt(location)
    return { app, stores, place, navigate, zone, nowSeconds, run, askToOpen }
  }, [app, stores, place, navigate, zone, nowSeconds, commands])
  const onCommands = useCallback((handlers: CommandHandlers) => {
    workspaceCommands.current = handlers
  }, [])
  useShortcuts(desk.run)
  const hasWorkspace = store !== undefined
  const isEnabled = useCallback(
    (id: CommandId): boolean => hasWorkspace || shellCommandIds.some((own) => own === id),
    [hasWorkspace],
  )

  return (
    <DeskProvider value={desk}>
      <div className={classes.shell}>
        <TopBar isWorkspace={hasWorkspace} />
        {link === 'lost' ? <EngineBanner onRetry={onReconnect} /> : null}
        {store ? (
          <Workspace key={store.id} store={store} onCommands={onCommands} paletteEnabled={isEnabled} />
        ) : (
          <>
            <main className={classes.page}>
              {place.store === undefined ? <Welcome /> : <NotOpen location={place.store} />}
            </main>
            <StatusBar store={undefined} summary={undefined} totals={undefined} notice="" />
            <Palette summary={undefined} isEnabled={isEnabled} />
          </>
        )}
      </div>
      <OpenDialog location={openAt} onClose={() => setOpenAt(undefined)} />
      <KeysDialog isOpen={isKeysOpen} onClose={() => setIsKeysOpen(false)} />
    </DeskProvider>
  )
}

/** A link may name the store by its path alone. */
function isAt({ location }: Connection, wanted: string | undefined): boolean {
  return location === wanted || pathOfLocation(location) === wanted
}

/** A start without a place goes to what was opened on the command line; later, no place means the welcome screen. */
function useFirstStore(
  wanted: string | undefined,
  stores: readonly Connection[],
  go: (location: string) => void,
): void {
  const isSettled = useRef(false)
  const first = stores[0]?.location
  useEffect(() => {
    if (isSettled.current) return
    isSettled.current = true
    if (wanted === undefined && first !== undefined) go(first)
  })
}
