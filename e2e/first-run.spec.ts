import { expect, test } from './test.ts'

test.use({ caches: [] })

test('a first run leads from the sample caches to a value', async ({ inspector }) => {
  const { page, grid, panel } = inspector
  await expect(page.getByText('Looking changes nothing.')).toBeVisible()
  await page.getByRole('button', { name: 'Open the sample caches' }).click()
  await expect(grid).toBeVisible()
  const caches = page.getByRole('region', { name: 'Caches' }).getByRole('listitem')
  await expect(caches).toHaveCount(2)
  await inspector.row(0).click()
  await expect(panel.getByRole('tab', { name: 'Output' })).toHaveAttribute('aria-selected', 'true')
  await caches.nth(1).getByRole('button').click()
  await expect(caches.nth(1).getByRole('button')).toHaveAttribute('aria-current', 'true')
  await expect(inspector.row(0)).toBeVisible()
  await page.getByTitle('To the start').click()
  await expect(page.getByRole('region', { name: 'Recent caches' }).getByRole('listitem')).toHaveCount(2)
})
