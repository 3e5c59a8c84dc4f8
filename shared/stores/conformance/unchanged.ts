import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readlinkSync, utimesSync } from 'node:fs'
import { join, relative } from 'node:path'

import { expect, test } from 'vitest'

import { openFileSource } from '../../decode/file-source.ts'
import { detectStores } from '../detect.ts'
import type { Store } from '../contract.ts'
import { collect } from './plain.ts'

/** A cache on disk, as somebody else made it. */
export interface Existing extends AsyncDisposable {
  /** The folder that holds everything of the cache and nothing else. */
  readonly folder: string
  open(): Promise<Store>
}

const tenDaysMs = 864_000_000

/**
 * Looking changes nothing: after all of a cache was listed and read, its folder has the
 * same names with the same bytes, times of modification and of access. The times of
 * access are set back first, so that a plain read would move them.
 *
 * Those of folders are not compared: no system lets a folder be listed without them.
 */
export function unchangedLaw(name: string, existing: () => Promise<Existing>): void {
  test(`${name}: looking changes nothing`, async () => {
    await using cache = await existing()
    for (const path of walk(cache.folder)) makeLookedAtLongAgo(path)
    const before = picture(cache.folder)
    await detectStores(cache.folder)
    const store = await cache.open()
    await lookAtEverything(store)
    await store[Symbol.asyncDispose]()
    expect(picture(cache.folder)).toEqual(before)
  })
}

async function lookAtEverything(store: Store): Promise<void> {
  const token = await store.changeToken()
  const entries = await collect(store.entries())
  expect(entries.length).toBeGreaterThan(0)
  for (const part of token.parts?.keys() ?? []) await collect(store.entriesOf!(part))
  const keys = entries.map(({ key }) => key)
  const whole = await store.getMany(keys)
  expect(whole.filter((value) => value === undefined)).toEqual([])
  await store.getMany(keys, { range: [1, 10] })
  for (const key of keys) {
    const place = store.locate?.(key)
    if (!place) continue
    using source = openFileSource(place.path, place)
    source.read(0, place.length)
  }
  await store.strays?.(1_000)
  await store.databases?.()
  expect(await store.changeToken()).toEqual(token)
}

/** Sets the time of access back, so that any reading moves it. */
export function makeLookedAtLongAgo(path: string): void {
  const status = lstatSync(path)
  if (!status.isFile()) return
  utimesSync(path, (status.mtimeMs - tenDaysMs) / 1_000, status.mtimeMs / 1_000)
}

/** Names, bytes and times of all that stands in a folder. */
export function picture(folder: string): unknown[] {
  return [...walk(folder)].map((path) => {
    const status = lstatSync(path, { bigint: true })
    const name = relative(folder, path)
    if (status.isDirectory()) return { name, mtimeNs: status.mtimeNs, mode: status.mode }
    const { mtimeNs, atimeNs, ctimeNs, size, mode, ino } = status
    return {
      name,
      mtimeNs,
      atimeNs,
      ctimeNs,
      size,
      mode,
      ino,
      content: status.isSymbolicLink() ? readlinkSync(path) : digest(path),
    }
  })
}

function digest(path: string): string {
  using source = openFileSource(path)
  return createHash('sha256').update(source.read(0, source.byteLength)).digest('hex')
}

/** A folder and every path below it. */
export function* walk(folder: string): Generator<string> {
  yield folder
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name)
    if (item.isDirectory()) yield* walk(path)
    else yield path
  }
}
