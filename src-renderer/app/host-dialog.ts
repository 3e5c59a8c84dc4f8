import type { App } from '../../shared/api/contract.ts'

declare global {
  interface Window {
    /** Put there by the desktop's preload script. */
    readonly hashcacheHost?: {
      /** The chosen path, or `null` if the dialog was cancelled. */
      readonly openDialog: (kind: 'folder' | 'file') => Promise<string | null>
    }
  }
}

/** The system's own dialog for choosing a folder, where the host has one; it answers `undefined` if it was cancelled. */
export function hostDialog(app: App): (() => Promise<string | undefined>) | undefined {
  const host = window.hashcacheHost
  if (!app.nativeOpenDialog || !host) return undefined
  return async () => (await host.openDialog('folder')) ?? undefined
}
