import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Connection, EntryDetail } from '../../shared/api/contract.ts'
import { entryDetail } from '../../shared/api/contract.ts'
import { corpusFolder } from '../../shared/testing/corpus-folder.ts'
import { createEngine } from './engine.ts'

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
    await using engine = await createEngine({ dataFolder: join(folder, 'data'), host: 'web', version: '0' })
    const opened = await engine.connections.open(`fs:${cache}`)
    const events = await engine.app.request('/api/events')
    await readUntilReady(events, opened.id)
    expect(engine.connections.get(opened.id).shown).toMatchObject({ state: 'ready', entries: names.size })

    const wrong: string[] = []
    for (const [key, name] of names) {
      const at = `/api/stores/${opened.id}/entries/${key}`
      const answer = await engine.app.request(at)
      const body: unknown = await answer.json()
      if (!entryDetail.safeParse(body).success) {
        wrong.push(`${name}: ${JSON.stringify(body).slice(0, 200)}`)
        continue
      }
      const { outputPath = '', root } = body as EntryDetail
      const questions = [
        '/tree',
        `/tree?path=${outputPath}`,
        '/text?as=json',
        '/text?as=python',
        '/array',
        '/statistics',
      ]
      for (const question of questions) {
        const { status } = await engine.app.request(at + question)
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

async function readUntilReady(events: Response, id: string): Promise<void> {
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; ;) {
    const { value, done } = await reader.read()
    if (done) throw new Error('the stream ended')
    text += value
    const stores = [...text.matchAll(/^data: (.*)$/gm)].flatMap(([, json]) => {
      const event = JSON.parse(json!) as { stores?: Connection[]; store?: Connection }
      return event.stores ?? (event.store ? [event.store] : [])
    })
    if (stores.some((store) => store.id === id && store.state !== 'indexing' && store.state !== 'opening'))
      break
  }
  await reader.cancel()
}
