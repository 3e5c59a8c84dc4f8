import type { MessagePort } from 'node:worker_threads'
import type { StoreLocation } from '../../../shared/stores/contract.ts'

/** Looks at a location: file systems may be slow, and what is sampled there large. */
export type ProbeTask =
  | { readonly ask: 'open' | 'test' | 'databases'; readonly location: string; readonly kind?: string }
  | { readonly ask: 'detect'; readonly location: string }
  | { readonly ask: 'target'; readonly location: string; readonly from: string }
  /** Opens it for writing, and closes it. */
  | { readonly ask: 'unlock'; readonly store: StoreLocation }
  /** Each `Discovery` goes out through the port; the message `cancel` comes in. */
  | { readonly ask: 'discover'; readonly folder: string; readonly port: MessagePort }
