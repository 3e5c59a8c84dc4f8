import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

type Lockfile = { readonly packages: Readonly<Record<string, { readonly version?: string }>> }

/**
 * `lmdb@2.6.8-v1` names a prebuild for each platform, but only the one for Linux on x64 was published. npm leaves
 * the others without a version, which `npm ci` takes.
 */
const unpublished =
  /^node_modules\/lmdb\/node_modules\/@lmdb\/lmdb-(darwin-arm64|darwin-x64|linux-arm|linux-arm64|win32-x64)$/

test('every package of the lockfile has a version: else a fresh `npm ci` ends in "Invalid Version"', () => {
  const { packages } = JSON.parse(
    readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
  ) as Lockfile
  const without = Object.entries(packages).flatMap(([path, entry]) =>
    entry.version === undefined && !unpublished.test(path) ? [path] : [],
  )
  expect(Object.keys(packages).length).toBeGreaterThan(400)
  expect(without).toEqual([])
})
