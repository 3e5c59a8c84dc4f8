import { photograph } from './program.ts'
import { expect, lookingAt } from './test.ts'

const test = lookingAt('fs-class')

test('sorts, by one column and by two', async ({ inspector }) => {
  const { grid } = inspector
  await grid.getByRole('columnheader', { name: 'Size' }).click()
  await expect(inspector.row(0)).toContainText('205 kB')
  await grid.getByRole('columnheader', { name: 'Size' }).click()
  await expect(inspector.row(0)).not.toContainText('205 kB')
  await grid.getByRole('columnheader', { name: 'Function' }).click()
  await grid.getByRole('columnheader', { name: 'Took' }).click({ modifiers: ['Shift'] })
  await expect(grid.getByRole('columnheader', { name: 'Function' })).toHaveAttribute('aria-sort', 'ascending')
  await expect(grid.getByRole('columnheader', { name: 'Took' })).toHaveAttribute('aria-sort', 'descending')
  await expect(inspector.row(0)).toContainText('batch_reactor')
})

test('filters by a function, whose arguments become columns', async ({ inspector }) => {
  const { page, grid } = inspector
  await page
    .getByRole('region', { name: 'Functions' })
    .getByRole('button', { name: /^energy/ })
    .click()
  await expect(inspector.filter).toHaveValue('func:energy')
  await expect(grid.getByRole('columnheader', { name: 'symbol' })).toBeVisible()
  await grid.getByRole('columnheader', { name: 'a', exact: true }).click()
  await expect(grid.getByRole('columnheader', { name: 'a', exact: true })).toHaveAttribute(
    'aria-sort',
    'ascending',
  )
  await expect(inspector.row(0)).toContainText('2.888')
  const values = (await inspector.column('a')).map(Number)
  expect(values.length).toBeGreaterThan(20)
  expect(values).toEqual(values.toSorted((a, b) => a - b))
})

test('shows and sorts by what is inside outputs, and finds by it', async ({ inspector }) => {
  const { page, grid } = inspector
  await inspector.filterBy('func:relax output.converged:True', 5)
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'output.energy' }).click()
  await page.keyboard.press('Escape')
  const header = grid.getByRole('columnheader', { name: 'output.energy' })
  await header.click()
  await expect(header).toHaveAttribute('aria-sort', 'ascending')
  const numbers = (await inspector.column('output.energy')).map(Number)
  expect(numbers.length).toBeGreaterThan(2)
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  await inspector.filterBy('output:/residual|converged/ args:fmax', 5)
  await inspector.filterBy('shape:*x* dtype:float32', 3)
})

test('points at the place where a filter cannot be read', async ({ inspector }) => {
  await inspector.filter.fill('func:energy size>many')
  await expect(inspector.page.getByRole('alert')).toContainText('column')
  await inspector.page.keyboard.press('Escape')
  await expect(inspector.filter).toHaveValue('')
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '154')
})

test('shows an array: header, picture, statistics and numbers', async ({ inspector }) => {
  const { panel } = inspector
  await inspector.filterBy('func:stem_image size>100kB', 1)
  await inspector.row(0).click()
  await expect(panel.getByText('51,200 elements')).toBeVisible()
  await expect(panel.getByRole('img', { name: /^Heat map/ })).toBeVisible()
  await expect(panel.getByText('std')).toBeVisible()
  const table = panel.getByRole('table', { name: 'Elements' })
  await expect(table).toHaveAttribute('aria-rowcount', '257')
  await expect(table.getByRole('row').nth(1).getByRole('cell').first()).toHaveText(/^-?\d+\.\d+$/)
  await table.focus()
  await inspector.page.keyboard.press('Control+End')
  await expect(table.getByRole('rowheader', { name: '255', exact: true })).toBeVisible()
})

test('unfolds a value, and shows its metadata, arguments, JSON and raw facts', async ({ inspector }) => {
  const { panel, page } = inspector
  await inspector.filterBy('func:relax', 5)
  await inspector.row(0).click()
  const tree = panel.getByRole('tree', { name: 'Output' })
  await expect(tree.getByRole('treeitem', { level: 2 }).first()).toBeVisible()
  await page.keyboard.press('Alt+2')
  await expect(panel.getByRole('region', { name: 'Metadata' })).toContainText('labs.')
  await page.keyboard.press('Alt+3')
  await expect(panel.getByRole('tree', { name: 'Arguments' })).toContainText('fmax')
  await page.keyboard.press('Alt+4')
  await expect(panel.getByRole('region', { name: 'Text of the value' })).toContainText('{')
  await page.keyboard.press('Alt+5')
  await expect(panel.getByRole('region', { name: 'Raw facts' })).toContainText('SHA-256')
})

test('a reload keeps the place, and Back goes one step', async ({ inspector }) => {
  const { page, grid, panel } = inspector
  await page
    .getByRole('region', { name: 'Functions' })
    .getByRole('button', { name: /^report/ })
    .click()
  await expect(grid).toHaveAttribute('aria-rowcount', '17')
  const unsorted = (await inspector.row(0).textContent()) ?? ''
  await grid.getByRole('columnheader', { name: 'Size' }).click()
  await inspector.settled()
  await expect(inspector.row(0)).not.toHaveText(unsorted)
  await inspector.row(3).click()
  await panel.getByRole('tab', { name: 'Metadata' }).click()
  const key = await inspector.row(3).getByRole('gridcell').last().textContent()
  await page.reload()
  await expect(inspector.filter).toHaveValue('func:report')
  await expect(inspector.row(3)).toHaveAttribute('aria-selected', 'true')
  await expect(inspector.row(3)).toContainText(key ?? 'no key')
  await expect(panel.getByRole('region', { name: 'Metadata' })).toBeVisible()
  await page.goBack()
  await expect(grid).toHaveAttribute('aria-rowcount', '154')
})

test('looking changes nothing', async ({ inspector, copies }) => {
  const before = await photograph(copies[0]!)
  await inspector.filterBy('func:stem_image', 6)
  await inspector.row(0).click()
  await expect(inspector.panel.getByRole('table', { name: 'Elements' })).toBeVisible()
  await inspector.page.keyboard.press('F5')
  await inspector.page.keyboard.press('Alt+4')
  await expect(inspector.panel.getByRole('region', { name: 'Text of the value' })).toBeVisible()
  expect(await photograph(copies[0]!)).toEqual(before)
})
