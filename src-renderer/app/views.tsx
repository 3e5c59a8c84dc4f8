import { lazy, Suspense, type LazyExoticComponent, type ReactNode } from 'react'
import {
  IconChartDots,
  IconChartTreemap,
  IconGitCompare,
  IconListCheck,
  IconShieldQuestion,
  IconTable,
  IconTrash,
} from '@tabler/icons-react'
import type { Connection, StoreSummary } from '../../shared/api/contract.ts'
import type { Entries } from '../features/entries/use-entries.ts'
import { Waiting } from '../ui/States.tsx'
import { useDesk } from './desk.ts'
import { viewIds, type ViewId } from './place.ts'
import classes from './views.module.css'

/** What a screen in the middle of the window gets; where it is in its own things stands in `place.options`. */
export interface ViewProps {
  readonly store: Connection
  readonly summary: StoreSummary | undefined
  /** The search that the filter and sort of the place ask for, with focus and selection. */
  readonly entries: Entries
  /** Shows the entry of `place.entry` in the inspector and goes there. */
  readonly openInspector: () => void
}

interface View {
  readonly title: string
  readonly icon: ReactNode
  /** It is about whole caches, and wants the room of the inspector. */
  readonly isWide?: boolean
  /** Loaded when it is first looked at. Absent: the entries, which are always there. */
  readonly Screen?: LazyExoticComponent<(props: ViewProps) => ReactNode>
}

/** The screens, one line each: `overview: { title, icon, Screen: lazy(() => import('../features/…')) }`. */
const views: Partial<Record<ViewId, View>> = {
  overview: {
    title: 'Overview',
    isWide: true,
    icon: <IconChartTreemap size={14} stroke={1.6} />,
    Screen: lazy(async () => ({
      default: (await import('../features/overview/OverviewView.tsx')).OverviewView,
    })),
  },
  entries: { title: 'Entries', icon: <IconTable size={14} stroke={1.6} /> },
  plot: {
    title: 'Plot',
    icon: <IconChartDots size={14} stroke={1.6} />,
    Screen: lazy(async () => ({ default: (await import('../features/plot/PlotView.tsx')).PlotView })),
  },
  compare: {
    title: 'Compare',
    isWide: true,
    icon: <IconGitCompare size={14} stroke={1.6} />,
    Screen: lazy(async () => ({
      default: (await import('../features/compare/CompareView.tsx')).CompareView,
    })),
  },
  trust: {
    title: 'Trust',
    isWide: true,
    icon: <IconShieldQuestion size={14} stroke={1.6} />,
    Screen: lazy(async () => ({ default: (await import('../features/trust/TrustView.tsx')).TrustView })),
  },
  jobs: {
    title: 'Jobs',
    isWide: true,
    icon: <IconListCheck size={14} stroke={1.6} />,
    Screen: lazy(async () => ({ default: (await import('../features/jobs/JobsView.tsx')).JobsView })),
  },
  trash: {
    title: 'Trash',
    isWide: true,
    icon: <IconTrash size={14} stroke={1.6} />,
    Screen: lazy(async () => ({ default: (await import('../features/trash/TrashView.tsx')).TrashView })),
  },
}

export function isWideView(id: ViewId): boolean {
  return views[id]?.isWide ?? false
}

/** The way from one screen to another. */
export function ViewBar() {
  const { place, navigate } = useDesk()
  const present = viewIds.flatMap((id) => {
    const view = views[id]
    return view ? [{ id, ...view }] : []
  })
  if (present.length < 2) return null
  return (
    <nav className={classes.bar} aria-label="Views" data-region>
      {present.map(({ id, title, icon }) => (
        <button
          key={id}
          type="button"
          className={classes.view}
          aria-current={place.view === id ? 'page' : undefined}
          title={title}
          onClick={() => navigate({ view: id })}
        >
          {icon} <span className={classes.title}>{title}</span>
        </button>
      ))}
    </nav>
  )
}

/** The screen of the place; `children` are the entries. */
export function OtherView({ children, ...props }: ViewProps & { children: ReactNode }) {
  const { place } = useDesk()
  const Screen = views[place.view]?.Screen
  if (!Screen) return children
  return (
    <Suspense fallback={<Waiting what="Loading…" />}>
      <Screen {...props} />
    </Suspense>
  )
}
