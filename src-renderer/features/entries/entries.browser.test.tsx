import '@mantine/core/styles.layer.css'
import '../../app/tokens.css'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { App } from '../../app/App.tsx'
import { installFakeApi, type FakeApi } from '../../testing/fake-api.ts'

const entries = 1_000_000
let api: FakeApi

beforeEach(async () => {
  localStorage.clear()
  window.history.replaceState(null, '', window.location.pathname)
  await page.viewport(1280, 800)
  api = installFakeApi(entries)
  await render(
    <div style={{ position: 'fixed', inset: 0 }}>
      <App />
    </div>,
  )
  await rowOf('relax(cutoff=0)').findElement()
})

afterEach(() => api.uninstall())

function grid(): HTMLElement {
  return page.getByRole('grid', { name: 'Entries' }).element() as HTMLElement
}

/** The row of a call; the function's name stands in its own column. */
function rowOf(call: string) {
  return page.getByRole('row').filter({ hasText: call.replace('relax', '') })
}

function drawnRows(): number {
  return grid().querySelectorAll('[data-row]').length
}

async function expectSelected(text: string): Promise<void> {
  await expect.element(page.getByRole('region', { name: 'Selection' })).toMatchTextContent(text)
}

it('draws a screenful of a million rows and says how many there are', () => {
  expect(grid().getAttribute('aria-rowcount')).toBe('1000001')
  expect(drawnRows()).toBeLessThan(60)
  expect(grid().scrollHeight).toBeLessThan(9_000_000)
})

it('goes to the last row and back by keys, and asks only for the pages in view', async () => {
  grid().focus()
  await userEvent.keyboard('{ArrowDown}{Control>}{End}{/Control}')
  await expect.element(rowOf('relax(cutoff=999999)')).toHaveAttribute('aria-selected', 'true')
  await expect.element(rowOf('relax(cutoff=999999)')).toBeInViewport({ ratio: 0.5 })
  await userEvent.keyboard('{PageUp}')
  await expect.element(page.getByRole('row', { selected: true })).toBeInViewport({ ratio: 0.5 })
  await userEvent.keyboard('{Control>}{Home}{/Control}{ArrowDown}')
  await expect.element(rowOf('relax(cutoff=1)')).toHaveAttribute('aria-selected', 'true')
  expect(new URLSearchParams(window.location.search).get('entry')).toBe('key-1')
  expect(api.requests.filter((request) => request.endsWith('/rows')).length).toBeLessThan(12)
})

it('scrolls to the very last row with the bar, and by single rows from there', async () => {
  grid().scrollTop = grid().scrollHeight
  await expect.element(rowOf('relax(cutoff=999999)')).toBeInViewport({ ratio: 0.5 })
  grid().scrollTop -= 24
  await expect.element(rowOf('relax(cutoff=999999)')).not.toBeInViewport()
  await expect.element(rowOf('relax(cutoff=999998)')).toBeInViewport({ ratio: 0.5 })
  grid().scrollTop = (grid().scrollHeight - grid().clientHeight) / 2
  await expect.element(rowOf('relax(cutoff=500000)')).toBeInViewport({ ratio: 0.5 })
})

it('selects by click, Shift, Ctrl and all, with the price of it', async () => {
  await rowOf('relax(cutoff=2)').click()
  await rowOf('relax(cutoff=5)').click({ modifiers: ['Shift'] })
  await expectSelected('4 selected4 kB · 14 s of compute')
  await rowOf('relax(cutoff=9)').click({ modifiers: ['Control'] })
  await expectSelected('5 selected')
  await userEvent.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}')
  await expect.element(rowOf('relax(cutoff=11)')).toHaveAttribute('aria-selected', 'true')
  await userEvent.keyboard('{Control>}a{/Control}')
  await expectSelected('All 1,000,000 selected1 GB · 42 days of compute')
})

it('resizes a column by dragging its edge, remembers it, and gives it its first width by a double click', async () => {
  const header = (): Element => grid().querySelector('[data-column="user"]')!
  const edge = (): Element => grid().querySelector('[data-edge="user"]')!
  const before = header().getBoundingClientRect().width
  const { x, y } = edge().getBoundingClientRect()
  const pointer = { bubbles: true, pointerId: 1, button: 0, clientY: y + 5 }
  edge().dispatchEvent(new PointerEvent('pointerdown', { ...pointer, clientX: x }))
  edge().dispatchEvent(new PointerEvent('pointermove', { ...pointer, clientX: x + 60 }))
  edge().dispatchEvent(new PointerEvent('pointerup', { ...pointer, clientX: x + 60 }))
  await expect.poll(() => header().getBoundingClientRect().width).toBeCloseTo(before + 60, 0)
  expect(localStorage.getItem('hashcache-columns:/fake/cache')).toContain('"user"')
  edge().dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
  await expect.poll(() => header().getBoundingClientRect().width).toBeCloseTo(before, 0)
})

it('keeps focus, selection and scroll when the cache changes', async () => {
  grid().scrollTop = 24_000
  await rowOf('relax(cutoff=1010)').click()
  const top = rowOf('relax(cutoff=1010)').element().getBoundingClientRect().top
  api.addEntries(500)
  await expect.poll(() => grid().getAttribute('aria-rowcount')).toBe('1000501')
  const row = rowOf('relax(cutoff=1010)')
  await expect.element(row).toHaveAttribute('aria-selected', 'true')
  expect(row.element().getAttribute('aria-rowindex')).toBe('1512')
  expect(Math.abs(row.element().getBoundingClientRect().top - top)).toBeLessThan(24)
})

it('keeps the focus that came from the filter when the cache changes, and shows whose entry it is', async () => {
  await page.getByRole('combobox', { name: 'Filter entries' }).click()
  await userEvent.keyboard('{ArrowDown}')
  await expect.element(rowOf('relax(cutoff=0)')).toHaveAttribute('aria-selected', 'true')
  expect(new URLSearchParams(window.location.search).get('entry')).toBe('key-0')
  api.addEntries(3)
  await expect.poll(() => grid().getAttribute('aria-rowcount')).toBe('1000004')
  await userEvent.keyboard('{ArrowDown}')
  await expect.element(rowOf('relax(cutoff=1)')).toHaveAttribute('aria-selected', 'true')
})

it('says that it is busy until the rows have the order that is asked for, and only then that they have it', async () => {
  const header = page.getByRole('columnheader', { name: 'Took' })
  const sortOf = (): string | null => header.element().getAttribute('aria-sort')
  await rowOf('relax(cutoff=2)').click()
  await expect.poll(() => grid().getAttribute('aria-busy')).toBe('false')
  const answer = api.holdPositions()
  const asked = (): number => api.requests.filter((request) => request.endsWith('/position')).length
  const before = asked()
  await header.click()
  expect(new URLSearchParams(window.location.search).get('sort')).toBe('-elapsedSeconds')
  expect(grid().getAttribute('aria-busy')).toBe('true')
  await expect.poll(asked).toBe(before + 1)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect([grid().getAttribute('aria-busy'), sortOf()]).toEqual(['true', 'none'])
  answer()
  await expect.poll(sortOf).toBe('descending')
  expect(grid().getAttribute('aria-busy')).toBe('false')
})

it('holds a selection of several rows still until it is let go', async () => {
  await rowOf('relax(cutoff=2)').click()
  await rowOf('relax(cutoff=5)').click({ modifiers: ['Shift'] })
  api.addEntries(10)
  await expectSelected('The cache changed meanwhile')
  expect(grid().getAttribute('aria-rowcount')).toBe('1000001')
  await page.getByRole('button', { name: 'Show it as it is now' }).click()
  await expect.poll(() => grid().getAttribute('aria-rowcount')).toBe('1000011')
})

it('holds a selection still also where the same list was on its way once more when it was made', async () => {
  // A search sees what the store holds already, before the interface is told.
  api.addEntries(10, false)
  await page.getByRole('columnheader', { name: 'Took' }).click()
  await expect.poll(() => grid().getAttribute('aria-rowcount')).toBe('1000011')
  await rowOf('relax(cutoff=2)').click()
  const answer = api.holdPositions()
  const asked = (): number => api.requests.filter((request) => request.endsWith('/position')).length
  const before = asked()
  api.tellStore()
  await expect.poll(asked).toBe(before + 1)
  await rowOf('relax(cutoff=5)').click({ modifiers: ['Shift'] })
  await expectSelected('4 selected')
  answer()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await expectSelected('4 selected')
})

it('says when nothing matches, and clears the filter', async () => {
  await page.getByRole('combobox', { name: 'Filter entries' }).fill('func:nothing')
  await expect.element(page.getByText('No entries match')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter' }).last().click()
  await expect.element(rowOf('relax(cutoff=0)')).toBeVisible()
})
