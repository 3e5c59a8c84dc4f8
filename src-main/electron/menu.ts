import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  open(kind: 'folder' | 'file'): void
  openData(): void
}

/**
 * The application menu. Keys that the interface handles itself (open, refresh, find, close tab)
 * have no accelerator here, so that they mean the same in the browser and on the desktop.
 */
export function menuTemplate(platform: NodeJS.Platform, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      { label: 'Open Folder…', click: () => actions.open('folder') },
      { label: 'Open File…', click: () => actions.open('file') },
      { type: 'separator' },
      { label: 'Show Data Folder', click: () => actions.openData() },
      { type: 'separator' },
      isMac ? { role: 'close' } : { role: 'quit' },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: '&View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      { role: 'toggleDevTools' },
    ],
  }
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    file,
    { role: 'editMenu' },
    view,
    { role: 'windowMenu' },
  ]
}
