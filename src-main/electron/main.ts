import { join, resolve } from 'node:path'
import { BrowserWindow, Menu, app, dialog, ipcMain, protocol, safeStorage, session, shell } from 'electron'
import { dataFolder } from '../../shared/catalog/location.ts'
import { staticFiles } from '../engine/http/static-files.ts'
import { EngineProcess } from './engine-process.ts'
import { namedLocations } from './locations.ts'
import { menuTemplate } from './menu.ts'
import { appProtocol } from './protocol.ts'
import { KeptSecrets } from './secrets.ts'
import { appScheme, appUrl, isAppSender, lockContents, lockSession, schemePrivileges } from './security.ts'
import { openWindow } from './window.ts'

// The bundle stands in out/main; what plain Node has to read stands beside the archive, unpacked.
const outFolder = join(import.meta.dirname, '..')
const unpackedFolder = outFolder.replace(/app\.asar(?=[\\/]|$)/, 'app.asar.unpacked')
const nodeName = process.platform === 'win32' ? 'node.exe' : 'node'
const nodeBinary = app.isPackaged
  ? join(process.resourcesPath, 'node', nodeName)
  : join(outFolder, '..', 'node_modules', 'node', 'bin', nodeName)

const engine = new EngineProcess({
  nodeBinary,
  program: join(unpackedFolder, 'main', 'engine.js'),
  dataFolder: dataFolder(),
  version: app.getVersion(),
})

/** What the interface and the shell itself ask goes through here. */
const secrets = new KeptSecrets({
  file: join(dataFolder(), 'secrets.json'),
  keyStore: () => safeStorage,
  next: (request) => engine.fetch(request),
})

/** Locations that the system handed over before the engine was there. */
const waiting: string[] = namedLocations(process.argv, app.isPackaged)

if (app.requestSingleInstanceLock()) {
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: schemePrivileges }])
  listen()
  void run()
} else {
  app.quit()
}

function listen(): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents))
  app.on('open-file', (event, path) => {
    event.preventDefault()
    void openLocations([path])
  })
  app.on('second-instance', (_event, argv, folder) => {
    BrowserWindow.getAllWindows()[0]?.focus()
    void openLocations(namedLocations(argv, app.isPackaged).map((location) => absolute(location, folder)))
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) void openWindow(join(outFolder, 'preload', 'preload.cjs'))
  })
  let isStopped = false
  app.on('will-quit', (event) => {
    if (isStopped) return
    event.preventDefault()
    void engine.stop().finally(() => {
      isStopped = true
      app.quit()
    })
  })
}

async function run(): Promise<void> {
  engine.start()
  await app.whenReady()
  lockSession(session.defaultSession)
  protocol.handle(
    appScheme,
    appProtocol({
      files: staticFiles(join(outFolder, 'renderer')),
      engine,
      ask: (request) => secrets.fetch(request),
    }),
  )
  ipcMain.handle('open-dialog', async (event, kind: unknown) => {
    if (!isAppSender(event.senderFrame)) throw new Error('This message is not from the app.')
    return chooseLocation(kind === 'file' ? 'file' : 'folder')
  })
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(process.platform, {
        open: (kind) => void chooseLocation(kind).then((path) => openLocations(path === null ? [] : [path])),
        openData: () => void shell.openPath(dataFolder()),
      }),
    ),
  )
  await openLocations(waiting.splice(0).map((location) => absolute(location, process.cwd())))
  await openWindow(join(outFolder, 'preload', 'preload.cjs'))
}

/** Opens caches through the engine's API; the interface hears of them by the event stream. */
async function openLocations(locations: readonly string[]): Promise<void> {
  if (!app.isReady()) {
    waiting.push(...locations)
    return
  }
  for (const location of locations) {
    const response = await secrets.fetch(
      new Request(`${appUrl}api/stores`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ location }),
      }),
    )
    if (!response.ok) {
      const { message } = (await response.json()) as { message: string }
      dialog.showErrorBox('This cache cannot be opened', message)
    }
  }
}

async function chooseLocation(kind: 'folder' | 'file'): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog({
    properties: [kind === 'folder' ? 'openDirectory' : 'openFile', 'dontAddToRecent'],
  })
  return filePaths[0] ?? null
}

function absolute(location: string, folder: string): string {
  return /^[a-z][a-z+-]+:/i.test(location) ? location : resolve(folder, location)
}
