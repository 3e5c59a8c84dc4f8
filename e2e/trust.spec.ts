import { copyFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test as base } from './test.ts'
import { violations } from './violations.ts'

const key = 'aa'.repeat(20)

/** One more entry, whose pickle would run a command. */
async function putAttack(cache: string, as: string): Promise<void> {
  const folder = path.join(cache, as.slice(0, 2))
  await mkdir(folder, { recursive: true })
  const attack = '../shared/testing/corpus/hostile/run-joblib-plain.joblib'
  await copyFile(path.resolve(import.meta.dirname, attack), path.join(folder, as))
}

const test = base.extend({
  copies: async ({ copies }, use) => {
    await putAttack(copies[0]!, key)
    await use(copies)
  },
})

test('says what loading an entry would import and call, the unknown first', async ({ inspector }) => {
  const { page, panel } = inspector
  await inspector.filterBy(`key:${key}`, 1)
  await inspector.row(0).click()
  await panel.getByRole('tab', { name: 'Trust' }).click()
  const report = panel.getByRole('region', { name: 'Trust' })
  await expect(report).toContainText(
    'Loading this would import 4 names and make 3 calls; 2 of these are not known safe.',
  )
  const imports = report.getByRole('region', { name: 'Would import' }).getByRole('listitem')
  await expect(imports.first()).toContainText('posix.system')
  await expect(imports.first()).toContainText('not known')
  await expect(
    report.getByRole('region', { name: 'Would call' }).getByRole('listitem').first(),
  ).toContainText("posix.system('touch HASHCACHE_PWNED')")
  await imports.first().getByRole('button').click()
  await expect(panel.getByRole('grid', { name: 'Opcodes' }).locator('[aria-selected="true"]')).toContainText(
    /GLOBAL|BINUNICODE/,
  )
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Alt+6')
  await expect(panel.getByText('not known safe')).toHaveCount(0)
  await expect(panel.getByRole('tabpanel')).toContainText(/Imports nothing|all of them known/)
})

test('adds up a whole cache, and leads to just the entries that have something', async ({ inspector }) => {
  const { page, grid, panel } = inspector
  await page.getByRole('button', { name: 'Trust', exact: true }).click()
  const view = page.getByRole('region', { name: 'Trust', exact: true })
  const cards = view.getByRole('list', { name: 'Verdicts' })
  await expect(cards.getByRole('listitem').first()).toContainText('not known safe1')
  const calls = view.getByRole('region', { name: 'Would call, and is not known' })
  await expect(calls.getByRole('listitem').first()).toContainText("posix.system('touch HASHCACHE_PWNED')")
  await expect(
    view.getByRole('region', { name: 'Would import' }).getByRole('listitem').first(),
  ).toContainText('posix.system')
  await calls.getByRole('link', { name: '1 entry' }).first().click()
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await expect(inspector.filter).toHaveValue(`key="${key}"`)
  await page.goBack()
  await view.getByRole('button', { name: /^aaaaaaaa/ }).click()
  await expect(panel.getByRole('region', { name: 'Trust' })).toContainText('not known safe')
})

test('of the entries of a filter, and after a reload', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filterBy('func:langevin_trace', 6)
  await page.getByRole('button', { name: 'Trust', exact: true }).click()
  const view = page.getByRole('region', { name: 'Trust', exact: true })
  await expect(view).toContainText('Only entries that match func:langevin_trace')
  await expect(view.getByRole('listitem').first()).toContainText('not known safe0')
  await page.reload()
  await expect(view.getByRole('listitem').first()).toContainText('not known safe0')
  await view.getByRole('button', { name: 'Show the whole cache' }).click()
  await expect(view.getByRole('listitem').first()).toContainText('not known safe1')
})

test('says that a filter finds nothing, not that the cache is empty', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filter.fill('func:nobody')
  await expect(page.getByText('No entries match')).toBeVisible()
  await page.getByRole('button', { name: 'Trust', exact: true }).click()
  const view = page.getByRole('region', { name: 'Trust', exact: true })
  await expect(view).toContainText('Nothing matches the filter')
})

test('keeps the report when the cache changes, and looks again when it is asked to', async ({
  inspector,
  copies,
}) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Trust', exact: true }).click()
  const view = page.getByRole('region', { name: 'Trust', exact: true })
  const first = view.getByRole('list', { name: 'Verdicts' }).getByRole('listitem').first()
  await expect(first).toContainText('not known safe1')
  await expect(view.getByText('The cache has changed since')).toHaveCount(0)
  await putAttack(copies[0]!, 'bb'.repeat(20))
  await expect(view.getByText('The cache has changed since')).toBeVisible()
  await expect(first).toContainText('not known safe1')
  await view.getByRole('button', { name: 'Look again' }).click()
  await expect(first).toContainText('not known safe2')
  await expect(view.getByText('The cache has changed since')).toHaveCount(0)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })
    test('the view breaks no rule of accessibility', async ({ inspector }) => {
      const { page } = inspector
      await page.getByRole('button', { name: 'Trust', exact: true }).click()
      await expect(page.getByRole('list', { name: 'Verdicts' })).toBeVisible()
      expect(await violations(page, 'main')).toEqual([])
    })
  })
}
