import path from 'node:path'
import { expect, test } from './test.ts'

test('a map of LMDB that is too small is told by the plan, stops the run, and is mended by opening it with more', async ({
  inspector,
  folder,
}) => {
  const { page } = inspector
  const target = path.join(folder, 'small.lmdb')
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  const form = page.getByRole('form', { name: 'Migrate or merge' })
  await form.getByLabel('To: a path, or the URL of a server').fill(`lmdb:${target}?map_size=300kB`)
  await form.getByRole('button', { name: 'Make the plan' }).click()
  const job = page.getByRole('region', { name: /^Migrate/ })
  await expect(job.getByText(/map of this LMDB may grow to 300 kB \(map_size\).* do not fit/)).toBeVisible()
  await job.getByRole('button', { name: 'Plan it all the same' }).click()
  await job.getByRole('button', { name: 'Write 153 entries' }).click()
  await expect(job.getByText(/The map of .*small.lmdb is full: it may grow to 300 kB/)).toBeVisible()

  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a cache' })
  await dialog.getByRole('textbox').first().fill(`lmdb:${target}?map_size=64MB`)
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(dialog).toHaveCount(0)
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page
    .getByText(/^Migrate /)
    .first()
    .click()
  await job.getByRole('button', { name: /esume/ }).click()
  await expect(job.getByText('153 done', { exact: true })).toBeVisible()
})
