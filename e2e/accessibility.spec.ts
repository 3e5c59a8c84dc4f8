import { expect, test } from './test.ts'
import { violations } from './violations.ts'

const dialog = '[role="dialog"]'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    // The rules look at every element: on a busy machine that takes its time.
    test.slow()
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } })

    test('entries, a selection and every tab of the inspector', async ({ inspector }) => {
      const { page, panel } = inspector
      await inspector.filterBy('func:langevin_trace', 6)
      await inspector.row(0).click()
      await inspector.row(2).click({ modifiers: ['Shift'] })
      await expect(panel.getByRole('tree')).toBeVisible()
      await expect(page.getByRole('region', { name: 'Selection' })).toContainText('of compute')
      expect(await violations(page)).toEqual([])
      for (const tab of ['Metadata', 'Arguments', 'JSON', 'Raw facts', 'Trust', 'Why', 'Bytes']) {
        await panel.getByRole('tab', { name: tab }).click()
        await expect(panel.getByRole('tabpanel')).not.toBeEmpty()
        // Rules of contrast spare what is disabled, but not what becomes enabled while they look.
        if (tab === 'JSON')
          await expect(panel.getByRole('button', { name: 'Copy', exact: true })).toBeEnabled()
        expect(await violations(page, '[aria-label="Inspector"]'), tab).toEqual([])
      }
      await panel.getByRole('tab', { name: 'Output' }).click()
      await panel.getByRole('textbox', { name: 'Find in the value' }).fill('0.01')
      await expect(panel.getByRole('status')).toContainText('hit')
      expect(await violations(page, '[aria-label="Inspector"]'), 'Find').toEqual([])
      await panel.getByRole('tab', { name: 'Bytes' }).click()
      await panel.getByText('Opcodes', { exact: true }).click()
      await expect(panel.getByRole('grid', { name: 'Opcodes' })).toContainText('EMPTY_DICT')
      expect(await violations(page, '[aria-label="Inspector"]'), 'Opcodes').toEqual([])
    })

    test('the comparisons of entries and of caches', async ({ inspector, copies }) => {
      const { page } = inspector
      await inspector.filterBy('func:langevin_trace', 6)
      await inspector.row(0).click()
      await page.keyboard.press('Shift+ArrowDown')
      await page.keyboard.press('ControlOrMeta+d')
      await expect(page.getByRole('toolbar', { name: 'Differences' })).toBeVisible()
      await expect(page.getByRole('region', { name: 'The difference' })).not.toBeEmpty()
      expect(await violations(page, 'main'), 'entries').toEqual([])
      await page.getByRole('button', { name: 'As text' }).click()
      await expect(page.getByRole('group', { name: 'Text difference' })).toContainText('sha256')
      expect(await violations(page, 'main'), 'text').toEqual([])
      const place = new URLSearchParams({ store: `fs:${copies[0]}`, view: 'compare', 'v.about': 'caches' })
      await page.goto(`${new URL(page.url()).origin}/?${place}`)
      await expect(page.getByRole('combobox', { name: 'Left' })).toBeVisible()
      expect(await violations(page, 'main'), 'caches').toEqual([])
    })

    test('tags, and what is told after a run', async ({ inspector }) => {
      const { page } = inspector
      await inspector.filterBy('func:langevin_trace', 6)
      await inspector.row(0).click()
      await page.keyboard.press('t')
      await expect(page.getByRole('dialog').getByLabel('New tag')).toBeFocused()
      await page.keyboard.type('keep')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('dialog').getByRole('listitem')).toHaveText('keep')
      expect(await violations(page, dialog)).toEqual([])
      await page.keyboard.press('Escape')
      await expect(inspector.panel.getByRole('list', { name: 'Tags' })).toBeVisible()
      expect(await violations(page, '[aria-label="Inspector"]')).toEqual([])
      await inspector.row(0).click()
      await page.keyboard.press('Delete')
      await page.getByRole('button', { name: 'Unlock and move 1 entry to the trash' }).click()
      await expect(page.getByRole('region', { name: 'What a job did' })).toBeVisible()
      expect(await violations(page)).toEqual([])
    })

    test('the jobs, their forms and the trash', async ({ inspector }) => {
      const { page } = inspector
      await inspector.filterBy('func:langevin_trace', 6)
      await inspector.row(0).click()
      await page.keyboard.press('Delete')
      await expect(page.getByRole('table', { name: 'Items' })).toBeVisible()
      await expect(page.getByRole('button', { name: /to the trash$/ })).toBeVisible()
      expect(await violations(page), 'plan').toEqual([])
      for (const form of ['Migrate…', 'Clean up…', 'Verify']) {
        await page.getByRole('button', { name: form, exact: true }).click()
        await expect(page.getByRole('heading', { level: 2 }).last()).toBeVisible()
        expect(await violations(page, 'main'), form).toEqual([])
      }
      await page.getByRole('button', { name: 'Trash', exact: true }).click()
      await expect(page.getByText('The trash is empty')).toBeVisible()
      expect(await violations(page, 'main'), 'trash').toEqual([])
    })

    test('the filter: suggestions, saved ones, nothing found', async ({ inspector }) => {
      const { page } = inspector
      await inspector.filter.fill('us')
      await expect(page.getByRole('listbox', { name: 'Suggestions' })).toBeVisible()
      await page.keyboard.press('ArrowDown')
      expect(await violations(page, 'main'), 'suggestions').toEqual([])
      await page.keyboard.press('Escape')
      // What was counted before stands there, faded, until the answer comes.
      const answered = Promise.withResolvers<void>()
      await page.route('**/search*', async (route) => {
        await answered.promise
        await route.continue()
      })
      await inspector.filter.fill('user:ana')
      await expect(page.locator('[data-busy]')).toBeVisible()
      expect(await violations(page, 'main'), 'still counted').toEqual([])
      answered.resolve()
      await expect(page.locator('[data-busy]')).toHaveCount(0)
      await page.getByRole('button', { name: 'Saved and recent filters' }).click()
      await expect(page.getByRole('menuitem', { name: 'Save this filter…' })).toBeVisible()
      expect(await violations(page, '[role="menu"]'), 'saved filters').toEqual([])
      await page.getByRole('menuitem', { name: 'Save this filter…' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('mine')
      expect(await violations(page, dialog), 'saving a filter').toEqual([])
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Saved and recent filters' }).click()
      await page.getByRole('menuitem', { name: 'Rename and delete…' }).click()
      await expect(page.getByRole('list', { name: 'Saved filters' })).toBeVisible()
      expect(await violations(page, dialog), 'managing filters').toEqual([])
      await page.keyboard.press('Escape')
      await inspector.filter.fill('user:nobody size>1kB')
      await expect(page.getByRole('list', { name: 'Terms of the filter' })).toBeVisible()
      expect(await violations(page, 'main'), 'nothing found').toEqual([])
    })

    test('welcome, dialogs, palette and menus', async ({ inspector }) => {
      const { page } = inspector
      await inspector.row(0).click()
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
      expect(await violations(page, dialog), 'keys').toEqual([])
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+k')
      await expect(page.getByPlaceholder('A command, function, cache')).toBeVisible()
      expect(await violations(page, dialog), 'palette').toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Columns' }).click()
      await expect(page.getByRole('menuitemcheckbox', { name: 'Host' })).toBeVisible()
      expect(await violations(page, '[role="menu"]'), 'columns').toEqual([])
      await page.keyboard.press('Escape')
      await page.getByTitle('To the start').click()
      await expect(page.getByText('Looking changes nothing.')).toBeVisible()
      expect(await violations(page), 'welcome').toEqual([])
      await page.getByRole('button', { name: 'Open by path' }).click()
      await expect(page.getByRole('dialog', { name: 'Open a cache' }).getByRole('textbox')).toBeVisible()
      expect(await violations(page, dialog), 'open').toEqual([])
    })
  })
}
