import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SavedFilters } from './saved-filters.ts'

let folder: string
let filters: SavedFilters
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'filters-'))
  filters = SavedFilters.open(folder)
})
afterEach(() => {
  filters[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})

it('keeps filters by store and for all, and the one of the store is meant', () => {
  filters.save('fs:/a', { name: 'old', scope: 'all', query: 'age>1y' })
  filters.save('fs:/a', { name: 'Old', scope: 'store', query: 'age>2y' })
  filters.save('fs:/b', { name: 'gold', scope: 'store', query: 'symbol:Au' })
  expect(filters.find('fs:/a', 'OLD')).toBe('age>2y')
  expect(filters.find('fs:/b', 'old')).toBe('age>1y')
  expect(filters.list('fs:/a').saved.map(({ name, scope }) => `${name} ${scope}`)).toEqual([
    'Old store',
    'old all',
  ])
  expect(filters.list('fs:/c').saved).toHaveLength(1)
  expect(filters.listAll()).toHaveLength(3)
  filters.save('fs:/a', { name: 'old', scope: 'all', query: 'age>3y' })
  expect(filters.find('fs:/b', 'old')).toBe('age>3y')
})

it('renames and removes, and says what there is instead of an unknown name', () => {
  filters.save('', { name: 'slow', scope: 'all', query: 'took>1h' })
  filters.save('', { name: 'large', scope: 'all', query: 'size>1GB' })
  const rename = (name: string, to: string) => () => filters.rename('', { name, scope: 'all', to })
  expect(rename('slow', 'large')).toThrow('There is a filter large already')
  expect(rename('none', 'other')).toThrow('there are large, slow')
  rename('slow', 'slower')()
  expect(() => filters.find('', 'slow')).toThrow('perhaps slower was meant')
  expect(filters.find('', 'slower')).toBe('took>1h')
  filters.remove('', 'slower', 'all')
  expect(() => filters.remove('', 'slower', 'all')).toThrow('There is no saved filter slower')
})

it('refuses names that cannot be written behind @, and filters that cannot be read', () => {
  const save = (name: string, query: string) => () => filters.save('', { name, scope: 'all', query })
  for (const name of ['', 'a b', '-a', 'a"', 'x'.repeat(61), '../a'])
    expect(save(name, 'a')).toThrow('The name of a filter')
  expect(save('a', '(b')).toThrow('never closed')
  expect(save('a', ' ')).toThrow('empty filter')
  expect(filters.listAll()).toEqual([])
})

it('keeps the last thirty of a store, each once, the last first, also beside another program', () => {
  using other = SavedFilters.open(folder)
  for (let i = 0; i < 40; i++) (i % 2 === 0 ? filters : other).use('fs:/a', `size>${i}`)
  other.use('fs:/b', 'size>1')
  filters.use('fs:/a', 'size>20')
  const { recent } = other.list('fs:/a')
  expect(recent).toHaveLength(30)
  expect(recent.slice(0, 3)).toEqual(['size>20', 'size>39', 'size>38'])
  filters.forgetUsed('fs:/a')
  expect(other.list('fs:/a').recent).toEqual([])
  expect(other.list('fs:/b').recent).toEqual(['size>1'])
})

it('names the file where it is no database', () => {
  const place = mkdtempSync(join(folder, 'broken-'))
  writeFileSync(join(place, 'filters.sqlite'), 'no database at all'.repeat(100))
  expect(() => SavedFilters.open(place)).toThrow(join(place, 'filters.sqlite'))
})
