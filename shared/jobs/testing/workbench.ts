import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { parseKey } from '../../model/keys.ts'
import { openStore, resolveStore } from '../../stores/registry.ts'
import { corpusFolder } from '../../testing/corpus-folder.ts'
import type { EvictSpec, Job, MigrateSpec } from '../contract.ts'
import { planJob, runPlanned } from '../jobs.ts'
import { sha256Of } from '../trash-bin.ts'

/** Each test of a file gets a folder for its caches and its jobs; what tests do there. */
export function useWorkbench() {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hashcache-jobs-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const at = (name: string): string => join(folder, name)
  /** Of jobs. */
  const options = {
    get dataFolder() {
      return at('data')
    },
  }
  return {
    at,
    options,
    cacheUrl: (): string => `fs:${at('cache')}`,
    /** Puts a cache of the corpus where `cacheUrl` says. */
    copyCorpus: (): void => {
      const cache = join(corpusFolder('fs-class')!, 'cache')
      cpSync(cache, at('cache'), { recursive: true, preserveTimestamps: true })
    },
    evict: async (url: string, change: Partial<EvictSpec> = {}): Promise<Job> => {
      const store = await resolveStore(url)
      return planJob({ kind: 'evict', store, selection: {}, ...change }, options)
    },
    migrate: async (from: string, to: string, change: Partial<MigrateSpec> = {}): Promise<Job> => {
      const spec: MigrateSpec = {
        kind: 'migrate',
        from: await resolveStore(from),
        to: await resolveStore(to),
        selection: {},
        onConflict: 'fail',
        ...change,
      }
      return planJob(spec, options)
    },
    run: (job: Job): Promise<Job> => runPlanned(job.id, options),
  }
}

/** Every file with its bytes and times. */
export function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => {
      const { size, mtimeNs } = statSync(join(parentPath, name), { bigint: true })
      return `${parentPath}/${name} ${size} ${mtimeNs}`
    })
    .toSorted()
}

/** Puts a pickled text. */
export async function put(url: string, key: string, text: string): Promise<void> {
  await using store = await openStore(url, { write: true })
  const value = Buffer.concat([
    Buffer.from([0x80, 4, 0x8c, text.length]),
    Buffer.from(text),
    Buffer.from('.'),
  ])
  const [outcome] = await store.apply([{ kind: 'put', key: parseKey(key), value }])
  expect(outcome).toEqual({ done: true })
}

/** One of the keys that a test uses. */
export const key = (i: number): string => sha256Of(Buffer.from(String(i))).slice(0, 40)
