import type { Page } from '@playwright/test'
import { expect, lookingAt } from './test.ts'
import { violations } from './violations.ts'

const test = lookingAt('fs-class')

const overviewOf = (page: Page) => page.getByRole('region', { name: 'Overview', exact: true })

/** Waits until all is read: counts rise until then. */
async function openOverview(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Overview' }).click()
  await expect(page.getByRole('link', { name: /^Entries: (153|5) entries/ })).toBeVisible()
}

/** The number at the beginning of a mark's counts: `Jun 2025: 1,284 entries · …`. */
const entriesIn = (label: string | null): number =>
  Number(/: ([\d,]+) entr/.exec(label ?? '')![1]!.replaceAll(',', ''))

for (const [picture, position] of [
  ['Entries by month', 3],
  ['Bytes by function and version', 1],
  ['Entries by age', 1],
  ['Entries by size', 0],
] as const) {
  test(`a mark of “${picture}” leads to just its entries, and Back leads back`, async ({ inspector }) => {
    const { page, grid } = inspector
    await openOverview(page)
    const mark = page.getByRole('group', { name: picture }).getByRole('link').nth(position)
    const entries = entriesIn(await mark.getAttribute('aria-label'))
    expect(entries).toBeGreaterThan(0)
    await mark.click()
    await expect(grid).toHaveAttribute('aria-rowcount', String(entries + 1))
    await page.goBack()
    await expect(overviewOf(page)).toBeVisible()
  })
}

test('what is worth a look, users and cards lead to their entries', async ({ inspector }) => {
  const { page, grid } = inspector
  await openOverview(page)
  const links = [
    page.getByRole('region', { name: 'Worth a look' }).getByRole('link', { name: /^Same output/ }),
    page.getByRole('region', { name: 'By user' }).getByRole('link', { name: /^ana: 92 entries/ }),
    page.getByRole('link', { name: /^Entries: 153 entries/ }),
  ]
  for (const link of links) {
    const entries = entriesIn(await link.getAttribute('aria-label'))
    await link.click()
    await expect(grid).toHaveAttribute('aria-rowcount', String(entries + 1))
    await page.goBack()
    await expect(overviewOf(page)).toBeVisible()
  }
})

test('pictures are walked through by keys, and a call opens in the inspector', async ({ inspector }) => {
  const { page, panel } = inspector
  await openOverview(page)
  const bars = page.getByRole('group', { name: 'Entries by month' }).getByRole('link')
  await bars.first().focus()
  await page.keyboard.press('ArrowRight')
  await expect(bars.nth(1)).toBeFocused()
  await expect(page.getByRole('region', { name: 'Entries and compute time by month' })).toContainText(
    'of compute',
  )
  const calls = page.getByRole('button', { name: /^Calls by size and time/ })
  await calls.focus()
  await page.keyboard.press('End')
  await expect(calls).toHaveAccessibleName(/kB/)
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('tab', { name: 'Output' })).toBeVisible()
  expect(new URL(page.url()).searchParams.get('entry')).not.toBeNull()
})

test('it is about the filter where there is one, says so, and goes back to all', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filterBy('func:relax', 5)
  await openOverview(page)
  await expect(overviewOf(page)).toContainText('Only the 5 entries that match func:relax')
  await page.getByRole('button', { name: 'Show the whole cache' }).click()
  await expect(page.getByRole('link', { name: /^Entries: 153 entries/ })).toBeVisible()
  await page.goto(`${page.url()}&q=func:nothing`)
  await expect(page.getByText('Nothing matches the filter')).toBeVisible()
  await page.goto(page.url().replace('func:nothing', 'size>'))
  await expect(page.getByRole('alert')).toContainText('expected')
})

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } })
    test('can be used by everybody', async ({ inspector }) => {
      const { page } = inspector
      await openOverview(page)
      await expect(
        page.getByRole('group', { name: 'Bytes by function and version' }).getByRole('link').first(),
      ).toBeVisible()
      expect(await violations(page, 'main')).toEqual([])
    })
  })
}
