import { readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test as base } from './test.ts'

const cut = '95d1e3bfa'
const garbled = 'e0ded147f94dbada4d56d37461713e20b9c55d21'

/** One entry's array is cut in the middle, another entry is no pickle at all. */
const test = base.extend({
  copies: async ({ copies }, use) => {
    const folder = copies[0]!
    const { entries } = JSON.parse(
      await readFile(
        path.resolve(import.meta.dirname, '../shared/testing/corpus/fs-class/expected.json'),
        'utf8',
      ),
    ) as { entries: { key: string; path: string }[] }
    const file = (key: string): string =>
      path.join(folder, '..', entries.find((entry) => entry.key.startsWith(key))?.path ?? 'missing')
    await truncate(file(cut), 40_000)
    await writeFile(file(garbled), 'this is no pickle')
    await use(copies)
  },
})

test('damaged entries are listed with their reason, one click away', async ({ inspector }) => {
  const { page, panel, grid } = inspector
  await expect(grid).toHaveAttribute('aria-rowcount', '154')
  await page
    .getByRole('region', { name: 'Look at' })
    .getByRole('button', { name: /^Damaged/ })
    .click()
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await inspector.row(0).click()
  const problem = panel.getByRole('region', { name: 'Problem' })
  await expect(problem).toContainText('NOT_A_PICKLE')
  await expect(problem).toContainText('Nothing of this entry can be read')
  const download = page.waitForEvent('download')
  await problem.getByRole('link', { name: 'Save the raw bytes' }).click()
  expect(await readFile(await (await download).path(), 'utf8')).toBe('this is no pickle')
})

test('of an entry that was cut, what is there is shown, with where it ends', async ({ inspector }) => {
  const { panel } = inspector
  await inspector.filterBy('status:partial', 1)
  await inspector.row(0).click()
  const problem = panel.getByRole('region', { name: 'Problem' })
  await expect(problem).toContainText('204800 bytes')
  await expect(problem).toContainText('0x')
  await expect(panel.getByText('partly readable')).toBeVisible()
})
