import { cp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { kindsFolder } from '../shared/testing/kinds.ts'
import { expect, lookingTest, type Inspector } from './test.ts'
import { violations } from './violations.ts'

/** A program that has a cache of tables, sparse matrices and structures open. */
const test = lookingTest('kinds', async (folder) => {
  const cache = path.join(folder, 'kinds', 'cache')
  await cp(path.join(kindsFolder, 'cache'), cache, { recursive: true })
  return [cache]
})

async function show(inspector: Inspector, name: string): Promise<void> {
  await inspector.filterBy(`func:${name}`, 1)
  await expect(inspector.row(0)).toContainText(`${name}(`)
  await inspector.row(0).click()
}

/** Saves the shown value by its menu; answers the file. */
async function saved({ page, panel }: Inspector, folder: string, item: string): Promise<string> {
  await panel.getByRole('button', { name: 'Save as a file' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: item }).click()
  const file = path.join(folder, item.replaceAll(/\W/g, ''))
  await (await download).saveAs(file)
  return file
}

// Much is drawn in each test: on a busy machine that takes its time.
test.slow()

test('a table: types, gaps and what is in each column, a row by number, a column as a line', async ({
  inspector,
}) => {
  const { page, panel } = inspector
  await page.setViewportSize({ width: 1920, height: 1080 })
  await show(inspector, 'frame')
  const table = panel.getByRole('table', { name: 'Rows' })
  await expect(table).toHaveAttribute('aria-rowcount', '401')
  const energy = table.getByRole('columnheader', { name: /energy/ })
  await expect(energy).toContainText('16 missing')
  await expect(energy).toContainText('-4.76 … -2.38')
  await expect(table.getByRole('columnheader', { name: /element/ })).toContainText('Cu · 4 values')
  await panel.getByRole('textbox', { name: 'Go to row' }).fill('399')
  await page.keyboard.press('Enter')
  await expect(table.locator('[data-wanted]')).toContainText('399')
  await panel.getByRole('textbox', { name: 'Go to row' }).fill('400')
  await expect(panel.getByRole('textbox', { name: 'Go to row' })).toHaveAttribute('aria-invalid', 'true')
  await energy.getByRole('button', { name: 'energy' }).click()
  await expect(panel.getByRole('img', { name: /^Line of 400 numbers/ })).toBeVisible()
  await expect(panel.getByText('400 elements · 16 nan')).toBeVisible()
  await page.reload()
  await expect(panel.getByRole('img', { name: /^Line of 400 numbers/ })).toBeVisible()
  await energy.getByRole('button', { name: 'energy' }).click()
  await expect(panel.getByRole('img', { name: /^Line of/ })).toHaveCount(0)
})

test('a wide table is drawn where one looks, by wheel and by keys', async ({ inspector }) => {
  const { page, panel } = inspector
  await show(inspector, 'wide')
  const table = panel.getByRole('table', { name: 'Rows' })
  await expect(table).toHaveAttribute('aria-colcount', '2001')
  await table.evaluate((element) => element.scrollTo({ left: element.scrollWidth }))
  await expect(table.getByRole('columnheader', { name: 'gene 1999' })).toBeVisible()
  await expect(table.getByRole('columnheader', { name: 'gene 3', exact: true })).toHaveCount(0)
  await expect(table.getByRole('cell').last()).not.toHaveText('·')
  await table.focus()
  await page.keyboard.press('Home')
})

test('indexes of several levels, Series over time, records, empty tables', async ({ inspector }) => {
  const { panel } = inspector
  const table = panel.getByRole('table', { name: 'Rows' })
  await show(inspector, 'multi')
  await expect(table.getByRole('columnheader').first()).toContainText('metalobjectkelvinint64')
  await expect(table.getByRole('rowheader').nth(8)).toHaveText('Ni100a')
  await show(inspector, 'series')
  await expect(panel.getByRole('img', { name: /^Line of 300 numbers/ })).toBeVisible()
  await show(inspector, 'structured')
  await expect(table.getByRole('columnheader', { name: /^x/ })).toContainText('1 missing')
  await show(inspector, 'recarray')
  await expect(table).toHaveAttribute('aria-rowcount', '21')
  await show(inspector, 'nothing')
  await expect(panel.getByText('The table has no rows, but 2 columns.')).toBeVisible()
})

test('a sparse matrix: where its elements are, a window, their values, and their table', async ({
  inspector,
}) => {
  const { page, panel } = inspector
  await show(inspector, 'csr')
  await expect(panel.getByRole('img', { name: 'Spy plot of 120 × 90, 422 elements stored' })).toBeVisible()
  await expect(panel.getByText('3.9074 %')).toBeVisible()
  const picture = panel.getByRole('group', { name: /^Picture:/ })
  await picture.focus()
  await page.keyboard.press('ArrowRight')
  await expect(panel.locator('[aria-live]')).toContainText('[60, 46]')
  await page.keyboard.press('+')
  await expect(panel.getByRole('img', { name: /^Spy plot of 60 × 45/ })).toBeVisible()
  await panel.getByText('Values', { exact: true }).click()
  await expect(panel.getByRole('img', { name: /^Colours from -/ })).toBeVisible()
  const table = panel.getByRole('table', { name: 'Rows' })
  await expect(table).toHaveAttribute('aria-rowcount', '423')
  await expect(table.getByRole('columnheader', { name: /^value/ })).toContainText('-3.28')
  for (const name of ['csc', 'bsr', 'dia', 'lil', 'dok', 'coo']) {
    await show(inspector, name)
    await expect(panel.getByRole('img', { name: /^Spy plot of/ })).toBeVisible()
  }
  await show(inspector, 'emptysparse')
  await expect(panel.getByRole('img', { name: 'Spy plot of 50 × 40, 0 elements stored' })).toBeVisible()
})

test('a structure: its cell, turned by dragging and by keys, zoomed, kept by a reload, saved', async ({
  inspector,
  folder,
}) => {
  const { page, panel } = inspector
  await show(inspector, 'slab')
  await expect(panel.getByRole('img', { name: 'Structure of 50 atoms: CCu48O' })).toBeVisible()
  await expect(panel.getByText('along a, b')).toBeVisible()
  await expect(panel.getByText('1821 Å³')).toBeVisible()
  const structure = panel.getByRole('group', { name: /^Structure:/ })
  const turn = (): string | null => new URL(page.url()).searchParams.get('v.pic.turn')
  const drawn = (): Promise<string> =>
    panel.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
  const atFirst = await drawn()
  const box = (await structure.boundingBox())!
  await page.mouse.move(box.x + 100, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + 180, box.y + 120, { steps: 4 })
  await page.mouse.up()
  await expect.poll(turn).not.toBeNull()
  const dragged = turn()
  await expect.poll(drawn).not.toBe(atFirst)
  await structure.focus()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(turn).not.toBe(dragged)
  const kept = turn()
  await page.reload()
  await expect(structure).toBeVisible()
  expect(turn()).toBe(kept)
  await structure.focus()
  await page.keyboard.press('0')
  await expect.poll(turn).toBeNull()
  await expect.poll(drawn).toBe(atFirst)
  await page.mouse.wheel(0, 0)
  await page.keyboard.press('+')
  await expect.poll(drawn).not.toBe(atFirst)
  await panel.getByRole('button', { name: 'Look along z' }).click()
  await page.keyboard.press('Escape')
  await expect(panel.getByRole('table', { name: 'Rows' })).toHaveAttribute('aria-rowcount', '51')
  const xyz = await readFile(await saved(inspector, folder, 'Atoms (.xyz)'), 'utf8')
  expect(xyz.split('\n')[0]).toBe('50')
  const png = await readFile(await saved(inspector, folder, 'Picture (.png)'))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  await show(inspector, 'ethanol')
  await expect(panel.getByRole('img', { name: 'Structure of 9 atoms: C2H6O' })).toBeVisible()
  await show(inspector, 'nobody')
  await expect(panel.getByText('There are no atoms in it.')).toBeVisible()
})

test('saves the elements of a sparse matrix as rows, and its picture', async ({ inspector, folder }) => {
  const { page, panel } = inspector
  await show(inspector, 'csr')
  await expect(panel.getByRole('img', { name: /^Spy plot/ })).toBeVisible()
  const csv = await readFile(await saved(inspector, folder, 'Table (.csv)'), 'utf8')
  expect(csv.split('\n').slice(0, 1)).toEqual(['row,column,value'])
  expect(csv.trim().split('\n')).toHaveLength(423)
  const png = await readFile(await saved(inspector, folder, 'Picture (.png)'))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  await expect(page.getByRole('alert')).toHaveCount(0)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`values of known classes have no serious fault of accessibility: ${scheme}`, async ({ inspector }) => {
    const { page, panel } = inspector
    await page.emulateMedia({ colorScheme: scheme })
    for (const [name, role, title] of [
      ['frame', 'table', 'Rows'],
      ['series', 'img', /^Line of/],
      ['csr', 'img', /^Spy plot/],
      ['slab', 'img', /^Structure of/],
    ] as const) {
      await show(inspector, name)
      await expect(panel.getByRole(role, { name: title })).toBeVisible()
      await expect(panel.getByRole(role, { name: title })).not.toHaveAttribute('aria-busy', 'true')
      expect(await violations(page, '[aria-label="Inspector"]'), name).toEqual([])
    }
  })
}
