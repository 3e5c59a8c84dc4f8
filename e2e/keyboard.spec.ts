import { expect, test } from './test.ts'

test('everything by key: filter, walk, inspect, unfold, back', async ({ inspector }) => {
  const { page, grid, panel } = inspector
  await expect(inspector.row(0)).toBeVisible()
  await page.keyboard.press('Control+f')
  await page.keyboard.type('func:relax')
  await expect(grid).toHaveAttribute('aria-rowcount', '6')
  await page.keyboard.press('ArrowDown')
  await expect(grid).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(inspector.row(2)).toHaveAttribute('aria-selected', 'true')
  const tree = panel.getByRole('tree', { name: 'Output' })
  await expect(tree).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(tree).toBeFocused()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowLeft')
  await expect(tree.getByRole('treeitem')).toHaveCount(1)
  await page.keyboard.press('ArrowRight')
  await expect(tree.getByRole('treeitem').nth(1)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(grid).toBeFocused()
  await page.keyboard.press('Control+Shift+C')
  await expect(page.getByText('1 key copied')).toBeVisible()
  const entry = new URL(page.url()).searchParams.get('entry')
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(entry)
})

test('the palette finds commands, functions and keys', async ({ inspector }) => {
  const { page, grid } = inspector
  await expect(inspector.row(0)).toBeVisible()
  const search = page.getByPlaceholder('A command, function, cache')
  await page.keyboard.press('Control+k')
  await search.fill('stem')
  // The functions are asked for; Enter takes what is listed.
  await expect(page.locator('.mantine-Spotlight-action').filter({ hasText: 'stem_image' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(inspector.filter).toHaveValue('func:stem_image')
  await page.keyboard.press('F1')
  await search.fill('95d1e3')
  await page.keyboard.press('Enter')
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await page.keyboard.press('Control+Shift+P')
  await search.fill('dark theme')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
})

test('a range is selected with its price, all of it at once, and let go', async ({ inspector }) => {
  const { page } = inspector
  await inspector.row(1).click()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  const bar = page.getByRole('region', { name: 'Selection' })
  await expect(bar).toContainText('3 selected')
  await expect(bar).toContainText('of compute')
  await page.keyboard.press('Control+a')
  await expect(bar).toContainText('All 153 selected')
  await bar.getByRole('button', { name: 'Clear' }).click()
  await expect(bar).toBeHidden()
})

test('? shows the keys', async ({ inspector }) => {
  await inspector.row(0).click()
  await inspector.page.keyboard.press('?')
  await expect(inspector.page.getByRole('dialog', { name: 'Keys' })).toContainText(
    'Show or hide the inspector',
  )
})
