import { createContext, useContext } from 'react'
import type { App, Connection } from '../../shared/api/contract.ts'
import type { TimeZoneChoice } from '../ui/format.ts'
import type { CommandId } from './keymap.ts'
import type { Place } from './place.ts'
import type { Navigate } from './use-place.ts'

/** What every part of the window may know and ask for. */
export interface Desk {
  readonly app: App
  readonly stores: readonly Connection[]
  readonly place: Place
  readonly navigate: Navigate
  readonly zone: TimeZoneChoice
  /** Unix time that relative times are told from; moves on twice a minute. */
  readonly nowSeconds: number
  readonly run: (command: CommandId) => void
  /** Opens the dialog for opening a cache, at a location if one is given. */
  readonly askToOpen: (location?: string) => void
}

const DeskContext = createContext<Desk | undefined>(undefined)

export const DeskProvider = DeskContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('useDesk stands outside of DeskProvider')
  return desk
}
