import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { provideSamples } from './samples.ts'
import { openSettings } from './settings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-settings-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const recent = (location: string) => ({ location, kind: 'fs', label: location, openedAtMs: 1 })

describe('settings', () => {
  it('come back at the next start, newest first, each location once, twenty at most', async () => {
    const settings = await openSettings(folder)
    await Promise.all(Array.from({ length: 30 }, (_, i) => settings.remember(recent(`/cache-${i % 25}`))))
    const { recents } = await openSettings(folder)
    expect(recents).toEqual(settings.recents)
    expect(recents.map(({ location }) => location).slice(0, 6)).toEqual([
      '/cache-4',
      '/cache-3',
      '/cache-2',
      '/cache-1',
      '/cache-0',
      '/cache-24',
    ])
    expect(recents).toHaveLength(20)
    expect(readdirSync(folder)).toEqual(['settings.json'])
  })

  it('begin anew where the file is damaged or of another form', async () => {
    for (const text of ['', '{', '[]', '{"recents":[{"location":3}]}', 'null']) {
      writeFileSync(join(folder, 'settings.json'), text)
      const settings = await openSettings(folder)
      expect(settings.recents).toEqual([])
      await settings.remember(recent('/a'))
      expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual({
        recents: [recent('/a')],
      })
    }
  })

  it('are not opened where nothing can be written', async () => {
    writeFileSync(join(folder, 'file'), '')
    const refused = { code: 'REFUSED', message: expect.stringContaining('HASHCACHE_DATA') }
    await expect(openSettings(join(folder, 'file', 'data'))).rejects.toMatchObject(refused)
    await expect(provideSamples(join(folder, 'file', 'data'))).rejects.toMatchObject(refused)
  })
})
