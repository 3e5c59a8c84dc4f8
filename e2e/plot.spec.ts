import type { Page } from '@playwright/test'
import { expect, lookingAt } from './test.ts'
import { violations } from './violations.ts'

const test = lookingAt('fs-class')

const plotOf = (page: Page) => page.getByRole('region', { name: 'Plot', exact: true })
const fieldOf = (page: Page) => plotOf(page).getByRole('button', { name: /Arrow keys choose/ })

/** Waits until all is read: counts rise until then. */
async function openPlot(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Plot', exact: true }).click()
  await expect(plotOf(page)).toContainText('40 of 153 entries')
  await expect(fieldOf(page)).toBeVisible()
}

test('draws what varies, says what is missing, and leads to those entries', async ({ inspector }) => {
  const { page, grid } = inspector
  await openPlot(page)
  const missing = plotOf(page).getByRole('link', { name: /have no a$/ })
  const count = Number(/\d+/.exec((await missing.textContent())!)![0])
  await missing.click()
  await expect(grid).toHaveAttribute('aria-rowcount', String(count + 1))
  await page.goBack()
  await expect(fieldOf(page)).toBeVisible()
})

test('choices stand in the address, and as a command line', async ({ inspector }) => {
  const { page } = inspector
  await openPlot(page)
  await page.getByLabel('Across', { exact: true }).selectOption('took')
  await page.getByLabel('Up', { exact: true }).selectOption('size')
  await page.getByLabel('Colour', { exact: true }).selectOption('user')
  await page.getByRole('switch', { name: 'log across' }).click()
  await page.getByText('Mean and range').click()
  await expect(fieldOf(page)).toHaveAccessibleName(/^size against time taken/)
  await expect(plotOf(page).getByRole('group', { name: 'Colours: user' }).getByRole('link')).not.toHaveCount(
    0,
  )
  await page.reload()
  await expect(fieldOf(page)).toHaveAccessibleName(/^size against time taken/)
  await expect(page.getByLabel('log across')).toBeChecked()
  const { searchParams } = new URL(page.url())
  expect(Object.fromEntries(searchParams)).toMatchObject({
    view: 'plot',
    'v.plot.x': 'took',
    'v.plot.y': 'size',
    'v.plot.color': 'user',
    'v.plot.as': 'line',
    'v.plot.xlog': '1',
  })
})

test('a point opens in the inspector by keys and by a click', async ({ inspector }) => {
  const { page, panel } = inspector
  await openPlot(page)
  const field = fieldOf(page)
  await field.focus()
  await page.keyboard.press('End')
  await expect(field).toHaveAccessibleName(/ a 4\.3354 · output .* energy\(/)
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('tab', { name: 'Output' })).toBeVisible()
  const first = new URL(page.url()).searchParams.get('entry')
  expect(first).not.toBeNull()
  await field.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).searchParams.get('entry')).not.toBe(first)
  expect(new URL(page.url()).searchParams.get('view')).toBe('plot')
})

test('a box zooms, the window is a filter, and keys bring all back', async ({ inspector }) => {
  const { page, grid } = inspector
  await openPlot(page)
  const box = (await fieldOf(page).boundingBox())!
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.1)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.75, { steps: 4 })
  await page.mouse.up()
  const bar = plotOf(page).locator('p').filter({ hasText: 'in the window' })
  await expect(bar).toBeVisible()
  await expect(plotOf(page)).toHaveAttribute('aria-busy', 'false')
  const shown = Number(/\d+/.exec((await bar.textContent())!)![0])
  await expect(fieldOf(page)).toHaveAccessibleName(new RegExp(`, ${shown} entries`))
  await bar.getByRole('link', { name: 'Show entries' }).click()
  await expect(grid).toHaveAttribute('aria-rowcount', String(shown + 1))
  await page.goBack()
  await bar.getByRole('button', { name: 'Filter by it' }).click()
  await expect(plotOf(page)).toContainText(`${shown} of ${shown} `)
  expect(new URL(page.url()).searchParams.get('q')).toMatch(/^a:.* output:/)
  await page.goBack()
  await fieldOf(page).focus()
  await page.keyboard.press('0')
  await expect(bar).toBeHidden()
  await page.keyboard.press('+')
  await expect(bar).toBeVisible()
})

test('saves a table and a picture', async ({ inspector }) => {
  const { page } = inspector
  await openPlot(page)
  for (const [item, name, least] of [
    ['Table of what is shown (.csv)', 'output-against-a.csv', 1_000],
    ['Picture (.png)', 'output-against-a.png', 5_000],
  ] as const) {
    await plotOf(page).getByRole('button', { name: 'Save as a file' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ])
    expect(download.suggestedFilename()).toBe(name)
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).byteLength).toBeGreaterThan(least)
  }
})

test('says where nothing can be drawn, and what can', async ({ inspector }) => {
  const { page } = inspector
  const go = async (parameters: Record<string, string>): Promise<void> => {
    const url = new URL(page.url())
    for (const [name, value] of Object.entries({ view: 'plot', ...parameters }))
      url.searchParams.set(name, value)
    await page.goto(url.href)
  }
  await go({ q: 'func:tally' })
  await expect(plotOf(page)).toContainText('No argument of tally is a number that varies')
  await page.getByRole('button', { name: 'Draw by the date of the run' }).click()
  await expect(fieldOf(page)).toHaveAccessibleName(/against run date/)
  await go({ 'v.plot.x': 'nothing' })
  await expect(page.getByText(/None of \d+ entries has both numbers/)).toBeVisible()
  await go({ 'v.plot.x': 'func' })
  await expect(page.getByRole('alert')).toContainText("'func' is no number")
  await go({ q: 'func:nobody' })
  await expect(page.getByText('Nothing matches the filter')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } })
    test('can be used by everybody', async ({ inspector }) => {
      const { page } = inspector
      await openPlot(page)
      await page.getByLabel('Colour', { exact: true }).selectOption('user')
      await expect(plotOf(page).getByRole('group', { name: 'Colours: user' })).toBeVisible()
      await fieldOf(page).focus()
      await page.keyboard.press('+')
      await expect(plotOf(page)).toContainText('in the window')
      // What is old is dimmed until the new is there.
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
      expect(await violations(page, 'main')).toEqual([])
    })
  })
}
