import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { copyCache, startProgram, temporaryFolder, type Program } from './program.ts'
import { SharedProgram, type MakeCaches } from './shared-program.ts'

export interface Fixtures {
  /** Names of corpus caches that the program opens at its start. */
  caches: string[]
  /** Folder of the test's copies and of the program's data. */
  folder: string
  /** Where the copies of `caches` are, in the same order. */
  copies: string[]
  program: Program
  /** A page that has signed in with the printed address. */
  inspector: Inspector
}

/** What a user sees, by the words a user sees. */
export class Inspector {
  readonly page: Page
  readonly grid: Locator
  readonly filter: Locator
  readonly panel: Locator

  constructor(page: Page) {
    this.page = page
    this.grid = page.getByRole('grid', { name: 'Entries' })
    this.filter = page.getByRole('combobox', { name: 'Filter entries' })
    this.panel = page.getByRole('complementary', { name: 'Inspector' })
  }

  /** Row `index` of the list, from 0. */
  row(index: number): Locator {
    return this.grid.locator(`[data-row="${index}"]`)
  }

  /** Waits until the rows that are drawn are those of the filter and order that were asked for. */
  async settled(): Promise<void> {
    await expect(this.grid).toHaveAttribute('aria-busy', 'false')
    await expect(this.grid.locator('[aria-busy="true"]')).toHaveCount(0)
  }

  /** Texts of a column in the rows that are drawn, once they are those that were asked for. */
  async column(title: string): Promise<string[]> {
    await this.settled()
    const number = await this.grid
      .getByRole('columnheader', { name: title, exact: true })
      .getAttribute('aria-colindex')
    return this.grid.locator(`[role="gridcell"][aria-colindex="${number}"]`).allTextContents()
  }

  /** Filters and waits until the list is that of the filter. */
  async filterBy(text: string, entries: number): Promise<void> {
    await this.filter.fill(text)
    // What is typed becomes the filter after a pause.
    await expect(this.page).toHaveURL(({ searchParams }) => (searchParams.get('q') ?? '') === text)
    await this.settled()
    await expect(this.grid).toHaveAttribute('aria-rowcount', String(entries + 1))
  }
}

export const test = base.extend<Fixtures, { shared: SharedProgram }>({
  shared: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures' names off this pattern
    async ({}, use) => {
      await using shared = new SharedProgram()
      await use(shared)
    },
    { scope: 'worker' },
  ],
  caches: [['fs-class'], { option: true }],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures' names off this pattern
  folder: async ({}, use) => {
    await using folder = await temporaryFolder()
    await use(folder.path)
  },
  copies: async ({ caches, folder }, use) => {
    await use(await Promise.all(caches.map((name) => copyCache(name, folder))))
  },
  program: async ({ copies, folder }, use) => {
    await using program = await startProgram(copies, `${folder}/data`)
    await use(program)
  },
  inspector: async ({ page, program }, use) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
        faults.push(message.text())
    })
    await page.goto(program.url)
    await use(new Inspector(page))
    expect(faults, 'the page threw or logged an error').toEqual([])
  },
})

/** For tests that change neither caches nor what the program keeps: all with one name share a program. */
export function lookingTest(name: string, make: MakeCaches) {
  return test.extend({
    copies: async ({ shared }, use) => use((await shared.of(name, make)).copies),
    program: async ({ shared }, use) => use((await shared.of(name, make)).program),
  })
}

/** A copy of one cache of the corpus to look at. */
export const lookingAt = (cache: string) =>
  lookingTest(cache, async (folder) => [await copyCache(cache, folder)])

export { expect } from '@playwright/test'
