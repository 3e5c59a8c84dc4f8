import { BrowserWindow } from 'electron'
import { appUrl, hardenedPreferences } from './security.ts'

/** Opens the window, shown when its first picture is ready. */
export async function openWindow(preloadFile: string): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Hashcache Inspector',
    webPreferences: { ...hardenedPreferences, preload: preloadFile },
  })
  window.once('ready-to-show', () => window.show())
  await window.loadURL(appUrl)
  return window
}
