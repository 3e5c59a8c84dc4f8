import { ActionIcon, Tooltip } from '@mantine/core'
import { IconFlask, IconFolderOpen, IconPencil, IconShieldCheck, IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { needsPassword } from '../../client/locations.ts'
import { appQuery, forgetRecent, makeSamples, openStore, putConnection } from '../../client/queries.ts'
import { useDesk } from '../../app/desk.ts'
import { hostDialog } from '../../app/host-dialog.ts'
import { formatRelative, middleCut } from '../../ui/format.ts'
import { Keys } from '../../ui/Keys.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { PasswordPrompt } from './PasswordPrompt.tsx'
import { useOpenStore } from './use-open-store.ts'
import classes from './Welcome.module.css'

/** The first screen: three ways to a cache, the last ones, and what will not be touched. */
export function Welcome() {
  const { app, askToOpen } = useDesk()
  const open = useOpenStore()
  const samples = useOpenSamples()
  const openFolder = async (): Promise<void> => {
    const dialog = hostDialog(app)
    if (!dialog) return askToOpen()
    const location = await dialog()
    if (location !== undefined) open.mutate({ location })
  }
  const error = (needsPassword(open.error) ? null : open.error) ?? samples.error
  return (
    <div className={classes.welcome}>
      <div className={classes.column}>
        <h1 className={classes.title}>
          <b>hash</b>cache inspector
        </h1>
        <p className={classes.lead}>
          See what your caches of computed results hold, what it cost, and what is broken.
        </p>
        <div className={classes.ways}>
          <Way
            icon={<IconFolderOpen size={20} stroke={1.6} />}
            title="Open a folder…"
            keys="Mod+O"
            onClick={() => void openFolder()}
          >
            Walk to the cache on this machine
          </Way>
          <Way icon={<IconPencil size={20} stroke={1.6} />} title="Open by path…" onClick={() => askToOpen()}>
            Type or paste where it stands
          </Way>
          <Way
            icon={<IconFlask size={20} stroke={1.6} />}
            title="Open the sample caches"
            isBusy={samples.isBusy}
            onClick={() => void samples.open()}
          >
            Alloys, fits and images to try things on
          </Way>
        </div>
        {error ? (
          <div className={classes.error} role="alert">
            {visibleText(error.message)}
          </div>
        ) : null}
        <PasswordPrompt opening={open} />
        <Recents onOpen={(location) => open.mutate({ location })} />
        <div className={classes.promise}>
          <IconShieldCheck size={18} stroke={1.6} aria-hidden />
          <div>
            <b>Looking changes nothing.</b> Caches are opened read-only: no file is written, no time of access
            moves, no lock is left behind, and no code inside a pickle is ever run. The index that makes
            search fast stands in your own data folder, never in the cache.
          </div>
        </div>
      </div>
    </div>
  )
}

interface WayProps {
  icon: ReactNode
  title: string
  keys?: string
  isBusy?: boolean
  children: ReactNode
  onClick: () => void
}

function Way({ icon, title, keys, isBusy = false, children, onClick }: WayProps) {
  return (
    <button type="button" className={classes.way} onClick={onClick} disabled={isBusy}>
      <span className={classes.wayIcon}>{icon}</span>
      <span className={classes.wayTitle}>
        {title} {keys ? <Keys keys={keys} /> : null}
      </span>
      <span className={classes.wayText}>{isBusy ? 'Opening…' : children}</span>
    </button>
  )
}

function Recents({ onOpen }: { onOpen: (location: string) => void }) {
  const { app, nowSeconds } = useDesk()
  const client = useQueryClient()
  if (app.recents.length === 0) return null
  const forget = async (location: string): Promise<void> => {
    client.setQueryData(appQuery.queryKey, await forgetRecent(location))
  }
  return (
    <section aria-label="Recent caches" className={classes.recents}>
      <h2 className={classes.heading}>Recent</h2>
      <ul className={classes.list}>
        {app.recents.map((recent) => (
          <li key={recent.location} className={classes.recent}>
            <button
              type="button"
              className={classes.recentButton}
              title={visibleText(recent.location)}
              onClick={() => onOpen(recent.location)}
            >
              <span className={classes.kind}>{recent.kind.slice(0, 6)}</span>
              <span className={classes.recentLabel}>{visibleText(recent.label)}</span>
              <span className={classes.recentPath}>{visibleText(middleCut(recent.location, 52))}</span>
              <span className={classes.when}>{formatRelative(recent.openedAtMs / 1_000, nowSeconds)}</span>
            </button>
            <Tooltip label="Forget this one (the cache stays as it is)">
              <ActionIcon
                size={20}
                aria-label={`Forget ${visibleText(recent.label)}`}
                onClick={() => void forget(recent.location)}
              >
                <IconX size={13} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Opens every sample and goes to the first. */
function useOpenSamples() {
  const { navigate } = useDesk()
  const client = useQueryClient()
  const [state, setState] = useState<{ isBusy: boolean; error: Error | null }>({ isBusy: false, error: null })
  const open = async (): Promise<void> => {
    setState({ isBusy: true, error: null })
    try {
      const opened = await Promise.all((await makeSamples()).map(({ location }) => openStore(location)))
      for (const connection of opened) putConnection(client, connection)
      void client.invalidateQueries({ queryKey: appQuery.queryKey })
      setState({ isBusy: false, error: null })
      navigate({ store: opened[0]?.location, query: '', entry: undefined })
    } catch (error) {
      setState({ isBusy: false, error: error instanceof Error ? error : new Error(String(error)) })
    }
  }
  return { ...state, open }
}
