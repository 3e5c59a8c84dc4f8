import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { kindsFolder } from '../shared/testing/kinds.ts'
import { python } from '../shared/testing/python.ts'

export interface ValuePicture {
  readonly name: string
  /** The function whose only entry has the value. */
  readonly func: string
  readonly isDark: boolean
  readonly act?: (page: Page) => Promise<void>
}

/** The first part is shown in both themes. */
const shown: readonly (Omit<ValuePicture, 'isDark'> & { readonly isInBoth?: boolean })[] = [
  { name: 'line', func: 'trace', isInBoth: true },
  { name: 'heat', func: 'gappy', isInBoth: true },
  { name: 'image', func: 'photo', isInBoth: true },
  { name: 'table', func: 'frame', isInBoth: true },
  { name: 'sparse', func: 'csr', isInBoth: true },
  { name: 'atoms', func: 'slab', isInBoth: true },
  { name: 'lines', func: 'columns' },
  { name: 'series', func: 'series' },
  { name: 'spans', func: 'waits' },
  { name: 'masked', func: 'masked' },
  { name: 'log', func: 'density', act: (page) => page.getByRole('switch', { name: 'Log' }).press('Space') },
  { name: 'phase', func: 'wave', act: (page) => page.getByText('arg', { exact: true }).click() },
  { name: 'volume', func: 'volume' },
  { name: 'flags', func: 'flags' },
  { name: 'records', func: 'structured' },
  { name: 'levels', func: 'multi' },
  { name: 'band', func: 'dia', act: (page) => page.getByText('Values', { exact: true }).click() },
  { name: 'molecule', func: 'ethanol' },
  { name: 'objects', func: 'words' },
  { name: 'tree', func: 'report' },
  { name: 'bytes', func: 'payload' },
]

const light = shown.map(({ name, func, act }) => ({ name: `value-${name}`, func, act, isDark: false }))
const dark = shown
  .filter(({ isInBoth }) => isInBoth)
  .map(({ name, func, act }) => ({ name: `value-${name}-dark`, func, act, isDark: true }))

export const valuePictures: readonly ValuePicture[] = [...light, ...dark]

/** A cache with a value of every kind that is drawn. Answers its folder. */
export function makeValues(folder: string): string {
  const cache = path.join(folder, 'cache')
  execFileSync(python, [path.join(import.meta.dirname, '../e2e/make-pictures.py'), cache])
  cpSync(path.join(kindsFolder, 'cache'), cache, { recursive: true })
  return cache
}
