import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Connection, EntryDetail } from '../shared/api/contract.ts'
import { decodeFrame, type PlaneHeader } from '../shared/api/pictures.ts'
import { python } from '../shared/testing/python.ts'
import { createEngine } from '../src-main/engine/engine.ts'
import { median } from './figures.ts'
import type { BenchContext } from './run.ts'

const arrayBytes = 2 ** 31
const rounds = 3

interface Cost {
  readonly seconds: number
  readonly memory: number
}

/** The first picture of an array of 2 GB: ours through the engine, beside loading it with joblib. */
export async function benchPictures(context: BenchContext): Promise<void> {
  const { folder } = context
  const cache = path.join(folder, 'large', 'cache')
  mkdirSync(cache, { recursive: true })
  const script = (name: string, ...parameters: string[]): string =>
    execFileSync(python, [path.join(import.meta.dirname, name), ...parameters], { encoding: 'utf8' }).trim()
  const key = script('make-large-array.py', cache, String(arrayBytes))
  const ours: Cost[] = []
  const theirs: Cost[] = []
  let sample = ''
  for (let round = 0; round < rounds; round++) {
    const { header, ...cost } = await openOnce(cache, key, path.join(folder, `data-${round}`))
    ours.push(cost)
    sample = `${header.height} × ${header.width} cells of ${header.looked.toLocaleString('en')} elements`
    theirs.push(JSON.parse(script('load-large-array.py', path.join(cache, key.slice(0, 2), key))) as Cost)
  }
  rmSync(path.join(folder, 'large'), { recursive: true })
  const of = (costs: Cost[], name: keyof Cost): number => median(costs.map((cost) => cost[name]))
  const line = (costs: Cost[]): string =>
    `${of(costs, 'seconds').toFixed(2)} s, ${(of(costs, 'memory') / 1e6).toFixed(0)} MB more memory`
  context.print(`an array of ${(arrayBytes / 1e9).toFixed(1)} GB, from the click to its picture`)
  context.print(`  engine, entry, picture and table   ${line(ours)} (${sample})`)
  context.print(`  joblib.load and a strided copy     ${line(theirs)}`)
  context.print(
    `  ratio                              ${(of(theirs, 'seconds') / of(ours, 'seconds')).toFixed(1)} times as fast`,
  )
}

/** A fresh engine, so that no thread has anything in memory; its start and the index are not counted. */
async function openOnce(cache: string, key: string, dataFolder: string) {
  await using engine = await createEngine({ dataFolder, host: 'web', version: 'bench' })
  const ask = async (address: string, body?: object): Promise<Response> => {
    const init = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    const response = await engine.app.request(`/api/${address}`, init)
    if (!response.ok) throw new Error(await response.text())
    return response
  }
  const store = (await (await ask('stores', { location: cache })).json()) as Connection
  const entry = `stores/${store.id}/entries/${key}`
  while (engine.connections.get(store.id).shown.state !== 'ready')
    await new Promise((go) => setTimeout(go, 20))
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
  const started = performance.now()
  const { outputPath } = (await (await ask(entry)).json()) as EntryDetail
  const picture = await (await ask(`${entry}/plane?path=${outputPath}&height=520&width=800`)).arrayBuffer()
  await (await ask(`${entry}/array?path=${outputPath}&rows=0:100&columns=0:24`)).arrayBuffer()
  const seconds = (performance.now() - started) / 1000
  clearInterval(watch)
  const { header } = decodeFrame<PlaneHeader>(picture)
  return { seconds, memory: Math.max(most, process.memoryUsage.rss()) - before, header }
}
