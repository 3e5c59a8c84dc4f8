import { cp, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { freePort, startRedis } from '../shared/testing/redis.ts'
import { photograph } from './program.ts'
import { expect, test } from './test.ts'

const corpus = path.resolve(import.meta.dirname, '../shared/testing/corpus')

/** A copy of one cache of the corpus. */
async function copy(name: string, folder: string): Promise<string> {
  const to = path.join(folder, name)
  await mkdir(path.dirname(to), { recursive: true })
  await cp(path.join(corpus, name), to, { recursive: true, preserveTimestamps: true })
  return to
}

async function entriesOf(name: string): Promise<number> {
  const text = await readFile(path.join(corpus, path.dirname(name), 'expected.json'), 'utf8')
  return (JSON.parse(text) as { entries: unknown[] }).entries.length
}

async function openDialog(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a cache' })
  await expect(dialog).toBeVisible()
  return dialog
}

const openButton = (dialog: Locator): Locator => dialog.getByRole('button', { name: 'Open', exact: true })

test.use({ caches: ['fs-v002'] })
test.beforeEach(async ({ inspector }) => {
  await expect(inspector.row(0)).toBeVisible()
})

for (const [name, title] of [
  ['sqlite-blob/cache.sql', 'SQLite'],
  ['lmdb-dir/cache.lmdb', 'LMDB'],
  ['shelve-gnu/cache.shlv', 'Python shelf'],
] as const) {
  test(`opens ${name} by its path`, async ({ inspector, folder }) => {
    const cache = await copy(name, folder)
    const before = await photograph(path.dirname(cache))
    const dialog = await openDialog(inspector.page)
    await dialog.getByRole('textbox').fill(cache)
    await expect(dialog.getByText(`${title} · `)).toBeVisible()
    await dialog.getByRole('button', { name: 'Test' }).click()
    await expect(dialog.getByRole('status')).toContainText(/\d ms · /)
    await openButton(dialog).click()
    await expect(inspector.grid).toHaveAttribute('aria-rowcount', String((await entriesOf(name)) + 1))
    expect(await photograph(path.dirname(cache))).toEqual(before)
  })
}

test('what is wrong with a path is said in place, and the program goes on', async ({ inspector, folder }) => {
  const { page } = inspector
  const cut = await copy('sqlite-blob/cache.sql', folder)
  await truncate(cut, 5_000)
  const foreign = path.join(folder, 'letter.txt')
  await writeFile(foreign, 'Dear Ana, '.repeat(2_000))
  const dialog = await openDialog(page)
  for (const [tab, field, location, sentence] of [
    ['Path', /^Path/, path.join(folder, 'nowhere'), /There is no .*nowhere/],
    ['Path', /^Path/, foreign, /letter\.txt is no cache: the file begins with/],
    ['LMDB', 'Folder or file', foreign, /letter\.txt/],
    ['SQLite', 'File', foreign, /letter\.txt/],
    ['SQLite', 'File', cut, /cache\.sql/],
    ['Files', 'Folder', foreign, /is a file; fs: needs the folder/],
  ] as const) {
    await dialog.getByRole('tab', { name: tab, exact: true }).click()
    await dialog.getByRole('textbox', { name: field, exact: true }).fill(location)
    if (tab !== 'Path') await dialog.getByRole('button', { name: 'Test' }).click()
    await expect(dialog.getByRole('alert'), `${tab} ${location}`).toHaveText(sentence)
  }
  await page.keyboard.press('Escape')
  await inspector.filterBy('func:stem_image', 5)
})

test('connects to Redis by its form, after a test, and keeps no password', async ({
  inspector,
  folder,
  program,
}) => {
  const { page } = inspector
  await using server = await startRedis('requirepass geheim')
  const dialog = await openDialog(page)
  await dialog.getByRole('tab', { name: 'Redis' }).click()
  const run = dialog.getByRole('button', { name: 'Test' })
  await expect(run).toBeDisabled()
  await dialog.getByLabel('Host', { exact: true }).fill('127.0.0.1')
  await dialog.getByLabel('Port').fill(String(await freePort()))
  await run.click()
  await expect(dialog.getByRole('alert')).toContainText('Nothing listens at 127.0.0.1')
  await dialog.getByLabel('Port').fill(String(server.port))
  await run.click()
  await expect(dialog.getByRole('alert')).toContainText('wants a password')
  await dialog.getByLabel('Password', { exact: true }).fill('falsch')
  await run.click()
  await expect(dialog.getByRole('alert')).toContainText('does not take this user and password')
  await dialog.getByLabel('Password', { exact: true }).fill('geheim')
  await expect(dialog.getByLabel('Address')).toHaveValue(`redis://:***@127.0.0.1:${server.port}`)
  await run.click()
  await expect(dialog.getByRole('status')).toContainText(/\d ms · (Redis|Valkey) [\d.]+ · 0 keys/)
  await dialog.getByLabel('Address').fill(`redis://:***@127.0.0.1:${server.port}/3`)
  await expect(dialog.getByLabel('Database')).toHaveValue('3')
  await openButton(dialog).click()
  await expect(dialog).toBeHidden()
  await expect(page).toHaveURL(new RegExp(`store=redis%3A%2F%2F127.0.0.1%3A${server.port}%2F3`))
  expect(await readFile(path.join(folder, 'data/settings.json'), 'utf8')).not.toContain('geheim')

  // Closed and opened again from the recent ones, it asks.
  await page
    .getByRole('region', { name: 'Caches' })
    .getByRole('button', { name: /redis/ })
    .click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Close/ }).click()
  await page.goto(`${program.origin}/`)
  await page.getByTitle('To the start').click()
  await page
    .getByRole('region', { name: 'Recent caches' })
    .getByRole('button', { name: /^redis/ })
    .click()
  const prompt = page.getByRole('dialog', { name: 'Password of the server' })
  await prompt.getByLabel('Password', { exact: true }).fill('falsch')
  await prompt.getByRole('button', { name: 'Connect' }).click()
  await expect(prompt.getByRole('alert')).toContainText('does not take this user and password')
  await prompt.getByLabel('Password', { exact: true }).fill('geheim')
  await page.keyboard.press('Enter')
  await expect(prompt).toBeHidden()
  await expect(page).toHaveURL(/store=redis/)
})

test('a server that is no Redis is called what it is', async ({ inspector, program }) => {
  const dialog = await openDialog(inspector.page)
  await dialog.getByRole('tab', { name: 'URL' }).click()
  await dialog.getByRole('textbox').fill(`redis://127.0.0.1:${new URL(program.origin).port}`)
  await dialog.getByRole('button', { name: 'Test' }).click()
  await expect(dialog.getByRole('alert')).toContainText('is not Redis: it is a web server')
  await dialog.getByRole('textbox').fill('zip:/x')
  await expect(dialog.getByRole('status')).toContainText('There is no kind of cache zip:')
  await expect(openButton(dialog)).toBeDisabled()
})

test('a file of several databases offers them', async ({ inspector, folder }) => {
  const named = await copy('lmdb-named/cache.lmdb', folder)
  const dialog = await openDialog(inspector.page)
  await dialog.getByRole('textbox').fill(named)
  const databases = dialog.getByRole('group', { name: 'Databases in this file' })
  await databases.getByRole('button', { name: 'bulk_metals' }).click()
  await openButton(dialog).click()
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '27')
  await expect(inspector.page).toHaveURL(/db%3Dbulk_metals/)
})

test('finds the caches in a folder and opens those that are chosen', async ({ inspector, folder }) => {
  const { page } = inspector
  await copy('lmdb-dir/cache.lmdb', path.join(folder, 'project'))
  await copy('json-class/cache', path.join(folder, 'project'))
  await copy('sqlite-blob/cache.sql', path.join(folder, 'project'))
  const dialog = await openDialog(page)
  await dialog.getByRole('textbox').fill(path.join(folder, 'project'))
  await dialog.getByRole('button', { name: 'Look for caches in it' }).click()
  await dialog.getByRole('button', { name: 'Scan', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('3 caches in')
  await dialog.getByRole('checkbox', { name: /^LMDB/ }).check()
  await dialog.getByRole('checkbox', { name: /^JSON/ }).check()
  await dialog.getByRole('button', { name: 'Open 2 caches' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('region', { name: 'Caches' }).getByRole('listitem')).toHaveCount(3)
})

test('a cache is locked until it is unlocked, and what cannot be written stays so', async ({
  inspector,
  folder,
}) => {
  const { page } = inspector
  await page.getByRole('button', { name: 'Read-only: unlock it for writing' }).click()
  const lock = page.getByRole('button', { name: 'Unlocked for writing: lock it' })
  await expect(lock).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByLabel('unlocked for writing', { exact: true })).toBeVisible()
  await lock.click()
  await expect(page.getByRole('button', { name: 'Read-only: unlock it for writing' })).toBeVisible()
  const shelf = await copy('shelve-bsd185/cache.shlv.db', folder)
  const dialog = await openDialog(page)
  await dialog.getByRole('textbox').fill(shelf)
  await openButton(dialog).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Read-only: unlock it for writing' }).click()
  await expect(page.getByRole('alert')).toContainText('stays locked')
  await expect(page.getByText('read-only')).toBeVisible()
})

test('the dialog by keyboard alone', async ({ inspector, folder }) => {
  const { page } = inspector
  const cache = await copy('sqlite-blob/cache.sql', folder)
  const dialog = await openDialog(page)
  // The field takes the focus when the dialog has come in; a key before that goes elsewhere.
  await expect(dialog.getByRole('textbox').first()).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await expect(dialog.getByRole('tab', { name: 'Path' })).toBeFocused()
  // The kinds are asked for; without them the arrows go round among the first three.
  await expect(dialog.getByRole('tab', { name: 'SQLite' })).toBeVisible()
  for (let presses = 0; presses < 6; presses++) await page.keyboard.press('ArrowDown')
  await expect(dialog.getByRole('tab', { name: 'SQLite' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.type(cache)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page).toHaveURL(/sqlite/)
})
