import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Store } from '../stores/contract.ts'
import { openStore } from '../stores/registry.ts'
import { planJob, runPlanned, type JobsOptions } from './jobs.ts'
import { key, put, useWorkbench } from './testing/workbench.ts'

// What a run has opened is closed where it cannot begin: an LMDB that is left open keeps a process.

const { at, evict, options, run } = useWorkbench()

/** Counts stores that are open. */
function counting(): { options: JobsOptions; open: Set<Store> } {
  const open = new Set<Store>()
  return {
    open,
    options: {
      ...options,
      dataFolder: options.dataFolder,
      open: async (location, how) => {
        const store = await openStore(location, how)
        open.add(store)
        const close = store[Symbol.asyncDispose].bind(store)
        const closed = async (): Promise<void> => {
          open.delete(store)
          await close()
        }
        return Object.assign(store, { [Symbol.asyncDispose]: closed })
      },
    },
  }
}

it('an eviction and an undo whose trash cannot be opened', async () => {
  await put(`sqlite:${at('cache')}`, key(1), 'one')
  const planned = await evict(`sqlite:${at('cache')}`)
  const bin = join(options.dataFolder, 'trash', planned.id)
  mkdirSync(join(options.dataFolder, 'trash'), { recursive: true })
  writeFileSync(bin, 'in the way')
  const counted = counting()
  await expect(runPlanned(planned.id, counted.options)).rejects.toMatchObject({ code: 'REFUSED' })
  expect(counted.open.size).toBe(0)

  rmSync(bin)
  expect(await run(planned)).toMatchObject({ state: 'done', outcomes: { done: 1 } })
  const undo = await planJob({ kind: 'undo', job: planned.id }, options)
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(bin, `bin.sqlite${suffix}`), { force: true })
  writeFileSync(join(bin, 'bin.sqlite'), 'x'.repeat(5_000))
  await expect(runPlanned(undo.id, counted.options)).rejects.toMatchObject({ code: 'DAMAGED' })
  expect(counted.open.size).toBe(0)
})
