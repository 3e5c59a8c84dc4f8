import { mkdir, writeFile } from 'node:fs/promises'
import { copyCache } from './program.ts'
import { expect, test } from './test.ts'

test.use({ caches: [] })

test('opens a cache by its path, after saying what it is', async ({ inspector, folder }) => {
  const { page, grid } = inspector
  const cache = await copyCache('fs-v002', folder)
  await page.getByRole('button', { name: 'Open by path' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a cache' })
  await dialog.getByRole('textbox').fill(`${folder}/fs-v002`)
  await dialog.getByRole('button', { name: 'cache', exact: true }).click()
  await expect(dialog.getByRole('textbox')).toHaveValue(cache)
  await expect(dialog.getByText('Files · ')).toBeVisible()
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(grid).toHaveAttribute('aria-rowcount', '83')
})

test('says what is wrong with a path: not there, or not a cache', async ({ inspector, folder }) => {
  const { page } = inspector
  await mkdir(`${folder}/holiday`)
  await writeFile(`${folder}/holiday/photo.txt`, 'no cache')
  await expect(page.getByText('Looking changes nothing.')).toBeVisible()
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a cache' })
  const path = dialog.getByRole('textbox')
  // Nobody has named anything yet.
  await expect(dialog.getByRole('status')).toHaveText(/^Name the folder or the file of a cache/)
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  await path.fill(`${folder}/nowhere`)
  await expect(dialog.getByRole('alert')).toContainText(`${folder}/nowhere`)
  await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled()
  await path.fill(`${folder}/holiday`)
  await expect(dialog.getByRole('status')).toContainText(`${folder}/holiday is no cache`)
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled()
})

test('a link to a cache that is not open asks before it opens it', async ({ inspector, folder }) => {
  const { page, grid } = inspector
  const cache = await copyCache('fs-v002', folder)
  await page.goto(`${new URL(page.url()).origin}/?store=${encodeURIComponent(cache)}&q=func:relax`)
  await expect(page.getByText('This cache is not open')).toBeVisible()
  await page.getByRole('button', { name: 'Open it' }).click()
  await expect(grid).toBeVisible()
})
