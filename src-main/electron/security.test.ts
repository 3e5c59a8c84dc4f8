import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Session, WebContents, WebFrameMain } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { securityHeaders } from '../engine/http/headers.ts'
import { menuTemplate } from './menu.ts'
import { appProtocol } from './protocol.ts'
import {
  appUrl,
  hardenedPreferences,
  isAppSender,
  isAppUrl,
  lockContents,
  lockSession,
  schemePrivileges,
} from './security.ts'
import { namedLocations } from './locations.ts'

const source = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** Stands in for a page's `webContents`: events, and the handler of new windows. */
class FakeContents extends EventEmitter {
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler
  }
}

class FakeSession extends EventEmitter {
  request: ((contents: unknown, permission: string, answer: (granted: boolean) => void) => void) | undefined
  check: (() => boolean) | undefined
  device: (() => boolean) | undefined
  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler
  }
  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler
  }
  setDevicePermissionHandler(handler: typeof this.device): void {
    this.device = handler
  }
}

function lockedContents(): FakeContents {
  const contents = new FakeContents()
  lockContents(contents as unknown as WebContents)
  return contents
}

function isPrevented(
  contents: EventEmitter,
  event: string,
  details: Record<string, unknown>,
  ...rest: unknown[]
): boolean {
  const preventDefault = vi.fn<() => void>()
  contents.emit(event, { ...details, preventDefault }, ...rest)
  return preventDefault.mock.calls.length > 0
}

const foreignUrls = [
  'https://evil.example/',
  'http://127.0.0.1/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'hashcache://app.evil.example/',
  'hashcache://app@evil.example/',
  'hashcache://user@app/',
  'hashcache://other/',
  'hashcache:app/x',
  'HTTPS://APP/',
  '',
]

describe("Electron's checklist", () => {
  it('1, 18: loads nothing but its own scheme', () => {
    expect(appUrl).toBe('hashcache://app/')
    const all = ['main.ts', 'window.ts'].map((name) => source(name)).join('\n')
    expect(all).not.toMatch(/\.loadFile|https?:\/\/|file:\/\//)
    expect(schemePrivileges).toMatchObject({
      standard: true,
      secure: true,
      bypassCSP: false,
      corsEnabled: false,
      allowServiceWorkers: false,
    })
  })

  it('2, 3, 4, 6, 8, 9, 10, 11: the web preferences are hardened, and every window has them', () => {
    expect(hardenedPreferences).toEqual({
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
    })
    expect(source('window.ts').match(/new BrowserWindow/g)).toHaveLength(1)
    expect(source('window.ts')).toContain('...hardenedPreferences')
    expect(source('main.ts')).not.toContain('new BrowserWindow')
    expect(source('main.ts')).toContain('app.enableSandbox()')
  })

  it('5: denies every permission', () => {
    const session = new FakeSession()
    lockSession(session as unknown as Session)
    const answer = vi.fn<(granted: boolean) => void>()
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal'])
      session.request?.({}, permission, answer)
    expect(answer.mock.calls.flat()).toEqual([false, false, false, false, false])
    expect(session.check?.()).toBe(false)
    expect(session.device?.()).toBe(false)
  })

  it('7: sends a policy without inline or foreign scripts', () => {
    const policy = securityHeaders['content-security-policy']
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/)
  })

  it('11, 12: attaches no webview', () => {
    expect(isPrevented(lockedContents(), 'will-attach-webview', {})).toBe(true)
  })

  it.each(foreignUrls)('13: does not go to %s', (url) => {
    const contents = lockedContents()
    expect(isAppUrl(url)).toBe(false)
    expect(isPrevented(contents, 'will-navigate', { url })).toBe(true)
    expect(isPrevented(contents, 'will-redirect', { url })).toBe(true)
    expect(isPrevented(contents, 'will-frame-navigate', { url, isMainFrame: true })).toBe(true)
  })

  it('13: goes to its own pages, but not in a frame', () => {
    const contents = lockedContents()
    expect(isPrevented(contents, 'will-navigate', { url: 'hashcache://app/?store=a' })).toBe(false)
    expect(
      isPrevented(contents, 'will-frame-navigate', { url: 'hashcache://app/', isMainFrame: false }),
    ).toBe(true)
  })

  it('14, 15: opens no window, and hands no link to the system', () => {
    const contents = lockedContents()
    for (const url of [...foreignUrls, appUrl])
      expect(contents.windowOpenHandler?.({ url })).toEqual({ action: 'deny' })
    for (const name of ['main.ts', 'security.ts', 'window.ts', 'menu.ts'])
      expect(source(name)).not.toContain('openExternal(')
  })

  it('16: runs a supported Electron', () => {
    const { devDependencies } = JSON.parse(source('../../package.json')) as {
      devDependencies: Record<string, string>
    }
    expect(Number(devDependencies.electron?.split('.')[0])).toBeGreaterThanOrEqual(45)
  })

  it('17: hears no message but from the top frame of its own page', () => {
    const frame = (url: string, parent: object | null): WebFrameMain =>
      ({ url, parent }) as unknown as WebFrameMain
    expect(isAppSender(frame('hashcache://app/', null))).toBe(true)
    expect(isAppSender(frame('hashcache://app/', {}))).toBe(false)
    expect(isAppSender(null)).toBe(false)
    for (const url of foreignUrls) expect(isAppSender(frame(url, null))).toBe(false)
    const handlers = source('main.ts').match(/ipcMain\.(handle|on)\(/g)
    expect(source('main.ts').match(/isAppSender\(event\.senderFrame\)/g)).toHaveLength(handlers!.length)
  })

  it('19: sets the fuses', () => {
    const config = source('../../electron-builder.yml')
    for (const off of [
      'runAsNode',
      'enableNodeOptionsEnvironmentVariable',
      'enableNodeCliInspectArguments',
      'grantFileProtocolExtraPrivileges',
    ])
      expect(config).toMatch(new RegExp(`^  ${off}: false$`, 'm'))
    for (const on of [
      'enableCookieEncryption',
      'enableEmbeddedAsarIntegrityValidation',
      'onlyLoadAppFromAsar',
    ])
      expect(config).toMatch(new RegExp(`^  ${on}: true$`, 'm'))
  })

  it('20: gives the page one function, and no Electron object', () => {
    const preload = source('preload.ts')
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1)
    expect(preload).not.toMatch(/ipcRenderer\s*[,}]\s*\)|ipcRenderer\.(send|on)|shell|webFrame|clipboard/)
  })

  it('lets the page download from its own origin only', () => {
    const session = new FakeSession()
    lockSession(session as unknown as Session)
    const item = (url: string): object => ({ getURL: () => url })
    expect(
      isPrevented(session, 'will-download', {}, item('hashcache://app/api/stores/a/entries/b/raw')),
    ).toBe(false)
    expect(isPrevented(session, 'will-download', {}, item('https://evil.example/x.exe'))).toBe(true)
  })
})

describe('the scheme', () => {
  const files = { respond: async ({ path }: { path: string }) => new Response(`file ${path}`) }

  it('hands the API to the engine and files to the page, with the policy on both', async () => {
    const engine = {
      state: { kind: 'running' as const },
      restart: () => undefined,
      fetch: async () => Response.json({ from: 'engine' }),
    }
    const handle = appProtocol({ files, engine, ask: engine.fetch })
    const api = await handle(new Request('hashcache://app/api/app'))
    expect(await api.json()).toEqual({ from: 'engine' })
    const page = await handle(new Request('hashcache://app/store/x'))
    expect(await page.text()).toBe('file /store/x')
    for (const answer of [api, page])
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await handle(new Request('hashcache://elsewhere/api/app'))).status).toBe(404)
  })

  it('says why when the engine has given up, as text, and starts it on request', async () => {
    const restart = vi.fn<() => void>()
    const engine = {
      state: { kind: 'failed' as const, reason: 'bad <script>alert(1)</script> & worse' },
      restart,
      fetch: async () => new Response(null, { status: 503 }),
    }
    const handle = appProtocol({ files, engine, ask: engine.fetch })
    const page = await handle(new Request('hashcache://app/'))
    expect(page.status).toBe(503)
    expect(await page.text()).toContain('bad &lt;script&gt;alert(1)&lt;/script&gt; &amp; worse')
    expect((await handle(new Request('hashcache://app/?restart=1'))).status).toBe(303)
    expect(restart).toHaveBeenCalledOnce()
  })
})

describe('menu and arguments', () => {
  it('has the opening actions on every platform', () => {
    const opened: string[] = []
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const template = menuTemplate(platform, {
        open: (kind) => opened.push(kind),
        openData: () => opened.push('data'),
      })
      const file = template.find(({ label }) => label === '&File')
      for (const item of file!.submenu as { click?: () => void }[]) item.click?.()
    }
    expect(opened).toEqual(Array.from({ length: 3 }, () => ['folder', 'file', 'data']).flat())
  })

  it('takes the named caches and no switches', () => {
    expect(namedLocations(['electron', '.', '--no-sandbox', '/data/cache', 'json:/x'], false)).toEqual([
      '/data/cache',
      'json:/x',
    ])
    expect(namedLocations(['/opt/app', '/data/cache', ''], true)).toEqual(['/data/cache'])
  })
})
