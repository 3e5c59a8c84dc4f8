import { createHash } from 'node:crypto'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { photograph, startProgram } from './program.ts'
import { expect, test } from './test.ts'
import { violations } from './violations.ts'

test('select, plan, run, report, trash, undo: all comes back as it was', async ({ inspector, copies }) => {
  const { page } = inspector
  const before = await photograph(copies[0]!)
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Control+a')
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Evict…' }).click()
  const job = page.getByRole('region', { name: /^Evict from/ })
  await expect(job.getByText('planned, not run')).toBeVisible()
  await expect(job.getByRole('table', { name: 'Items' })).toHaveAttribute('aria-rowcount', '7')
  expect(await photograph(copies[0]!)).toEqual(before)

  await job.getByRole('button', { name: 'Unlock and move 6 entries to the trash' }).click()
  await expect(job.getByText('6 done', { exact: true })).toBeVisible()
  await expect(page.getByText('147 entries ·')).toBeVisible()

  await page.getByRole('button', { name: 'Trash', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Contents of the trash' }).getByRole('listitem')).toHaveCount(1)
  await page.getByRole('button', { name: 'Empty the trash…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete for good' })
  await dialog.getByRole('textbox').fill('5')
  await expect(dialog.getByRole('button', { name: 'Delete for good' })).toBeDisabled()
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('button', { name: 'Undo…' }).click()
  const undo = page.getByRole('region', { name: /^Undo: Evict from/ })
  await undo.getByRole('button', { name: 'Take back 6 entries' }).click()
  await expect(undo.getByText('6 done', { exact: true })).toBeVisible()
  await expect(page.getByText('153 entries ·')).toBeVisible()
  // Folders have new times of their own; the entries' files are those that were there.
  const files = (lines: string[]): string[] => lines.filter((line) => !line.endsWith(' '))
  expect(files(await photograph(copies[0]!))).toEqual(files(before))
})

test('what a run did is told, with the way back: it stays while the keys are at it', async ({
  inspector,
}) => {
  const { page } = inspector
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  const job = page.getByRole('region', { name: /^Evict from/ })
  await job.getByRole('button', { name: 'Unlock and move 6 entries to the trash' }).click()
  const notice = page.getByRole('region', { name: 'What a job did' })
  await expect(notice.getByText(/^6 entries of .* moved to the trash$/)).toBeVisible()
  await expect(page.getByText('147 entries ·')).toBeVisible()
  const undo = notice.getByRole('button', { name: 'Undo' })
  await undo.focus()
  // The pointer comes and goes.
  await notice.hover()
  await page.mouse.move(10, 10)
  await page.waitForTimeout(13_000)
  await expect(undo).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(notice.getByText(/^6 entries of .* taken back$/)).toBeVisible()
  await expect(notice.getByRole('button', { name: 'Undo' })).toHaveCount(0)
  await expect(page.getByText('153 entries ·')).toBeVisible()
  await notice.getByRole('button', { name: 'Close' }).click()
  await expect(notice).toHaveCount(0)
})

test('the items of a plan stand until what became of them is here', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  const item = page.getByRole('table', { name: 'Items' }).getByRole('row').nth(1)
  await expect(item).toContainText('langevin_trace')
  const answered = Promise.withResolvers<void>()
  await page.route('**/api/jobs/*/items?*', async (route) => {
    await answered.promise
    await route.continue()
  })
  const asked = page.waitForRequest('**/api/jobs/*/items?*')
  await page.getByRole('button', { name: 'Unlock and move 6 entries to the trash' }).click()
  await expect(page.getByText('6 done', { exact: true })).toBeVisible()
  await asked
  await expect(item).toContainText('langevin_trace')
  answered.resolve()
  await expect(item.getByText('done', { exact: true })).toBeVisible()
  await expect(item).toContainText('langevin_trace')
})

test('the status bar takes the last run back', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: 'Unlock and move 1 entry to the trash' }).click()
  await expect(page.getByText('152 entries ·')).toBeVisible()
  const bar = page.getByRole('contentinfo')
  const notice = page.getByRole('region', { name: 'What a job did' })
  const answered = Promise.withResolvers<void>()
  await page.route('**/api/jobs/*/undo', async (route) => {
    await answered.promise
    await route.continue()
  })
  await bar.getByRole('button', { name: 'Undo' }).click()
  // Nor does the notice take it back once more.
  await expect(bar.getByRole('button', { name: 'Taking back…' })).toBeDisabled()
  await expect(notice.getByRole('button', { name: 'Taking back…' })).toBeDisabled()
  answered.resolve()
  await expect(notice.getByText(/^1 entry of .* taken back$/)).toBeVisible()
  await expect(page.getByText('153 entries ·')).toBeVisible()
  await expect(bar.getByRole('button', { name: 'Undo' })).toHaveCount(0)
  // It goes while somebody works elsewhere.
  await page.getByRole('button', { name: 'Entries', exact: true }).click()
  await expect(async () => {
    await inspector.filter.press('x')
    await expect(notice).toHaveCount(0, { timeout: 300 })
  }).toPass({ timeout: 20_000 })
})

test('migrate to a new SQLite file, and open the result', async ({ inspector, folder }) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  const form = page.getByRole('form', { name: 'Migrate or merge' })
  await form.getByLabel('To: a path, or the URL of a server').fill(path.join(folder, 'new.sqlite'))
  await form.getByLabel('Kind of the target').selectOption({ label: 'new: SQLite' })
  await form.getByRole('button', { name: 'Make the plan' }).click()
  const job = page.getByRole('region', { name: /^Migrate/ })
  await job.getByRole('button', { name: 'Write 153 entries' }).click()
  await job.getByRole('button', { name: 'Open the result' }).click()
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '154')
  await expect(page.getByText('SQLite', { exact: false }).first()).toBeVisible()
})

test('conflicts are decided one by one, the others at once, and the plan keeps that', async ({
  inspector,
  folder,
  copies,
}) => {
  const { page } = inspector
  const files = (await readdir(copies[0]!, { recursive: true })).filter((name) => /[0-9a-f]{40}$/.test(name))
  for (const name of files.slice(0, 3)) {
    const place = path.join(folder, 'merged', name)
    await mkdir(path.dirname(place), { recursive: true })
    await writeFile(place, Buffer.from('\u0080\u0004N.', 'latin1'))
  }
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  const form = page.getByRole('form', { name: 'Migrate or merge' })
  await form.getByLabel('To: a path, or the URL of a server').fill(`fs:${path.join(folder, 'merged')}`)
  await form.getByLabel('Where the target has other bytes').selectOption('ask')
  await form.getByRole('button', { name: 'Make the plan' }).click()
  const job = page.getByRole('region', { name: /^Migrate/ })
  await expect(job.getByText('3 conflicts to decide')).toBeVisible()
  // They were to be asked about: that is no fault.
  await expect(job.getByText('to be decided', { exact: true }).first()).toBeVisible()
  await expect(job.getByRole('alert')).toHaveCount(0)
  await expect(job.getByRole('cell', { name: /^4 B/ }).first()).toBeVisible()
  await expect(job.getByRole('button', { name: /^Plan with/ })).toBeDisabled()
  expect(await violations(page, 'main')).toEqual([])
  await job
    .getByLabel(/^What to do with/)
    .first()
    .selectOption('overwrite')
  await job.getByRole('button', { name: 'Plan with 1 of 3 decided' }).click()
  await expect(job.getByText('2 conflicts to decide')).toBeVisible()
  await page.reload()
  await expect(job.getByText('2 conflicts to decide')).toBeVisible()
  await job.getByLabel('All that are not decided below').selectOption('skip')
  await job.getByRole('button', { name: 'Plan with all decided' }).click()
  await job.getByRole('button', { name: 'Write 151 entries' }).click()
  await expect(job.getByText('151 done', { exact: true })).toBeVisible()
})

test('a form says what it has understood, and plans nothing that cannot be', async ({
  inspector,
  copies,
  folder,
}) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  const form = page.getByRole('form', { name: 'Migrate or merge' })
  const target = form.getByLabel('To: a path, or the URL of a server')
  const plan = form.getByRole('button', { name: 'Make the plan' })
  await target.fill(copies[0]!)
  await expect(form.getByText('fs-class/cache is both source and target; name another target.')).toBeVisible()
  await expect(plan).toBeDisabled()
  await target.fill(path.join(folder, 'new.sqlite'))
  await expect(
    form.getByText(/^SQLite will be made at \/.*new\.sqlite when the plan is run\.$/),
  ).toBeVisible()
  const filter = form.getByLabel('Entries: all, or those of a filter')
  await expect(filter).toHaveAccessibleDescription(/^153 entries · /)
  await filter.fill('func:(')
  await expect(filter).toHaveAccessibleDescription(/^Filter, column 7: /)
  await expect(plan).toBeDisabled()
  await filter.fill('func:energy')
  await expect(filter).toHaveAccessibleDescription(/^40 entries · /)
  await plan.click()
  const job = page.getByRole('region', { name: /^Migrate/ })
  await expect(job.getByRole('button', { name: 'Write 40 entries' })).toBeVisible()
})

test('what is wrong with a target is said in the form, and goes when it is mended', async ({
  inspector,
  folder,
}) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  const form = page.getByRole('form', { name: 'Migrate or merge' })
  const target = form.getByLabel('To: a path, or the URL of a server')
  const plan = form.getByRole('button', { name: 'Make the plan' })
  await target.fill('redis://127.0.0.1:1/0')
  await plan.click()
  await expect(form.getByRole('alert')).toHaveText(/^Nothing listens at 127\.0\.0\.1:1/)
  await target.fill(`shelve:${path.join(folder, 'shelf')}`)
  await expect(form.getByRole('alert')).toHaveCount(0)
  await expect(form.getByText(/say in which format to make it/)).toBeVisible()
  await expect(plan).toBeDisabled()
  await target.fill(path.join(folder, 'shelf'))
  await expect(form.getByText('No cache stands there yet; choose the kind to make.')).toBeVisible()
  await expect(plan).toBeDisabled()
  await form.getByLabel('Kind of the target').selectOption({ label: 'new: Python shelf, dbm.gnu' })
  await plan.click()
  const job = page.getByRole('region', { name: /^Migrate/ })
  await job.getByRole('button', { name: 'Write 153 entries' }).click()
  await expect(job.getByText('153 done', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  await target.fill(path.join(folder, 'shelf'))
  await expect(form.getByText(/^Python shelf at .*: entries are merged into it\.$/)).toBeVisible()
  await plan.click()
  await expect(job.getByText('Nothing to do: the target has all of them already.')).toBeVisible()
  await expect(job.getByRole('button', { name: /^Write/ })).toHaveCount(0)
})

test('a job is found by words, and the keys walk the list', async ({ inspector }) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  for (const func of ['relax', 'report', 'energy']) {
    await page.getByRole('button', { name: 'Clean up…' }).click()
    await page.getByLabel('More of a function than, entries').fill('2')
    await page.getByLabel('Only among the entries of a filter').fill(`func:${func}`)
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await expect(page.getByText('planned, not run')).toBeVisible()
    // What had the focus went with the form.
    await expect(page.getByRole('heading', { name: /^Evict from/ })).toBeFocused()
  }
  const list = page.getByRole('list', { name: 'Jobs' })
  const lines = list.getByRole('button')
  await expect(lines).toHaveCount(3)
  await lines.first().focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(lines.nth(1)).toHaveAttribute('aria-current', 'true')
  await page.getByLabel('Filter jobs').fill('evict FUNC:energy')
  await expect(lines).toHaveCount(1)
  await page.reload()
  await expect(lines).toHaveCount(1)
  await page.getByLabel('Filter jobs').fill('nowhere')
  await expect(page.getByText('None of 3 jobs matches.')).toBeVisible()
})

test('what had the focus may go, and the keys still have a place', async ({ inspector }) => {
  const { page } = inspector
  await inspector.row(0).click()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('heading', { name: /^Evict from/ })).toBeFocused()
  await page.getByRole('button', { name: 'Unlock and move 1 entry to the trash' }).press('Enter')
  await expect(page.getByText('1 done', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { name: /^Evict from/ })).toBeFocused()
  await page.getByRole('button', { name: 'Trash', exact: true }).click()
  const trash = page.getByRole('region', { name: 'Trash' })
  await trash.getByRole('button', { name: 'Delete…' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Delete for good' })
  await expect(dialog.getByRole('textbox')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(trash.getByRole('button', { name: 'Delete…' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('textbox')).toBeFocused()
  await page.keyboard.type('1')
  await page.keyboard.press('Enter')
  await expect(page.getByText('The trash is empty')).toBeVisible()
  await expect(trash).toBeFocused()
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).press('Enter')
  await expect(page.getByLabel('To: a path, or the URL of a server')).toBeFocused()
  // The palette leads to a view, and what had the focus before it is gone.
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('A command, function, cache, or the beginning of a key')).toBeFocused()
  await page.keyboard.type('go to the trash')
  await page.keyboard.press('Enter')
  await expect(trash).toBeFocused()
})

test('in a narrow window every screen can be gone to, and a plan is run', async ({ inspector }) => {
  const { page } = inspector
  await page.setViewportSize({ width: 900, height: 600 })
  const views = page.getByRole('navigation', { name: 'Views' }).getByRole('button')
  await expect(views).toHaveText(['Overview', 'Entries', 'Plot', 'Compare', 'Trust', 'Jobs', 'Trash'])
  for (const view of await views.all()) await expect(view).toBeInViewport({ ratio: 1 })
  await expect(page.getByRole('button', { name: 'Columns' })).toBeInViewport({ ratio: 1 })
  await inspector.row(0).click()
  await page.keyboard.press('Delete')
  const run = page.getByRole('button', { name: 'Unlock and move 1 entry to the trash' })
  await expect(run).toBeInViewport({ ratio: 1 })
  await run.click()
  await expect(page.getByText('1 done', { exact: true })).toBeVisible()
  const row = page.getByRole('table', { name: 'Items' }).getByRole('row').nth(1)
  await row.scrollIntoViewIfNeeded()
  await expect(row).toBeInViewport()
})

test('what JSON loses is listed, and refused until it is accepted', async ({ inspector, folder }) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Migrate…' }).click()
  const form = page.getByRole('form', { name: 'Migrate or merge' })
  await form.getByLabel('To: a path, or the URL of a server').fill(`json:${path.join(folder, 'json')}`)
  await form.getByRole('button', { name: 'Make the plan' }).click()
  const job = page.getByRole('region', { name: /^Migrate/ })
  await expect(job.getByRole('row', { name: /tuple → list/ })).toBeVisible()
  await job.getByRole('button', { name: 'Accept what is lost and plan again' }).click()
  await expect(job.getByRole('button', { name: 'Write 153 entries' })).toBeVisible()
})

test('rules are planned, and what is wrong is verified', async ({ inspector }) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Clean up…' }).click()
  const form = page.getByRole('form', { name: 'Clean up' })
  await expect(form.getByRole('button', { name: 'Make the plan' })).toBeDisabled()
  await form.getByLabel('More of a function than, entries').fill('2')
  await form.getByRole('button', { name: 'Make the plan' }).click()
  const job = page.getByRole('region', { name: /^Evict from/ })
  await expect(job.getByText('more than 2 entries of the function').first()).toBeVisible()
  await job.getByRole('button', { name: 'Copy the command line that plans the same' }).click()
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^hashcache evict --max-per-function=2 --order=value \S+$/)
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText('Nothing wrong was found')).toBeVisible()
  await expect(page.getByRole('note')).toContainText('13 entries have the output of a newer one')
  await page.getByRole('button', { name: 'Show the duplicates' }).click()
  await expect(page).toHaveURL(/is%3Aduplicate|is:duplicate/)
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '14')
})

test('a temporary file that was left behind is repaired away, and comes back', async ({
  inspector,
  copies,
}) => {
  const { page } = inspector
  const left = path.join(copies[0]!, '.hashcache-0123456789abcdef-0.tmp')
  await writeFile(left, 'half')
  await utimes(left, 1, 1)
  await writeFile(path.join(copies[0]!, 'notes.txt'), 'mine')
  const before = await photograph(copies[0]!)
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByRole('checkbox', { name: 'No entries 2' })).toBeChecked()
  await page.getByRole('button', { name: 'Plan the repair' }).click()
  const job = page.getByRole('region', { name: /^Repair/ })
  await expect(job.getByText(/One thing that is no entry stays; look yourself: notes.txt/)).toBeVisible()
  await job.getByRole('button', { name: 'Unlock and move 1 entry to the trash' }).click()
  await expect(job.getByText('1 done', { exact: true })).toBeVisible()
  expect(await readdir(copies[0]!)).not.toContain(path.basename(left))
  await job.getByRole('button', { name: 'Undo…' }).click()
  const undo = page.getByRole('region', { name: /^Undo: Repair/ })
  await undo.getByRole('button', { name: /^Take back 1/ }).click()
  await expect(undo.getByText('1 done', { exact: true })).toBeVisible()
  const files = (lines: string[]): string[] => lines.filter((line) => !line.endsWith(' '))
  expect(files(await photograph(copies[0]!))).toEqual(files(before))
})

test('rules are kept with a cache, and stand in the form after a reload', async ({ inspector }) => {
  const { page } = inspector
  const openForm = async () => {
    await page.getByRole('button', { name: 'Jobs', exact: true }).click()
    await page.getByRole('button', { name: 'Clean up…' }).click()
    return page.getByRole('form', { name: 'Clean up' })
  }
  const form = await openForm()
  await form.getByLabel('Older than, days').fill('400')
  await form.getByRole('button', { name: 'Keep these rules' }).click()
  await expect(form.getByRole('button', { name: 'Kept' })).toBeVisible()
  await page.reload()
  await expect((await openForm()).getByLabel('Older than, days')).toHaveValue('400')
})

/** A cache that takes some seconds to be moved: each file is forced to the disk. */
async function manyEntries(folder: string, entries: number): Promise<string> {
  const cache = path.join(folder, 'many', 'cache')
  for (let i = 0; i < entries; i++) {
    const name = createHash('sha1').update(String(i)).digest('hex')
    const shard = path.join(cache, name.slice(0, 2))
    await mkdir(shard, { recursive: true })
    await writeFile(
      path.join(shard, name),
      Buffer.from(`\u0080\u0004\u008c\u0008${name.slice(0, 8)}.`, 'latin1'),
    )
  }
  return cache
}

test('a job is cancelled, and one that was killed with its engine is resumed', async ({ page, folder }) => {
  const cache = await manyEntries(folder, 6_000)
  const data = path.join(folder, 'data')
  const migrate = async (to: string): Promise<void> => {
    await page.getByRole('button', { name: 'Jobs', exact: true }).click()
    await page.getByRole('button', { name: 'Migrate…' }).click()
    await page.getByLabel('To: a path, or the URL of a server').fill(`fs:${path.join(folder, to)}`)
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.getByRole('button', { name: 'Write 6,000 entries' }).click()
    await expect(page.getByRole('progressbar', { name: 'Progress' })).toBeVisible()
  }
  const program = await startProgram([cache], data)
  await page.goto(program.url)
  await migrate('first')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('cancelled').first()).toBeVisible()
  await migrate('second')
  await program.kill()

  await using again = await startProgram([cache], data)
  await page.goto(`${again.url}&view=jobs`)
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await expect(page.getByText('The program that ran it ended in the middle.')).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText('6,000 done', { exact: true })).toBeVisible({ timeout: 30_000 })
})

test('the notice of a run leaves the bar of a selection free', async ({ inspector }) => {
  const { page } = inspector
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: 'Unlock and move 1 entry to the trash' }).click()
  const notice = page.getByRole('region', { name: 'What a job did' })
  await expect(notice).toBeVisible()
  await page.getByRole('button', { name: 'Entries', exact: true }).click()
  // The list without the entry that went: a choice of that one would go with it.
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '6')
  await inspector.row(0).click()
  await inspector.row(2).click({ modifiers: ['Shift'] })
  const bar = page.getByRole('region', { name: 'Selection' })
  await expect(bar).toBeVisible()
  const [above, below] = await Promise.all([notice.boundingBox(), bar.boundingBox()])
  expect(above!.y + above!.height).toBeLessThanOrEqual(below!.y)
})
