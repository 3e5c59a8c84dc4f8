import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { _electron, expect, test } from '@playwright/test'
import { copyCache, temporaryFolder } from './program.ts'

const root = path.resolve(import.meta.dirname, '..')
const binary = electronBinary()
const hasDisplay =
  process.platform !== 'linux' ||
  process.env.DISPLAY !== undefined ||
  process.env.WAYLAND_DISPLAY !== undefined

/** Path of Electron's binary, if it was downloaded; asking the package itself would download it. */
function electronBinary(): string | undefined {
  const folder = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const note = path.join(folder, 'path.txt')
  if (!existsSync(note)) return undefined
  const found = path.join(folder, 'dist', readFileSync(note, 'utf8').trim())
  return existsSync(found) ? found : undefined
}

test.skip(binary === undefined, 'The binary of Electron is not here')
test.skip(!hasDisplay, 'There is no display')

test('the desktop shows the same interface, without a port and without Node in the page', async () => {
  await using folder = await temporaryFolder()
  const cache = await copyCache('fs-class', folder.path)
  const desktop = await _electron.launch({
    executablePath: binary,
    args: [root, cache],
    env: { ...process.env, HASHCACHE_DATA: path.join(folder.path, 'data') },
  })
  try {
    const page = await desktop.firstWindow()
    await expect(page.getByRole('grid', { name: 'Entries' })).toHaveAttribute('aria-rowcount', '154')
    expect(page.url()).not.toMatch(/^(http|file):/)
    expect(await page.evaluate<string>('typeof process + typeof require')).toBe('undefinedundefined')
  } finally {
    await desktop.close()
  }
})
