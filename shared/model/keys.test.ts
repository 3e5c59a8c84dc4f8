import { describe, expect, it } from 'vitest'
import { parseKey, showKey } from './keys.ts'

describe('shown keys', () => {
  it('come through an address as they are, and back', () => {
    for (const text of [
      '.',
      '..',
      '...',
      '.a',
      '%2e',
      'hex:00',
      'a/../b',
      'a\nb',
      '?x=1#y',
      ' ',
      'é',
      '\u202ex',
    ]) {
      const key = new TextEncoder().encode(text)
      const shown = showKey(key)
      expect(parseKey(shown)).toEqual(key)
      const { pathname, search, hash } = new URL(`http://host/entries/${encodeURIComponent(shown)}/raw`)
      expect([pathname, search, hash]).toEqual([`/entries/${encodeURIComponent(shown)}/raw`, '', ''])
    }
  })
})
