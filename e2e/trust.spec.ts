import { copyFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test as base } from './test.ts'

const key = 'aa'.repeat(20)

/** One more entry, whose pickle would run a command. */
const test = base.extend({
  copies: async ({ copies }, use) => {
    const folder = path.join(copies[0]!, key.slice(0, 2))
    await mkdir(folder, { recursive: true })
    const attack = '../shared/testing/corpus/hostile/run-joblib-plain.joblib'
    await copyFile(path.resolve(import.meta.dirname, attack), path.join(folder, key))
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
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Alt+6')
  await expect(panel.getByText('not known safe')).toHaveCount(0)
  await expect(panel.getByRole('tabpanel')).toContainText(/Imports nothing|all of them known/)
})
