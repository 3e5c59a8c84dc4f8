import type { Page } from '@playwright/test'
import { test } from './compared.ts'
import { expect } from './test.ts'

const changes = (page: Page) => page.getByRole('listbox', { name: 'List of differences' })

test('two selected entries: arguments, differences, the map, the text, and the way back by the address', async ({
  inspector,
}) => {
  const { page } = inspector
  await inspector.filterBy('element:Cu cutoff:400', 2)
  await inspector.row(0).click()
  await page.keyboard.press('Shift+ArrowDown')
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('2 selected')
  await page
    .getByRole('region', { name: 'Selection' })
    .getByRole('button', { name: /^Compare/ })
    .click()
  await expect(page.getByRole('toolbar', { name: 'Differences' })).toContainText(/\d+ differences/)
  // What is looked for in a value is no filter of the differences.
  await page.getByRole('button', { name: 'Entries', exact: true }).click()
  await inspector.panel.getByRole('textbox', { name: 'Find in the value' }).fill('forces')
  await expect(page).toHaveURL(/=forces/)
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Compare' }).click()
  await expect(page.getByRole('textbox', { name: 'Find in paths and values' })).toHaveValue('')
  const calls = page.getByRole('group', { name: 'The two calls' })
  await expect(calls).toContainText('node0031')

  await changes(page)
    .getByRole('option', { name: /forces/ })
    .click()
  const detail = page.getByRole('region', { name: 'The difference' })
  await expect(
    detail.getByRole('img', { name: /^Map of the difference: [\d,]+ of 9,216 elements differ/ }),
  ).toBeVisible()
  await expect(detail).toContainText('at (40, 60)')
  const painted = await detail.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let cells = 0
    for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) cells++
    return cells
  })
  expect(painted).toBeGreaterThan(100)

  await page.keyboard.press('F7')
  await expect(changes(page).getByRole('option', { selected: true })).toContainText('log')
  await expect(detail.getByRole('group', { name: 'Text difference' })).toContainText('mixing was reset')

  const address = page.url()
  await page.reload()
  await expect(changes(page).getByRole('option', { selected: true })).toContainText('log')
  expect(page.url()).toBe(address)
})

test('the list is filtered, the sides are swapped, and a tolerance makes equal', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filterBy('element:Cu cutoff:(400,420)', 3)
  await page.getByRole('grid', { name: 'Entries' }).getByRole('row').nth(2).click()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('ControlOrMeta+d')
  const tools = page.getByRole('toolbar', { name: 'Differences' })
  await expect(tools).toBeVisible()
  await tools.getByRole('textbox', { name: 'Find in paths and values' }).fill('energy')
  await expect(changes(page).getByRole('option')).toHaveCount(1)
  const told = changes(page).getByRole('option')
  const before = (await told.textContent())!.split(' → ')
  await page.getByRole('button', { name: 'Swap sides' }).click()
  await expect(told).toContainText(`→ ${before[0]!.slice(before[0]!.lastIndexOf(']') + 1)}`)
  await page.getByRole('button', { name: 'Tolerance' }).click()
  const form = page.getByRole('form', { name: 'Tolerance for floats' })
  await form.getByRole('textbox', { name: /^Absolute/ }).fill('1')
  await form.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText('No difference matches')).toBeVisible()
  await expect(page.getByRole('button', { name: 'absolute=1' })).toBeVisible()
})

test('an entry is compared with one of the nearest, from its menu', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filterBy('element:Pd cutoff:420', 1)
  await inspector.row(0).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Compare with…' }).click()
  const near = page.getByRole('region', { name: 'Nearest calls of the same function' })
  await near.getByRole('button').first().click()
  await expect(page.getByRole('group', { name: 'The two calls' })).toContainText('cutoff differs420400')
})

test('two caches of two backends: groups, filter, an entry of them, and the way into a migration', async ({
  inspector,
  copies,
}) => {
  const { page } = inspector
  await expect(inspector.row(0)).toBeVisible()
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByPlaceholder('A command, function, cache').fill('Compare this cache with another')
  await page.keyboard.press('Enter')
  const groups = page.getByRole('group', { name: 'Groups' })
  await expect(groups.getByRole('button', { name: 'Only left 4' })).toBeVisible()
  for (const group of ['Different 1', 'Only metadata 3', 'Only right 1', 'Same 17']) {
    await expect(groups.getByRole('button', { name: group, exact: true })).toBeVisible()
  }
  const table = page.getByRole('table', { name: 'What was found' })
  await groups.getByRole('button', { name: 'Same 17' }).click()
  await expect(table).toHaveAttribute('aria-rowcount', '18')
  await page.getByRole('textbox', { name: 'Filter what was found' }).fill('element:Ni cutoff>=420')
  await expect(table).toHaveAttribute('aria-rowcount', '3')
  const address = page.url()
  await page.reload()
  await expect(table).toHaveAttribute('aria-rowcount', '3')
  expect(page.url()).toBe(address)
  await page.getByRole('textbox', { name: 'Filter what was found' }).fill('')
  await groups.getByRole('button', { name: 'Different 1' }).click()
  await table.getByRole('button', { name: 'Different' }).click()
  await expect(page.getByRole('toolbar', { name: 'Differences' })).toContainText('3 differences')
  await page.goBack()
  await page.getByRole('button', { name: 'Copy the 4 missing to the right…' }).click()
  const form = page.getByRole('form', { name: 'Migrate or merge' })
  await expect(form).toContainText('4 selected entries')
  await expect(form.getByRole('textbox', { name: /^To:/ })).toHaveValue(`sqlite:${copies[1]}`)
})

test('a cache is not compared with itself', async ({ inspector, copies }) => {
  const { page } = inspector
  await expect(inspector.row(0)).toBeVisible()
  const place = new URLSearchParams({ store: `fs:${copies[0]}`, view: 'compare', 'v.about': 'caches' })
  await page.goto(`${new URL(page.url()).origin}/?${place}`)
  await expect(page.getByText('Choose another cache to compare with')).toBeVisible()
})

test('links and command lines of the view', async ({ inspector, copies }) => {
  const { page } = inspector
  await inspector.filterBy('element:Cu cutoff:400', 2)
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByPlaceholder('A command, function, cache').fill('Copy this view as a command line')
  await page.keyboard.press('Enter')
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  await expect
    .poll(clipboard)
    .toBe(`hashcache ls '--query=element:Cu cutoff:400' --sort=runAtSeconds:desc fs:${copies[0]}`)
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByPlaceholder('A command, function, cache').fill('Copy a link to this view')
  await page.keyboard.press('Enter')
  await expect.poll(clipboard).toBe(page.url())
})
