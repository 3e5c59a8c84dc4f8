import { expect, test } from './test.ts'

test('offers what could stand at the caret, by keys, and never takes Enter by itself', async ({
  inspector,
}) => {
  const { page, filter, grid } = inspector
  const list = page.getByRole('listbox', { name: 'Suggestions' })
  await expect(inspector.row(0)).toBeVisible()
  await page.keyboard.press('Control+f')
  await page.keyboard.type('us')
  await expect(list.getByRole('option').first()).toContainText('user:')
  await expect(filter).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('ArrowDown')
  await expect(list.getByRole('option', { selected: true })).toContainText('user:')
  await page.keyboard.press('Tab')
  await expect(filter).toHaveValue('user:')
  await expect(filter).toBeFocused()
  const first = list.getByRole('option').first()
  await expect(first).not.toContainText('user:')
  const value = (await first.locator('span').first().textContent())!
  const count = (await first.locator('span').last().textContent())!
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(filter).toHaveValue(`user:${value}`)
  await expect(list).toBeHidden()
  await expect(grid).toHaveAttribute('aria-rowcount', String(Number(count) + 1))
  // Nothing is chosen: Enter leaves for the entries.
  await filter.fill('func:e')
  await expect(list).toBeVisible()
  await page.keyboard.press('Enter')
  // On to the entries; as there are none of it, the list goes.
  await expect(filter).not.toBeFocused()
  await expect(list).toBeHidden()
  await expect(filter).toHaveValue('func:e')
})

test('values are those that the rest of the filter leaves, and Escape closes the list first', async ({
  inspector,
}) => {
  const { page, filter } = inspector
  const list = page.getByRole('listbox', { name: 'Suggestions' })
  await filter.fill('func:energy symbol:')
  await expect(list.getByRole('option')).toHaveText(['Al9', 'Pd8', 'Ag6', 'Cu6', 'Au4', 'Ni4', 'Pt3'])
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()
  await expect(filter).toHaveValue('func:energy symbol:')
  await page.keyboard.press('Control+Space')
  await list.getByRole('option', { name: 'Cu' }).click()
  await expect(filter).toHaveValue('func:energy symbol:Cu')
  await expect(filter).toBeFocused()
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '7')
  await page.keyboard.press('Escape')
  await expect(filter).toHaveValue('')
})

test('filters are saved, taken, renamed and deleted, and the last ones are remembered', async ({
  inspector,
}) => {
  const { page, filter } = inspector
  const menu = page.getByRole('button', { name: 'Saved and recent filters' })
  await inspector.filterBy('func:energy symbol:Au', 4)
  await menu.click()
  await page.getByRole('menuitem', { name: 'Save this filter…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Saved filters' })
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('two words')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText('The name of a filter')
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('gold')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await filter.fill('')
  await menu.click()
  await page.getByRole('menuitem', { name: /^gold/ }).click()
  await expect(filter).toHaveValue('func:energy symbol:Au')
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '5')
  await menu.click()
  await page.getByRole('menuitem', { name: 'Rename and delete…' }).click()
  await dialog.getByRole('textbox', { name: 'Name of gold' }).fill('au')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Name of au' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Delete au' }).click()
  await expect(dialog.getByRole('list', { name: 'Saved filters' })).toBeHidden()
  await page.keyboard.press('Escape')
  // What was looked at for a while is remembered.
  await page.waitForTimeout(3_500)
  await filter.fill('func:relax')
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '6')
  await menu.click()
  await page.getByRole('menuitem', { name: 'func:energy symbol:Au' }).click()
  await expect(filter).toHaveValue('func:energy symbol:Au')
})

test('terms are chips that are turned round and dropped, and cells make terms', async ({ inspector }) => {
  const { page, filter, grid } = inspector
  const chips = page.getByRole('group', { name: 'Terms of the filter' })
  await inspector.filterBy('func:energy symbol:Au', 4)
  await chips.getByRole('button', { name: 'Exclude symbol:Au' }).click()
  await expect(filter).toHaveValue('func:energy -symbol:Au')
  await expect(grid).toHaveAttribute('aria-rowcount', '37')
  await chips.getByRole('button', { name: 'Drop -symbol:Au' }).click()
  await expect(filter).toHaveValue('func:energy')
  await inspector.settled()
  const cell = inspector.row(0).getByRole('gridcell').nth(2)
  const symbol = (await cell.textContent())!.replaceAll("'", '')
  await cell.click({ button: 'right' })
  await page.getByRole('menuitem', { name: `Exclude symbol:${symbol}` }).click()
  await expect(filter).toHaveValue(`func:energy -symbol:${symbol}`)
})

test('facts and nodes of a value make terms', async ({ inspector }) => {
  const { page, filter, grid, panel } = inspector
  await inspector.filterBy('func:relax', 5)
  await inspector.row(0).click()
  await page.keyboard.press('Alt+2')
  await panel.getByRole('button', { name: 'Filter by: Module' }).click()
  await page.getByRole('menuitem', { name: /^Only module:/ }).click()
  await expect(filter).toHaveValue(/^func:relax module:/)
  await expect(grid).toHaveAttribute('aria-rowcount', '6')
  await page.keyboard.press('Alt+1')
  const tree = panel.getByRole('tree', { name: 'Output' })
  await tree.getByRole('treeitem', { name: /^'converged'/ }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Only output.converged:/ }).click()
  await expect(filter).toHaveValue(/output\.converged:(True|False)$/)
})

test('nothing found says which term excludes everything, and an error offers what mends it', async ({
  inspector,
}) => {
  const { page, filter, grid } = inspector
  await filter.fill('func:energy symbol:Au age>100y')
  const terms = page.getByRole('list', { name: 'Terms of the filter' })
  await expect(terms.getByRole('listitem')).toHaveText(['age>100y4 entriesDrop'])
  await terms.getByRole('button', { name: 'Drop age>100y' }).click()
  await expect(filter).toHaveValue('func:energy symbol:Au')
  await expect(grid).toHaveAttribute('aria-rowcount', '5')
  await filter.fill('(func:energy or func:relax')
  await page.getByRole('alert').getByRole('button', { name: 'Add )' }).click()
  await expect(filter).toHaveValue('(func:energy or func:relax)')
  await expect(grid).toHaveAttribute('aria-rowcount', '46')
  await filter.fill('age:30d')
  await page.getByRole('alert').getByRole('button', { name: 'Write age>' }).click()
  await expect(filter).toHaveValue('age>30d')
})

test('the field rests while nobody types', async ({ inspector }) => {
  const { page, filter } = inspector
  await filter.fill('func:langevin')
  await expect(page.getByRole('listbox', { name: 'Suggestions' })).toBeVisible()
  await page.waitForTimeout(1_000)
  const delays = await page.evaluate(async () => {
    const begin = window.setTimeout
    const begun: (number | undefined)[] = []
    window.setTimeout = ((run: () => void, delay?: number) => {
      begun.push(delay)
      return begin(run, delay)
    }) as typeof window.setTimeout
    await new Promise((resolve) => begin(resolve, 1_000))
    return begun
  })
  expect(delays).toEqual([])
})

test('what was typed just now counts in the next view too', async ({ inspector }) => {
  const { page, filter } = inspector
  await filter.fill('func:energy')
  await page.getByRole('button', { name: 'Overview', exact: true }).click()
  await expect(page).toHaveURL(/q=func%3Aenergy/)
  await expect(page.getByRole('region', { name: 'Overview' })).toContainText('40')
})
