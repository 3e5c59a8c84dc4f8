import { test } from './compared.ts'
import { expect } from './test.ts'

test('a superseded entry says so, why, and leads to the newer one', async ({ inspector }) => {
  const { page, panel } = inspector
  await inspector.filterBy('element:Cu cutoff:400 version:0.1.0', 1)
  await inspector.row(0).click()
  const note = panel.getByRole('note')
  await expect(note).toContainText('A newer entry of the same call exists')
  await page.keyboard.press('Alt+7')
  const report = panel.getByRole('region', { name: 'Why this key' })
  await expect(report).toContainText('called with the same arguments once more, under another key')
  await expect(report).toContainText('hashcache 0.1.0 and 0.2.0')
  await expect(report).toContainText('It does not see constants')
  await expect(
    report.getByRole('region', { name: 'Same call, other key' }).getByRole('listitem'),
  ).toHaveCount(1)
  const near = report.getByRole('region', { name: 'Nearest calls' }).getByRole('listitem')
  await expect(near.first()).toContainText(/cutoff400 → 420/)
  await near.first().getByRole('button', { name: 'Compare' }).click()
  await expect(page.getByRole('group', { name: 'The two calls' })).toContainText('cutoff differs400420')
  await page.goBack()
  await note.getByRole('button', { name: 'Show' }).click()
  await expect(note).toHaveCount(0)
})

test('an entry that is alone says that', async ({ inspector, copies }) => {
  const { page, panel } = inspector
  await expect(inspector.row(0)).toBeVisible()
  const place = new URLSearchParams({ store: `sqlite:${copies[1]}`, q: 'element:Rh', tab: 'why' })
  await page.goto(`${new URL(page.url()).origin}/?${place}`)
  await inspector.row(0).click()
  await expect(panel.getByRole('region', { name: 'Why this key' })).toContainText(
    'The nearest other call differs in',
  )
})
