import { photograph } from './program.ts'
import { expect, test } from './test.ts'

test('a selection is tagged, found by its tag, and protected from rules', async ({ inspector, copies }) => {
  const { page } = inspector
  const before = await photograph(copies[0]!)
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('t')
  const dialog = page.getByRole('dialog', { name: 'Tags of 2 entries' })
  await expect(
    dialog.getByRole('textbox', { name: 'New tag' }).or(dialog.getByRole('combobox')),
  ).toBeFocused()
  await page.keyboard.type('keep paper-2')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('listitem')).toHaveText([/keep/, /paper-2/])
  await page.keyboard.type('two:words')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText('is no tag')
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)

  await inspector.filterBy('tag:keep', 2)
  await expect(inspector.row(0)).toContainText('paper-2')
  await inspector.row(0).click()
  const [key] = await inspector.column('Key')
  await expect(inspector.panel).toContainText(key!.slice(0, 6))
  const tags = inspector.panel.getByRole('list', { name: 'Tags' })
  await tags.getByRole('button', { name: 'Take off the tag paper-2' }).click()
  await expect(tags.getByRole('listitem')).toHaveText(['keep'])
  await expect(inspector.row(0)).not.toContainText('paper-2')

  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Clean up…' }).click()
  const form = page.getByRole('form', { name: 'Clean up' })
  const among = form.getByLabel('Only among the entries of a filter')
  await expect(among).toHaveValue('tag:keep')
  await among.fill('')
  await form.getByLabel('More than, entries a function').fill('0')
  await form.getByLabel('Nor those with one of these tags').fill('keep')
  await form.getByRole('button', { name: 'Make the plan' }).click()
  const job = page.getByRole('region', { name: /^Evict from/ })
  await expect(job.getByText('2 that the rules name stay: protected')).toBeVisible()
  expect(await photograph(copies[0]!)).toEqual(before)
})
