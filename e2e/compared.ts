import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { test as base } from './test.ts'

/** Makes the two caches of `scripts/make-compared.ts` in a folder; answers where they are. */
export function makeCompared(folder: string): [left: string, right: string] {
  execFileSync(process.execPath, [path.resolve(import.meta.dirname, '../scripts/make-compared.ts'), folder], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return [path.join(folder, 'left', 'cache'), path.join(folder, 'right', 'cache.sqlite')]
}

/** The program with both caches open. */
export const test = base.extend({
  copies: async ({ folder }, use) => {
    await use(makeCompared(folder))
  },
})
