import { existsSync, renameSync } from 'node:fs'
import { expect, it } from 'vitest'
import { planJob } from './jobs.ts'
import { contentOf } from './testing/caches.ts'
import { key, put, useWorkbench } from './testing/workbench.ts'

// A cache that was moved away, or whose disk is not mounted now, is not made anew where it was.

const { at, evict, options, run } = useWorkbench()

it.each([
  ['fs', ''],
  ['json', ''],
  ['sqlite', ''],
  ['lmdb', ''],
  ['shelve', '?format=dumb'],
  ['shelve', '?format=sqlite3'],
])('a cache of %s%s that is not there now', async (kind, format) => {
  const name = format.endsWith('dumb') ? 'cache.dat' : 'cache'
  const url = `${kind}:${at('cache')}${format}`
  await put(url, key(1), kind === 'json' ? 'json' : 'one')
  const before = await contentOf(url)
  const away = async (job: () => Promise<unknown>): Promise<void> => {
    const moved = ['cache', 'cache.dat', 'cache.dir', 'cache.bak'].filter((each) => existsSync(at(each)))
    for (const each of moved) renameSync(at(each), at(`${each}-moved`))
    await expect(job()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(existsSync(at(name))).toBe(false)
    for (const each of moved) renameSync(at(`${each}-moved`), at(each))
  }
  await away(() => evict(url))
  const planned = await evict(url)
  await away(() => run(planned))
  expect(await run(planned)).toMatchObject({ state: 'done', outcomes: { done: 1 } })
  const undo = await planJob({ kind: 'undo', job: planned.id }, options)
  await away(() => run(undo))
  expect(await run(undo)).toMatchObject({ state: 'done', outcomes: { done: 1 } })
  expect(await contentOf(url)).toEqual(before)
})
