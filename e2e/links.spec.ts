import { execFile } from 'node:child_process'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { builtProgram, compiledFolder } from './program.ts'
import { expect, Inspector, test } from './test.ts'

const root = path.resolve(import.meta.dirname, '..')

/** The place in a tab of its own, as somebody who was sent the link has it. */
async function inNewTab({ page }: Inspector): Promise<Inspector> {
  const tab = await page.context().newPage()
  await tab.goto(page.url())
  await tab.reload()
  return new Inspector(tab)
}

async function copiedCommand(page: Page): Promise<string> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('A command, function, cache').fill('Copy this view as a command line')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Command copied')).toBeVisible()
  return page.evaluate(() => navigator.clipboard.readText())
}

/** What a shell makes of the command, with options behind it. */
function run(command: string, folder: string, options = ''): Promise<{ code: number; stdout: string }> {
  const script = `hashcache() { "$NODE" "$PROGRAM" "$@"; }; ${command.replace(/^hashcache \w+( (?:show|ls))?/, `$& ${options}`)}`
  const env = {
    ...process.env,
    NODE: process.execPath,
    PROGRAM: builtProgram,
    HASHCACHE_DATA: path.join(folder, 'data'),
    NODE_OPTIONS: '',
    NODE_COMPILE_CACHE: compiledFolder,
    // The test runner's own; beside NO_COLOR, Node warns of it.
    FORCE_COLOR: undefined,
  }
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', script], { cwd: root, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      if (stderr === '') resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout })
      else reject(new Error(`${command} wrote:\n${stderr}`))
    })
  })
}

function lines<Line>(stdout: string): Line[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

test('a list: filter, two sorts and the entry with its panel', async ({ inspector, folder }) => {
  const { page, grid } = inspector
  const filter = `func:energy symbol:(Au, "Ag") -user:"o'hara $HOME"`
  await inspector.filterBy(filter, 10)
  await grid.getByRole('columnheader', { name: 'User' }).click()
  await grid.getByRole('columnheader', { name: 'Took' }).click({ modifiers: ['Shift'] })
  await expect(grid.getByRole('columnheader', { name: 'Took' })).toHaveAttribute('aria-sort', 'descending')
  const listed = await inspector.column('Key')
  expect(listed).toHaveLength(10)
  const list = await run(await copiedCommand(page), folder, '--json')
  expect(lines<{ key: string }>(list.stdout).map(({ key }) => key.slice(0, listed[0]!.length))).toEqual(
    listed,
  )

  await inspector.row(3).click()
  await page.keyboard.press('Alt+2')
  await expect(inspector.panel.getByRole('region', { name: 'Metadata' })).toBeVisible()
  const again = await inNewTab(inspector)
  await expect(again.filter).toHaveValue(filter)
  await expect(again.row(3)).toHaveAttribute('aria-selected', 'true')
  await expect(again.panel.getByRole('region', { name: 'Metadata' })).toBeVisible()
  expect(await again.column('Key')).toEqual(listed)

  const entry = new URL(page.url()).searchParams.get('entry')
  const shown = await run(await copiedCommand(page), folder, '--json')
  expect(lines<{ key: string }>(shown.stdout).map(({ key }) => key)).toEqual([entry])
})

test('the overview of a filter', async ({ inspector, folder }) => {
  const { page } = inspector
  await inspector.filterBy('func:energy', 40)
  await page.getByRole('button', { name: 'Overview' }).click()
  const total = (tab: Page) => tab.getByRole('link', { name: /^Entries: 40 entries/ })
  await expect(total(page)).toBeVisible()
  await expect(total((await inNewTab(inspector)).page)).toBeVisible()
  const { stdout } = await run(await copiedCommand(page), folder, '--json')
  expect(lines<{ total: { entries: number } }>(stdout)[0]!.total.entries).toBe(40)
})

test('a comparison of two entries', async ({ inspector, folder }) => {
  const { page } = inspector
  await inspector.filterBy('func:energy symbol:Au', 4)
  await inspector.row(0).click()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+d')
  const summary = (tab: Page) => tab.getByRole('toolbar', { name: 'Differences' })
  await expect(summary(page)).toContainText(/\d+ differences?/)
  const words = /\d+ differences?/.exec((await summary(page).textContent())!)![0]
  await expect(summary((await inNewTab(inspector)).page)).toContainText(words)
  const { code, stdout } = await run(await copiedCommand(page), folder, '--json')
  expect(code).toBe(1)
  expect(`${lines<{ changes: unknown[] }>(stdout)[0]!.changes.length} differences`).toBe(words)
})

test('a job, all jobs and the trash', async ({ inspector, folder }) => {
  const { page } = inspector
  await inspector.filterBy('func:energy symbol:Au', 4)
  await inspector.row(0).click()
  await page.keyboard.press('Control+a')
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('All 4 selected')
  await page.keyboard.press('Delete')
  const job = (tab: Page) => tab.getByRole('region', { name: /^Evict from/ })
  await expect(job(page).getByRole('table', { name: 'Items' })).toHaveAttribute('aria-rowcount', '5')
  const again = await inNewTab(inspector)
  await expect(job(again.page).getByRole('table', { name: 'Items' })).toHaveAttribute('aria-rowcount', '5')
  const [shown, ...items] = lines<{ title: string }>((await run(await copiedCommand(page), folder)).stdout)
  expect(shown!.title).toMatch(/^Evict from/)
  expect(items).toHaveLength(4)

  await job(page).getByRole('button', { name: 'Unlock and move 4 entries to the trash' }).click()
  await expect(job(page).getByText('4 done', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Trash', exact: true }).click()
  const bins = (tab: Page) => tab.getByRole('list', { name: 'Contents of the trash' }).getByRole('listitem')
  await expect(bins(page)).toHaveCount(1)
  await expect(bins((await inNewTab(inspector)).page)).toHaveCount(1)
  const trash = await run(await copiedCommand(page), folder, '--json')
  expect(lines<{ entries: number }>(trash.stdout)).toMatchObject([{ entries: 4 }])
})
