import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { browserCommand, hasDisplay } from './browser.ts'
import { findDesktop } from './desktop.ts'

let folder: string
let electronFolder: string
const dataFolder = (): string => join(folder, 'data')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-desktop-'))
  electronFolder = join(folder, 'electron')
  mkdirSync(electronFolder)
  writeFileSync(join(electronFolder, 'package.json'), JSON.stringify({ version: '45.0.0', type: 'commonjs' }))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** An installer in place of Electron's own: it notes that it ran. */
function installer(program: string): void {
  writeFileSync(
    join(electronFolder, 'install.js'),
    `const fs = require('node:fs'); fs.appendFileSync(__dirname + '/ran', 'x'); ${program}`,
  )
}
const find = (environment: Record<string, string> = { DISPLAY: ':0' }) =>
  findDesktop({
    dataFolder: dataFolder(),
    electronFolder,
    environment,
    platform: 'linux',
    downloadLimitMs: 1_000,
  })
const timesRun = (): number =>
  existsSync(join(electronFolder, 'ran')) ? readFileSync(join(electronFolder, 'ran')).length : 0

describe('finding Electron', () => {
  it('does not even try without a display', async () => {
    installer('')
    expect(await find({})).toEqual({ kind: 'absent', reason: 'There is no display here' })
    expect(timesRun()).toBe(0)
  })

  it('takes the binary that is here', async () => {
    mkdirSync(join(electronFolder, 'dist'))
    writeFileSync(join(electronFolder, 'dist', 'electron'), '')
    writeFileSync(join(electronFolder, 'path.txt'), 'electron')
    expect(await find()).toEqual({ kind: 'ready', binary: join(electronFolder, 'dist', 'electron') })
  })

  it('downloads it where that works', async () => {
    installer(
      `fs.mkdirSync(__dirname + '/dist'); fs.writeFileSync(__dirname + '/dist/electron', ''); fs.writeFileSync(__dirname + '/path.txt', 'electron')`,
    )
    expect(await find()).toMatchObject({ kind: 'ready' })
  })

  it('remembers a download that failed, for this version', async () => {
    installer('process.exit(1)')
    expect(await find()).toMatchObject({ kind: 'absent', reason: 'Electron 45.0.0 cannot be downloaded' })
    expect(await find()).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining('could not be downloaded before'),
    })
    expect(timesRun()).toBe(1)
    writeFileSync(join(electronFolder, 'package.json'), JSON.stringify({ version: '46.0.0' }))
    await find()
    expect(timesRun()).toBe(2)
  })

  it('waits no longer than its limit for a network that does not answer', async () => {
    installer('setInterval(() => undefined, 1000)')
    const started = performance.now()
    expect(await find()).toMatchObject({ kind: 'absent' })
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('finding a browser', () => {
  it('needs a display on Linux, and a program to ask', () => {
    writeFileSync(join(folder, 'xdg-open'), '', { mode: 0o755 })
    expect(browserCommand('linux', { PATH: folder })).toBeUndefined()
    expect(browserCommand('linux', { PATH: '/nowhere', DISPLAY: ':0' })).toBeUndefined()
    expect(browserCommand('linux', { PATH: `/nowhere:${folder}`, WAYLAND_DISPLAY: 'wayland-0' })).toEqual([
      join(folder, 'xdg-open'),
    ])
    expect(browserCommand('darwin', {})).toEqual(['open'])
    expect(hasDisplay('darwin', { SSH_CONNECTION: '1.2.3.4' })).toBe(false)
  })
})
