import type { App } from '../../shared/api/contract.ts'

declare global {
  interface Window {
    /** Put there by the desktop's preload script. */
    readonly hashcacheHost?: {
      /** The chosen path, or `undefined` if the dialog was cancelled. */
      readonly openDialog?: () => Promise<string | undefined>
    }
  }
}

/** The system's own dialog for choosing a cache, where the host has one. */
export function hostDialog(app: App): (() => Promise<string | undefined>) | undefined {
  return app.nativeOpenDialog ? window.hashcacheHost?.openDialog : undefined
}
