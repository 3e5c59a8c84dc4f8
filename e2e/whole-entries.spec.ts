import { cp } from 'node:fs/promises'
import path from 'node:path'
import { corpusFolder } from '../shared/testing/corpus-folder.ts'
import { photograph } from './program.ts'
import { expect, test as base } from './test.ts'

/** A program that has caches of joblib.Memory or of diskcache open, as their own programs made them. */
const test = base.extend({
  copies: async ({ caches, folder }, use) => {
    const copies = caches.map((name) => path.join(folder, name))
    for (const [i, name] of caches.entries())
      await cp(path.join(corpusFolder(path.dirname(name))!, path.basename(name)), copies[i]!, {
        recursive: true,
        preserveTimestamps: true,
      })
    await use(copies)
  },
})

// Each test starts a program: on a busy machine that takes its time.
test.slow()

for (const [name, entries, chosen] of [
  ['joblib-memory/path', 8, 4],
  ['diskcache/cache', 33, 2],
] as const) {
  test.describe(name, () => {
    test.use({ caches: [name] })

    test('select, plan, run, report, trash, undo, as with any other cache', async ({ inspector, copies }) => {
      const { page } = inspector
      const values = async (): Promise<string[]> =>
        (await photograph(copies[0]!)).filter((line) => /\.(?:pkl|json|val|py) /.test(line))
      const before = await values()
      // The list of jobs counts entries in the same words.
      const bar = page.getByRole('contentinfo')
      await inspector.filterBy('func:relax', chosen)
      await inspector.row(0).click()
      await page.keyboard.press('Control+a')
      await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Evict…' }).click()
      const job = page.getByRole('region', { name: /^Evict from/ })
      await job.getByRole('button', { name: `Unlock and move ${chosen} entries to the trash` }).click()
      await expect(job.getByText(`${chosen} done`, { exact: true })).toBeVisible()
      await expect(bar.getByText(`${entries - chosen} entries ·`)).toBeVisible()
      await page.getByRole('button', { name: 'Trash', exact: true }).click()
      await expect(
        page.getByRole('list', { name: 'Contents of the trash' }).getByRole('listitem'),
      ).toHaveCount(1)
      await page.getByRole('button', { name: 'Undo…' }).click()
      const undo = page.getByRole('region', { name: /^Undo: Evict from/ })
      await undo.getByRole('button', { name: `Take back ${chosen} entries` }).click()
      await expect(undo.getByText(`${chosen} done`, { exact: true })).toBeVisible()
      await expect(bar.getByText(`${entries} entries ·`)).toBeVisible()
      expect(await values()).toEqual(before)
    })

    test('is where a migration may come from', async ({ inspector, folder }) => {
      const { page } = inspector
      await page.getByRole('button', { name: 'Jobs', exact: true }).click()
      await page.getByRole('button', { name: 'Migrate…' }).click()
      const form = page.getByRole('form', { name: 'Migrate or merge' })
      await form.getByLabel('To: a path, or the URL of a server').fill(path.join(folder, 'new.sqlite'))
      await form.getByLabel('Kind of the target').selectOption({ label: 'new: SQLite' })
      await form.getByRole('button', { name: 'Make the plan' }).click()
      const job = page.getByRole('region', { name: /^Migrate/ })
      await job.getByRole('button', { name: `Write ${entries} entries` }).click()
      await expect(job.getByText(`${entries} done`, { exact: true })).toBeVisible()
    })
  })
}
