import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Connection, EntryDetail } from '../../shared/api/contract.ts'
import { entryDetail } from '../../shared/api/contract.ts'
import { corpusFolder } from '../../shared/testing/corpus-folder.ts'
import { startEngine } from './testing/client.ts'

const hostile = corpusFolder('hostile')!
const folder = mkdtempSync(join(tmpdir(), 'hashcache-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * A colleague's cache full of pickles that were made to harm: code to run, bombs, lies about sizes, cycles.
 * Everything the interface can ask is asked of each of them.
 */
describe('attack: a cache of hostile values', () => {
  it('is listed whole, every question gets an answer, nothing runs and no worker dies', async () => {
    const cache = join(folder, 'cache')
    const names = new Map<string, string>()
    for (const name of readdirSync(hostile).filter((file) => /\.(pkl|joblib)$/.test(file))) {
      const key = createHash('sha1').update(name).digest('hex')
      names.set(key, name)
      mkdirSync(join(cache, key.slice(0, 2)), { recursive: true })
      copyFileSync(join(hostile, name), join(cache, key.slice(0, 2), key))
    }
    await using client = await startEngine()
    const opened = await client.ready(await client.post<Connection>('stores', { location: `fs:${cache}` }))
    expect(opened).toMatchObject({ state: 'ready', entries: names.size })

    const wrong: string[] = []
    for (const [key, name] of names) {
      const at = `stores/${opened.id}/entries/${key}`
      const answer = await client.ask(at)
      const body: unknown = await answer.json()
      if (!entryDetail.safeParse(body).success) {
        wrong.push(`${name}: ${JSON.stringify(body).slice(0, 200)}`)
        continue
      }
      const { outputPath = '', root } = body as EntryDetail
      const questions = [
        '/tree',
        `/tree?path=${outputPath}`,
        '/trust',
        '/text?as=json',
        '/text?as=python',
        '/array',
        '/statistics',
      ]
      for (const question of questions) {
        const { status } = await client.ask(at + question)
        const isFine =
          status === 200 || (status === 422 && !root) || (status === 400 && /array|statistics/.test(question))
        if (!isFine) wrong.push(`${name} ${question}: ${status}`)
      }
    }
    expect(wrong).toEqual([])
    expect(names.size).toBeGreaterThan(100)
    for (const place of [process.cwd(), cache, folder])
      expect(existsSync(join(place, 'HASHCACHE_PWNED'))).toBe(false)
  })
})
