import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(path.join(tmpdir(), 'hashcache-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(...parameters: string[]): ChildProcess {
  return spawn(process.execPath, [path.join(import.meta.dirname, 'start.ts'), ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HASHCACHE_DATA: folder, DISPLAY: '', WAYLAND_DISPLAY: '' },
  })
}

describe('npm start without a display', () => {
  it(
    'serves the samples, says why in one line, and prints the address last',
    { timeout: 180_000 },
    async () => {
      const child = start()
      child.stdout!.setEncoding('utf8')
      let printed = ''
      while (!/token=[\w-]+\n$/.test(printed)) printed += String((await once(child.stdout!, 'data'))[0])
      const lines = printed.trimEnd().split('\n')
      expect(lines.filter((line) => line.includes('There is no display here'))).toHaveLength(1)
      const address = new URL(lines.at(-1)!)
      const authorization = `Bearer ${address.searchParams.get('token')}`
      const { items } = (await (
        await fetch(new URL('/api/stores', address), { headers: { authorization } })
      ).json()) as { items: { label: string }[] }
      expect(items.map(({ label }) => label)).toEqual(['alloys/cache', 'reports/cache'])
      const page = await fetch(new URL('/', address), { headers: { authorization } })
      expect(await page.text()).toContain('<div id="root">')
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).toEqual([0, null])
    },
  )

  it('says in a sentence what cannot be opened', { timeout: 180_000 }, async () => {
    const child = start(path.join(folder, 'none'))
    let said = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
    expect(await once(child, 'close')).toEqual([2, null])
    expect(said).toContain(`There is no ${path.join(folder, 'none')}`)
    expect(said).not.toMatch(/\n\s+at /)
  })
})
