/**
 * `npm run screenshots [-- NAME…]`: pictures of the main screens for the documentation, in docs/screenshots, from the
 * built program and copies of the test corpus; those of comparisons from two caches that are made for it, those of values
 * from one (its tables and structures need neither pandas nor ASE, its arrays numpy).
 */
import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { makeCompared } from '../e2e/compared.ts'
import { copyCache, startProgram, temporaryFolder } from '../e2e/program.ts'
import { smallPng } from './small-png.ts'
import { makeValues, valuePictures } from './value-pictures.ts'

const target = path.resolve(import.meta.dirname, '../docs/screenshots')
const chromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

interface Picture {
  readonly name: string
  readonly scheme: 'light' | 'dark'
  readonly size?: { width: number; height: number }
  /** The filter. */
  readonly query?: string
  /** Only the inspector. */
  readonly isOfPanel?: boolean
  readonly act?: (page: Page) => Promise<void>
}

const pictures: readonly Picture[] = [
  { name: 'entries-light', scheme: 'light', act: (page) => clickRow(page, 4) },
  { name: 'entries-dark', scheme: 'dark', act: (page) => clickRow(page, 4) },
  { name: 'overview-light', scheme: 'light', act: openOverview },
  {
    name: 'overview-dark',
    scheme: 'dark',
    size: { width: 1920, height: 1080 },
    act: openOverview,
  },
  {
    name: 'plot-light',
    scheme: 'light',
    query: 'func:energy',
    act: openPlot,
  },
  {
    name: 'plot-dark',
    scheme: 'dark',
    size: { width: 1920, height: 1080 },
    act: openMeans,
  },
  { name: 'array', scheme: 'light', query: 'func:stem_image', act: (page) => clickRow(page, 0) },
  { name: 'array-dark', scheme: 'dark', query: 'func:langevin_trace', act: (page) => clickRow(page, 1) },
  { name: 'table', scheme: 'light', query: 'type:DataFrame', act: (page) => clickRow(page, 0) },
  { name: 'damaged', scheme: 'light', query: '-status:ok', act: (page) => clickRow(page, 0) },
  { name: 'selection', scheme: 'dark', act: selectSome },
  { name: 'job-plan', scheme: 'light', query: 'func:energy', act: planEviction },
  { name: 'job-losses', scheme: 'dark', act: planJson },
  { name: 'why', scheme: 'light', query: 'func:energy', act: (page) => openTab(page, 'Why') },
  { name: 'bytes', scheme: 'light', query: 'func:relax', act: openOpcodes },
  { name: 'trust-cache', scheme: 'dark', act: openTrust },
  { name: 'palette', scheme: 'light', act: openPalette },
  { name: 'welcome', scheme: 'light', act: goToStart },
  {
    name: 'wide',
    scheme: 'dark',
    size: { width: 1920, height: 1080 },
    query: 'func:relax',
    act: (page) => clickRow(page, 0),
  },
]

/** Over two caches that have much in common. */
const comparedPictures: readonly Picture[] = [
  { name: 'compare-entries', scheme: 'light', query: 'element:Cu cutoff:400', act: compareArrays },
  { name: 'compare-text', scheme: 'dark', query: 'element:Cu cutoff:400', act: compareTexts },
  { name: 'compare-caches', scheme: 'light', act: compareCaches },
  {
    name: 'compare-caches-dark',
    scheme: 'dark',
    size: { width: 1920, height: 1080 },
    act: compareCaches,
  },
]
const asked = process.argv.slice(2)
const isWanted = ({ name }: { readonly name: string }): boolean => asked.length === 0 || asked.includes(name)

await using folder = await temporaryFolder()
const caches = await Promise.all(
  ['fs-class', 'fs-v002', 'json-class'].map((name) => copyCache(name, folder.path)),
)
await damageOne(caches[0]!)
await using program = await startProgram(caches, path.join(folder.path, 'data'))
const compared = makeCompared(path.join(folder.path, 'compared'))
await using comparedProgram = await startProgram(compared, path.join(folder.path, 'compared-data'))
await using valuesProgram = await startProgram(
  [makeValues(path.join(folder.path, 'values'))],
  path.join(folder.path, 'values-data'),
)
await mkdir(target, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: chromiumArguments,
})
try {
  for (const picture of pictures.filter(isWanted)) await take(browser, program.url, picture)
  for (const picture of comparedPictures.filter(isWanted)) await take(browser, comparedProgram.url, picture)
  for (const { name, func, isDark, act } of valuePictures.filter(isWanted)) {
    await take(browser, valuesProgram.url, {
      name,
      scheme: isDark ? 'dark' : 'light',
      query: `func:${func}`,
      isOfPanel: true,
      act: async (page) => {
        await clickRow(page, 0)
        await settle(page)
        await act?.(page)
      },
    })
  }
} finally {
  await browser.close()
}

async function take(from: Browser, url: string, picture: Picture): Promise<void> {
  const { name, scheme, size, query, isOfPanel, act } = picture
  const context = await from.newContext({
    viewport: size ?? { width: 1280, height: 800 },
    colorScheme: scheme,
    timezoneId: 'Europe/Berlin',
  })
  const page = await context.newPage()
  await page.goto(query === undefined ? url : `${url}&q=${encodeURIComponent(query)}`)
  await page.locator('[data-row="0"]').waitFor()
  await act?.(page)
  await settle(page)
  const shown = isOfPanel ? page.getByRole('complementary', { name: 'Inspector' }) : page
  await writeFile(path.join(target, `${name}.png`), smallPng(await shown.screenshot()))
  await context.close()
}

/** Until nothing has been on its way for a while. */
async function settle(page: Page): Promise<void> {
  for (let quietMs = 0; quietMs < 500; quietMs += 50) {
    if ((await page.locator('[aria-busy="true"]').count()) > 0) quietMs = 0
    await page.waitForTimeout(50)
  }
}

async function clickRow(page: Page, row: number): Promise<void> {
  await page.locator(`[data-row="${row}"]`).click()
  await page.getByRole('complementary', { name: 'Inspector' }).getByRole('tabpanel').waitFor()
}

async function selectSome(page: Page): Promise<void> {
  await clickRow(page, 3)
  await page.locator('[data-row="8"]').click({ modifiers: ['Shift'] })
  await page.getByText('of compute').first().waitFor()
}

/** The plan of an eviction; nothing of it is run. */
async function planEviction(page: Page): Promise<void> {
  await clickRow(page, 0)
  await page.keyboard.press('Control+a')
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Evict…' }).click()
  await page.getByText('planned, not run').first().waitFor()
}

/** What a migration to JSON would lose. */
async function planJson(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  await page.getByLabel('To: a path, or the URL of a server').fill(`json:${path.join(folder.path, 'json')}`)
  await page.getByRole('button', { name: 'Make the plan' }).click()
  await page.getByText('The target cannot hold everything as it is').waitFor()
}

async function openTab(page: Page, name: string): Promise<void> {
  await clickRow(page, 0)
  await page.getByRole('tab', { name }).click()
}

/** An opcode, with the node that it belongs to. */
async function openOpcodes(page: Page): Promise<void> {
  await openTab(page, 'Bytes')
  await page.getByText('Opcodes', { exact: true }).click()
  await page
    .getByRole('grid', { name: 'Opcodes' })
    .getByRole('row', { name: /converged/ })
    .click()
}

async function openTrust(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Trust', exact: true }).click()
  await page.getByRole('list', { name: 'Verdicts' }).waitFor()
}

async function openOverview(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Overview', exact: true }).click()
  await page.getByRole('group', { name: 'Bytes by function and version' }).getByRole('link').first().waitFor()
}

/** A point is chosen, and its entry is in the inspector. */
async function openPlot(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Plot', exact: true }).click()
  const field = page.getByRole('button', { name: /Arrow keys choose/ })
  await field.focus()
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByRole('complementary', { name: 'Inspector' }).getByRole('tabpanel').waitFor()
  await field.focus()
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight')
}

async function openMeans(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Plot', exact: true }).click()
  await page.getByLabel('Across', { exact: true }).selectOption('run')
  await page.getByLabel('Up', { exact: true }).selectOption('took')
  await page.getByLabel('Colour', { exact: true }).selectOption('user')
  await page.getByRole('switch', { name: 'log up' }).click()
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('A command, function, cache').fill('re')
}

async function compareSelected(page: Page, difference: string): Promise<void> {
  await clickRow(page, 0)
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+d')
  await page.getByRole('option', { name: difference }).click()
}

async function compareArrays(page: Page): Promise<void> {
  await compareSelected(page, 'forces')
  await page.getByRole('img', { name: 'Map of the difference' }).waitFor()
}

async function compareTexts(page: Page): Promise<void> {
  await compareSelected(page, 'log')
  await page.getByRole('group', { name: 'Text difference' }).waitFor()
}

async function compareCaches(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('A command, function, cache').fill('Compare this cache with another')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Copy the 4 missing' }).waitFor()
  await page.getByText('Only right', { exact: true }).last().waitFor()
  await page.getByRole('main').getByText('relax(').first().waitFor()
}

async function goToStart(page: Page): Promise<void> {
  await page.getByTitle('To the start').click()
  await page.getByText('Looking changes nothing.').waitFor()
}

/** Cuts the largest entry of the first folder that has one. */
async function damageOne(cache: string): Promise<void> {
  const names = await readdir(cache, { recursive: true })
  const entry = names.find((name) => /^95[/\\]95d1e3/.test(name))
  if (entry !== undefined) await truncate(path.join(cache, entry), 40_000)
}
