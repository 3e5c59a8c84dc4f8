import { expect, it } from 'vitest'
import { visibleText } from './visible-text.ts'

it('shows what would hide or turn text around', () => {
  expect(visibleText('a\u202eb\u0007c\nd\ufeff')).toBe('a\\u202eb\\x07c\\nd\\ufeff')
})

it('leaves readable text alone, in any script', () => {
  const text = "größe('שלום', 数, 👩‍🔬".replace('\u200d', '')
  expect(visibleText(text)).toBe(text)
})
