import { execFileSync } from 'node:child_process'
import { copyCache } from './program.ts'
import { expect, lookingTest, type Inspector } from './test.ts'

/** A compressed dump, one of many opcodes, one that is cut and one of no bytes, beside the corpus. */
const makeEntries = `
import gzip, os, pickle, sys
def put(letter, data):
    key = letter * 40
    os.makedirs(os.path.join(sys.argv[1], key[:2]), exist_ok=True)
    open(os.path.join(sys.argv[1], key[:2], key), 'wb').write(data)
value = {'first': [1, 2.5, 'three'], 'second': {'deep': ('needle', None)}, 'many': list(range(300))}
put('a', pickle.dumps(value, 4))
put('b', gzip.compress(pickle.dumps(value, 4)))
put('c', pickle.dumps(value, 4)[:70])
put('d', b'')
`

const test = lookingTest('bytes', async (folder) => {
  const cache = await copyCache('fs-class', folder)
  execFileSync('/usr/bin/python3', ['-c', makeEntries, cache])
  return [cache]
})

async function openBytes(inspector: Inspector, letter: string): Promise<void> {
  await inspector.filterBy(`key:${letter.repeat(40)}`, 1)
  await inspector.row(0).click()
  await inspector.page.keyboard.press('Alt+8')
  await expect(inspector.panel.getByRole('tab', { name: 'Bytes' })).toHaveAttribute('aria-selected', 'true')
}

test('a node leads to its bytes and its opcodes', async ({ inspector }) => {
  const { panel, page } = inspector
  await openBytes(inspector, 'a')
  const tree = panel.getByRole('tree', { name: 'Value' })
  await tree.getByRole('treeitem', { name: /^'second'/ }).click()
  const chosen = panel.getByRole('grid', { name: 'Bytes' }).locator('[data-chosen]')
  await expect(chosen.first()).toHaveText('7d')
  await expect(panel.getByText(/'second' \(dict\), bytes/)).toBeVisible()
  await panel.getByText('Opcodes', { exact: true }).click()
  const opcodes = panel.getByRole('grid', { name: 'Opcodes' })
  await expect(opcodes.locator('[aria-selected="true"]')).toContainText('EMPTY_DICT')
  await expect(opcodes.locator('[data-marked]').filter({ hasText: 'needle' })).toHaveCount(1)
  await expect(opcodes.locator('[data-marked]').filter({ hasText: 'three' })).toHaveCount(0)
  await page.reload()
  await expect(opcodes.locator('[aria-selected="true"]')).toContainText('EMPTY_DICT')
})

test('an opcode and a byte lead to the node, which the tree unfolds', async ({ inspector }) => {
  const { panel } = inspector
  await openBytes(inspector, 'a')
  const focused = panel.getByRole('tree', { name: 'Value' }).locator('[data-focused]')
  await panel.getByText('Opcodes', { exact: true }).click()
  const opcodes = panel.getByRole('grid', { name: 'Opcodes' })
  await opcodes.getByRole('row', { name: /needle/ }).click()
  await expect(focused).toContainText('needle')
  await expect(focused).toHaveAttribute('aria-level', '4')
  await opcodes.getByRole('row', { name: /'deep'/ }).click()
  await expect(panel.getByText(/the key of 'deep' \(tuple\), bytes/)).toBeVisible()
  await opcodes.getByRole('row', { name: /needle/ }).click()
  await expect(focused).toContainText('needle')
  await panel.getByText('Hex', { exact: true }).click()
  const hex = panel.getByRole('grid', { name: 'Bytes' })
  await expect(hex.locator('[data-marked]').first()).toHaveText('8c')
  await panel.getByRole('textbox', { name: 'Go to byte' }).fill('0x0')
  await panel.getByRole('textbox', { name: 'Go to byte' }).press('Enter')
  await expect(panel.getByText('belongs to no part of the value')).toBeVisible()
})

test('the keyboard goes through opcodes and bytes', async ({ inspector }) => {
  const { panel, page } = inspector
  await openBytes(inspector, 'a')
  await panel.getByText('Opcodes', { exact: true }).click()
  const opcodes = panel.getByRole('grid', { name: 'Opcodes' })
  await opcodes.focus()
  await expect(opcodes.locator('[data-opcode]').first()).toBeVisible()
  await page.keyboard.press('Home')
  await expect(opcodes.locator('[aria-selected="true"]')).toContainText('PROTO')
  await page.keyboard.press('End')
  await expect(opcodes.locator('[aria-selected="true"]')).toContainText('STOP')
  await page.keyboard.press('ArrowUp')
  await expect(opcodes.locator('[aria-selected="true"]')).toContainText('SETITEMS')
  await panel.getByText('Hex', { exact: true }).click()
  const hex = panel.getByRole('grid', { name: 'Bytes' })
  await hex.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('ArrowRight')
  await expect(hex).toHaveAttribute('aria-activedescendant', 'byte-1')
  await page.keyboard.press('Control+End')
  await expect(hex.locator('[aria-selected="true"]')).toHaveText('2e')
})

test('compressed bytes are shown as stored and unpacked, and it says which', async ({ inspector }) => {
  const { panel } = inspector
  await openBytes(inspector, 'b')
  await expect(panel.getByText(/Unpacked from gzip/)).toBeVisible()
  const first = panel.getByRole('grid', { name: 'Bytes' }).getByRole('row').first()
  await expect(first.getByRole('gridcell').first()).toHaveText('80')
  await panel.getByText('Stored', { exact: true }).click()
  await expect(panel.getByText(/As stored, packed by gzip/)).toBeVisible()
  await expect(first.getByRole('gridcell').first()).toHaveText('1f')
  await expect(panel.getByRole('tree', { name: 'Value' })).toHaveCount(0)
})

test('a damaged pickle has a mark where it breaks', async ({ inspector }) => {
  const { panel } = inspector
  await openBytes(inspector, 'c')
  await panel.getByRole('button', { name: /^Go to byte/ }).click()
  await expect(panel.locator('[role="gridcell"][data-broken]')).toHaveCount(1)
  await panel.getByText('Opcodes', { exact: true }).click()
  await expect(panel.getByRole('grid', { name: 'Opcodes' }).locator('[data-broken]')).toContainText(
    'The bytes end before',
  )
})

test('an empty value says that it is empty', async ({ inspector }) => {
  const { panel } = inspector
  await openBytes(inspector, 'd')
  await expect(panel.getByRole('tabpanel')).toContainText('The stored value is empty.')
})

test('tabs that do not fit are in a menu', async ({ inspector }) => {
  const { panel, page } = inspector
  await inspector.filterBy('func:langevin_trace', 6)
  await inspector.row(0).click()
  await panel.getByRole('button', { name: 'All tabs' }).click()
  await page.getByRole('menuitem', { name: 'Bytes' }).click()
  await expect(panel.getByRole('tab', { name: 'Bytes' })).toHaveAttribute('aria-selected', 'true')
  await expect(panel.getByRole('tab', { name: 'Bytes' })).toBeInViewport({ ratio: 1 })
})
