/**
 * A program for tests: does what a user without rights would do with a folder cache and prints what
 * came of it as JSON. Root may read and write everything, so it becomes nobody first;
 * others stay who they are.
 */
import { showKey } from '../../model/keys.ts'
import { toAppError } from '../../model/errors.ts'
import { discoverCaches } from '../discover.ts'
import { openStore } from '../registry.ts'
import { collect, outcomesOf } from './plain.ts'

const nobody = 65_534

async function look(location: string): Promise<unknown> {
  await using store = await openStore(location)
  const entries = await collect(store.entries())
  const values = await store.getMany(entries.map(({ key }) => key))
  const what = values.map((value) =>
    value === undefined ? 'absent' : value instanceof Uint8Array ? value.length : value.code,
  )
  return {
    entries: Object.fromEntries(entries.map(({ key }, index) => [showKey(key), what[index]])),
    strays: await store.strays!(1_000),
    parts: [...(await store.changeToken()).parts!.keys()],
  }
}

async function write(location: string, keys: string[]): Promise<unknown> {
  await using store = await openStore(location, { write: true })
  const encoder = new TextEncoder()
  const outcomes = await store.apply([
    ...keys.map((key) => ({ kind: 'put' as const, key: encoder.encode(key), value: encoder.encode('new') })),
    ...keys.map((key) => ({ kind: 'delete' as const, key: encoder.encode(key) })),
  ])
  return outcomesOf(outcomes)
}

async function discover(folder: string): Promise<unknown> {
  const events = []
  for await (const event of discoverCaches(folder)) events.push(event)
  return events.at(-1)
}

const actions = { look, write, discover }
const [action, location, ...keys] = process.argv.slice(2)
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(nobody)
  process.setuid?.(nobody)
}
const result = await actions[action as keyof typeof actions](location!, keys).catch((error: unknown) =>
  toAppError(error).toJSON(),
)
process.stdout.write(JSON.stringify({ user: process.getuid?.(), result }))
