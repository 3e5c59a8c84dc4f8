import { contextBridge, ipcRenderer } from 'electron'

/** All that the page gets of Electron. `src-renderer` finds it as `window.hashcacheHost`. */
const host = {
  /** Shows the system's dialog; the chosen path, or `null` if the user thought better of it. */
  openDialog: (kind: 'folder' | 'file'): Promise<string | null> =>
    ipcRenderer.invoke('open-dialog', kind === 'file' ? 'file' : 'folder') as Promise<string | null>,
}

contextBridge.exposeInMainWorld('hashcacheHost', host)
