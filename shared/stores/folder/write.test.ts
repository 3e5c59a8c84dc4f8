import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { parseKey } from '../../model/keys.ts'
import type { WriteOperation } from '../contract.ts'
import { wholeDisk, type WholeDisk } from '../sync-disk.ts'
import type { FolderLayout } from './layout.ts'
import { writeEntries } from './write.ts'

const layout: FolderLayout = { kind: 'fs', suffix: '', values: 'pickle', ownFiles: new Map() }

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hashcache-write-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function puts(count: number): WriteOperation[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: 'put',
    key: parseKey(i.toString(16).padStart(40, '0')),
    value: Buffer.from(`value ${i}`),
    expect: 'absent',
  }))
}

/** Paths of all files, those that are temporary too, with what is in them. */
function files(): Record<string, string> {
  const all = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return Object.fromEntries(
    all.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')]),
  )
}

/** Says of each time that it was asked how many files had their place already. */
function watched(answer: boolean): { disk: WholeDisk; asked: number[] } {
  const asked: number[] = []
  const sync = async (): Promise<boolean> => {
    asked.push(Object.keys(files()).filter((name) => !name.startsWith('.')).length)
    return answer
  }
  return { disk: { canSync: async () => true, sync }, asked }
}

it('forces many files to the disk in one step, before any of them takes its place', async () => {
  const { disk, asked } = watched(true)
  const outcomes = await writeEntries(root, layout, puts(100), { disk })
  expect(outcomes.every(({ done }) => done)).toBe(true)
  expect(asked).toEqual([0])
  expect(Object.keys(files())).toHaveLength(100)
})

it('does so one by one for a few, and where the step for all fails', async () => {
  const few = watched(true)
  await writeEntries(root, layout, puts(10), { disk: few.disk })
  expect(few.asked).toEqual([])
  const failing = watched(false)
  const outcomes = await writeEntries(root, layout, puts(300), { disk: failing.disk })
  expect(failing.asked).toEqual([10])
  expect(outcomes.filter(({ done }) => done)).toHaveLength(290)
  expect(Object.keys(files())).toHaveLength(300)
  expect(files()[(299).toString(16).padStart(40, '0')]).toBe('value 299')
})

it('tells of many each that is in the way, and leaves no temporary file', async () => {
  const { disk } = watched(true)
  mkdirSync(join(root, '00', '5'.padStart(40, '0')), { recursive: true })
  writeFileSync(join(root, '00', '6'.padStart(40, '0')), 'was there')
  const outcomes = await writeEntries(root, layout, puts(80), { disk })
  expect(outcomes[5]).toMatchObject({ done: false, reason: 'REFUSED' })
  expect(outcomes[6]).toMatchObject({ done: false, reason: 'EXISTS' })
  expect(outcomes.filter(({ done }) => done)).toHaveLength(78)
  expect(Object.keys(files()).filter((name) => name.startsWith('.'))).toEqual([])
})

it.runIf(process.platform === 'linux')('by the program of the system, where that is coreutils’', async () => {
  const version = execFileSync('sync', ['--version'], { encoding: 'utf8' })
  const kind = execFileSync('stat', ['--file-system', '--format=%T', root], { encoding: 'utf8' }).trim()
  const isKnown = version.includes('GNU coreutils') && ['ext2/ext3', 'xfs', 'btrfs'].includes(kind)
  expect(await wholeDisk.canSync(root)).toBe(isKnown)
  // Nor is what only looks like a disk taken for one.
  expect(await wholeDisk.canSync('/proc')).toBe(false)
  // After one that failed it is left alone for a while.
  expect(await wholeDisk.sync(join(root, 'nothing'))).toBe(false)
  expect(await wholeDisk.canSync(root)).toBe(false)
})
