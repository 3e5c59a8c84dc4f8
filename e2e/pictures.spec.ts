import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { python } from '../shared/testing/python.ts'
import { expect, lookingTest, type Inspector } from './test.ts'
import { violations } from './violations.ts'

/** A program that has a cache of arrays of every kind open. */
const test = lookingTest('arrays', async (folder) => {
  const cache = path.join(folder, 'arrays', 'cache')
  execFileSync(python, [path.join(import.meta.dirname, 'make-pictures.py'), cache])
  return [cache]
})

async function show(inspector: Inspector, name: string): Promise<void> {
  await inspector.filterBy(`func:${name}`, 1)
  await expect(inspector.row(0)).toContainText(`${name}(`)
  await inspector.row(0).click()
}

function option(inspector: Inspector, name: string): string | null {
  return new URL(inspector.page.url()).searchParams.get(`v.pic.${name}`)
}

// The first test makes the cache with Python and starts the program: on a busy machine that takes its time.
test.slow()

test('a line: zoomed by wheel, dragging and keys, read out, kept by a reload', async ({ inspector }) => {
  const { page, panel } = inspector
  await show(inspector, 'trace')
  await expect(
    panel.getByRole('img', { name: 'Line of 60,000 numbers from -0.88264 to 1.0136' }),
  ).toBeVisible()
  const plot = panel.getByRole('group', { name: /^Lines/ })
  const box = (await plot.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + 80)
  await expect(plot).toContainText(/\[[\d,]+ – [\d,]+\].*…/)
  await page.mouse.wheel(0, -300)
  await expect(panel.getByText(/ of 60,000$/)).toHaveCount(0)
  await expect.poll(() => option(inspector, 'from')).not.toBeNull()
  await page.mouse.move(box.x + box.width * 0.4, box.y + 80)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + 90, { steps: 5 })
  await page.mouse.up()
  const span = (): number => Number(option(inspector, 'to')) - Number(option(inspector, 'from'))
  await expect.poll(span).toBeLessThan(20_000)
  const before = span()
  await page.reload()
  await expect(
    panel.getByRole('img', { name: `Line of ${before.toLocaleString('en')} numbers` }),
  ).toBeVisible()
  await plot.focus()
  await page.keyboard.press('+')
  await expect.poll(span).toBeLessThan(before)
  await page.keyboard.press('ArrowRight')
  await expect(plot.locator('[aria-live]')).toContainText('[')
  await page.keyboard.press('0')
  await expect(panel.getByRole('img', { name: /^Line of 60,000/ })).toBeVisible()
  await panel.getByRole('switch', { name: 'Log y' }).click()
  expect(option(inspector, 'log')).toBe('1')
})

test('a matrix: colours with their scale, gaps, a window, lines instead', async ({ inspector }) => {
  const { page, panel } = inspector
  await show(inspector, 'gappy')
  await expect(panel.getByRole('img', { name: /^Heat map of 180 × 240 numbers/ })).toBeVisible()
  await expect(panel.getByRole('img', { name: 'Colours from -1.1685 to 1.1685' })).toBeVisible()
  await expect(panel.getByText('800 nan')).toBeVisible()
  const picture = panel.getByRole('group', { name: /^Picture:/ })
  await picture.focus()
  await page.keyboard.press('ArrowRight')
  await expect(panel.locator('[aria-live]')).toContainText('[90, 121]')
  await page.keyboard.press('+')
  await expect(panel.getByRole('img', { name: /^Heat map of 90 × 120 numbers/ })).toBeVisible()
  await page.keyboard.press('0')
  await panel.getByRole('switch', { name: 'Clip 1 %' }).click()
  await expect(panel.getByText('≤ ')).toBeVisible()
  await panel.getByText('Lines', { exact: true }).click()
  await expect(panel.getByRole('img', { name: /^Line of 240 numbers/ })).toBeVisible()
  await expect(panel.getByRole('slider', { name: 'Index of axis 0' })).toBeVisible()
  await page.reload()
  await expect(panel.getByRole('img', { name: /^Line of 240 numbers/ })).toBeVisible()
})

test('images in colour, complex numbers by their parts, and any two axes of three', async ({ inspector }) => {
  const { panel } = inspector
  await show(inspector, 'photo')
  await expect(panel.getByRole('img', { name: 'Image of 240 × 180 pixels, RGB' })).toBeVisible()
  const rows = panel.getByRole('group', { name: 'Table of' })
  await expect(panel.getByRole('table', { name: 'Elements' }).getByRole('row').nth(1)).toContainText('13614')
  await rows.getByRole('textbox', { name: 'Index of axis 0' }).fill('120')
  await expect.poll(() => option(inspector, 'index')).toBe('120,0,0')
  await panel.getByRole('switch', { name: 'BGR' }).click()
  await expect(panel.getByRole('img', { name: 'Image of 240 × 180 pixels, BGR' })).toBeVisible()
  await show(inspector, 'planes')
  await expect(panel.getByRole('img', { name: 'Image of 240 × 180 pixels, RGB' })).toBeVisible()
  await show(inspector, 'wave')
  await panel.getByText('arg', { exact: true }).click()
  await expect(panel.getByRole('img', { name: /^Heat map .* from -3\.14\d* to 3\.14\d*/ })).toBeVisible()
  await show(inspector, 'volume')
  await expect(panel.getByRole('img', { name: /^Heat map of 60 × 80/ })).toBeVisible()
  await panel.getByRole('combobox', { name: 'Down' }).selectOption('0')
  await expect(panel.getByRole('img', { name: /^Heat map of 24 × 80/ })).toBeVisible()
  await panel.getByRole('textbox', { name: 'Index of axis 1' }).fill('30')
  await expect.poll(() => option(inspector, 'index')).toBe('0,30,0')
})

test('says so where there is nothing to draw', async ({ inspector }) => {
  const { panel } = inspector
  await show(inspector, 'empty')
  await expect(panel.getByText('The array has no elements.')).toBeVisible()
  await show(inspector, 'nothing')
  await expect(panel.getByText('Nothing to draw: no number is finite.')).toBeVisible()
  await show(inspector, 'words')
  await expect(panel.getByRole('table', { name: 'Elements' })).toContainText("'Cu'")
  await expect(panel.getByRole('group', { name: 'Picture' })).toHaveCount(0)
})

test('masked elements are gaps, spans of time have their unit', async ({ inspector }) => {
  const { panel } = inspector
  await show(inspector, 'masked')
  await expect(panel.getByText('200 elements · 20 masked or nan')).toBeVisible()
  await expect(panel.getByRole('table', { name: 'Elements' }).getByRole('row').nth(4)).toContainText('--')
  await show(inspector, 'waits')
  await expect(panel.getByRole('img', { name: 'Line of 30 numbers from 0 s to 8.4583 d' })).toBeVisible()
  await expect(panel.getByRole('switch', { name: 'Log y' })).toHaveCount(0)
})

test('bytes, texts, lists and dicts are saved too', async ({ inspector, folder }) => {
  const { page, panel } = inspector
  const save = async (item: string): Promise<Buffer> => {
    await panel.getByRole('button', { name: 'Save as a file' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item }).click()
    const file = path.join(folder, 'saved')
    await (await download).saveAs(file)
    return readFile(file)
  }
  await show(inspector, 'payload')
  await expect(panel.getByText(/^b'\\x89PNG.*fe\\xff'$/).last()).toBeVisible()
  const payload = await save('Raw bytes')
  expect([payload.length, payload.subarray(0, 4).toString('latin1')]).toEqual([264, '\u0089PNG'])
  await show(inspector, 'report')
  // Until then the button saves what was shown before.
  await expect(panel.getByRole('treeitem', { name: /^'steps'/ })).toBeVisible()
  expect(JSON.parse((await save('JSON (.json)')).toString())).toMatchObject({
    energy: -3.5,
    steps: [1, 2, 3],
  })
  await panel.getByRole('treeitem', { name: /^'steps'/ }).click()
  expect((await save('Table (.csv)')).toString()).toBe('1\n2\n3\n')
  await panel.getByRole('treeitem', { name: /^'log'/ }).click()
  expect((await save('Raw bytes')).toString()).toBe('step 1\nstep 2\n'.repeat(20))
})

test('saves the value and its picture', async ({ inspector, folder }) => {
  const { page, panel } = inspector
  await show(inspector, 'surface')
  const save = async (item: string): Promise<string> => {
    await panel.getByRole('button', { name: 'Save as a file' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item }).click()
    const file = path.join(folder, item.replaceAll(/\W/g, ''))
    await (await download).saveAs(file)
    return file
  }
  const npy = await save('NumPy array (.npy)')
  const told = execFileSync(python, [
    '-c',
    'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype)',
    npy,
  ])
  expect(told.toString().trim()).toBe('(180, 240) float64')
  expect((await readFile(await save('Table (.csv)'), 'utf8')).split('\n')).toHaveLength(181)
  const png = await readFile(await save('Picture (.png)'))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  const pixels = await readFile(await save('Pixels (.png)'))
  expect([pixels.readUInt32BE(16), pixels.readUInt32BE(20)]).toEqual([240, 180])
})

for (const scheme of ['light', 'dark'] as const) {
  test(`pictures have no serious fault of accessibility: ${scheme}`, async ({ inspector }) => {
    const { page, panel } = inspector
    await page.emulateMedia({ colorScheme: scheme })
    for (const [name, picture] of [
      ['columns', /^3 lines/],
      ['density', /^Heat map/],
      ['photo', /^Image/],
      ['volume', /^Heat map/],
    ] as const) {
      await show(inspector, name)
      await expect(panel.getByRole('img', { name: picture })).toBeVisible()
      expect(await violations(page, '[aria-label="Inspector"]'), name).toEqual([])
    }
  })
}
