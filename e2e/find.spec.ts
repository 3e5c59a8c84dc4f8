import { execFileSync } from 'node:child_process'
import { expect, test as base, type Inspector } from './test.ts'

const makeEntries = `
import os, pickle, sys
key = 'a' * 40
os.makedirs(os.path.join(sys.argv[1], key[:2]), exist_ok=True)
value = {'first': [1, 2.5, 'a Needle here'], 'many': [['needle', i] for i in range(500)], 'numbers': list(range(3000))}
pickle.dump(value, open(os.path.join(sys.argv[1], key[:2], key), 'wb'), 4)
`

const test = base.extend({
  copies: async ({ copies }, use) => {
    execFileSync('/usr/bin/python3', ['-c', makeEntries, copies[0]!])
    await use(copies)
  },
})

async function openEntry(inspector: Inspector): Promise<void> {
  await inspector.filterBy(`key:${'a'.repeat(40)}`, 1)
  await inspector.row(0).click()
  await expect(inspector.panel.getByRole('tree')).toBeVisible()
}

test('finds in the whole value, and goes from hit to hit in the tree', async ({ inspector }) => {
  const { page, panel, filter } = inspector
  await openEntry(inspector)
  const tree = panel.getByRole('tree')
  await tree.focus()
  await page.keyboard.press('Control+f')
  const field = panel.getByRole('textbox', { name: 'Find in the value' })
  await expect(field).toBeFocused()
  await field.fill('needle')
  await expect(panel.getByRole('status')).toHaveText('501 hits')
  await page.keyboard.press('Enter')
  await expect(tree.locator('[data-focused]')).toContainText('a Needle here')
  await expect(panel.getByRole('status')).toHaveText('1 of 501')
  await page.keyboard.press('Shift+Enter')
  await expect(panel.getByRole('status')).toHaveText('501 of 501')
  await expect(tree.locator('[data-focused]')).toHaveAttribute('aria-level', '4')
  await expect(tree.locator('[data-focused]')).toBeInViewport()
  await expect(tree.locator('[data-focused][data-marked]')).toHaveCount(1)
  await tree.focus()
  await page.keyboard.press('F3')
  await expect(panel.getByRole('status')).toHaveText('1 of 501')
  await field.fill('2999')
  await field.press('Enter')
  await expect(tree.locator('[data-focused]')).toContainText('2999')
  await page.reload()
  await expect(panel.getByRole('status')).toHaveText('1 of 1')
  await expect(tree.locator('[data-focused]')).toContainText('2999')
  await field.fill('/needle[/')
  await expect(panel.getByRole('status')).toContainText('this is no regular expression')
  await field.press('Escape')
  await expect(tree).toBeFocused()
  await expect(field).toHaveValue('')
  // Outside of the inspector the keys are those of the list.
  await inspector.grid.focus()
  await page.keyboard.press('Control+f')
  await expect(filter).toBeFocused()
})

test('shows where the word of the filter is, and what is elsewhere in the entry', async ({ inspector }) => {
  const { panel } = inspector
  await inspector.filter.fill('needle')
  await expect(inspector.grid).toHaveAttribute('aria-rowcount', '2')
  await inspector.row(0).click()
  await expect(panel.getByRole('status')).toHaveText('1 of 501')
  await expect(panel.getByRole('tree').locator('[data-focused]')).toContainText('a Needle here')
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  const field = panel.getByRole('textbox', { name: 'Find in the value' })
  await expect(panel.getByRole('tree')).toBeVisible()
  await field.fill('langevin_trace')
  await panel.getByRole('button', { name: /elsewhere$/ }).click()
  await expect(panel.getByRole('tab', { name: 'Bytes' })).toHaveAttribute('aria-selected', 'true')
  await expect(panel.getByRole('tree').locator('[data-focused]')).toContainText('langevin_trace')
})
