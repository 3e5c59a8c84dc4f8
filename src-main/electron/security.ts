import type { Session, WebContents, WebFrameMain, WebPreferences } from 'electron'

/** The one origin of the app. A standard scheme: URLs have a host and paths, and `'self'` works in the policy. */
export const appScheme = 'hashcache'
const appHost = 'app'
export const appUrl = `${appScheme}://${appHost}/`

/**
 * Electron's security checklist, points 2 to 6 and 8 to 11: written out although most are
 * defaults, so that a changed default does not change us. The test compares every field.
 */
export const hardenedPreferences = {
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableBlinkFeatures: '',
  webviewTag: false,
  navigateOnDragDrop: false,
  safeDialogs: true,
  spellcheck: false,
} as const satisfies WebPreferences

/** The scheme's privileges: secure and standard like https, fetch and streams, nothing that bypasses the policy. */
export const schemePrivileges = {
  standard: true,
  secure: true,
  supportFetchAPI: true,
  stream: true,
  corsEnabled: false,
  bypassCSP: false,
  allowServiceWorkers: false,
} as const

/** Whether the URL is of the app itself. Compared by parts: `hashcache://app.evil/` and `hashcache://app@evil/` are not. */
export function isAppUrl(text: string): boolean {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return false
  }
  return (
    url.protocol === `${appScheme}:` && url.host === appHost && url.username === '' && url.password === ''
  )
}

/** Point 5: every permission is denied, asked for or checked; devices and downloads too. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  // Raw values are downloaded from the app's own origin; anything else is not ours.
  session.on('will-download', (event, item) => {
    if (!isAppUrl(item.getURL().replace(/^blob:/, ''))) event.preventDefault()
  })
}

/** Points 11 to 15: no webview, no navigation out of the app, no new window, no opening of links elsewhere. */
export function lockContents(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('will-navigate', (event) => {
    if (!isAppUrl(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isAppUrl(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isAppUrl(event.url)) event.preventDefault()
  })
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Point 17: an IPC message counts only from the top frame of a page of the app. */
export function isAppSender(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isAppUrl(frame.url)
}
