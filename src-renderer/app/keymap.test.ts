import { describe, expect, it } from 'vitest'
import { commandIds, commandOf, isTyping, keymap, printedKeys } from './keymap.ts'

const plain = { code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }

describe('commandOf', () => {
  it('finds the command of a key on both kinds of keyboard', () => {
    expect(commandOf({ ...plain, key: 'k', ctrlKey: true }, false)).toBe('palette')
    expect(commandOf({ ...plain, key: 'P', ctrlKey: true, shiftKey: true }, false)).toBe('palette')
    expect(commandOf({ ...plain, key: 'k', metaKey: true }, true)).toBe('palette')
    expect(commandOf({ ...plain, key: 'k', ctrlKey: true }, true)).toBeUndefined()
    expect(commandOf({ ...plain, key: '?', shiftKey: true }, false)).toBe('keys')
    expect(commandOf({ ...plain, key: '¡', code: 'Digit1', altKey: true }, true)).toBe('output')
  })

  it('leaves keys of the browser and of the grid alone', () => {
    for (const key of ['a', 'c', 'r', 'w', 't', 'l']) {
      expect(commandOf({ ...plain, key, ctrlKey: true }, false)).toBeUndefined()
    }
    expect(commandOf({ ...plain, key: 'k' }, false)).toBeUndefined()
    expect(commandOf({ ...plain, key: 'k', ctrlKey: true, shiftKey: true }, false)).toBeUndefined()
  })

  it('binds no key twice', () => {
    const all = commandIds.flatMap((id): readonly string[] => keymap[id].keys)
    expect(new Set(all).size).toBe(all.length)
  })
})

it('tells typing from shortcuts', () => {
  expect(isTyping({ ...plain, key: '?' })).toBe(true)
  expect(isTyping({ ...plain, key: 'F6' })).toBe(false)
  expect(isTyping({ ...plain, key: 'k', ctrlKey: true })).toBe(false)
})

it('prints keys as the keyboard has them', () => {
  expect(printedKeys('Mod+Shift+P', false)).toEqual(['Ctrl', 'Shift', 'P'])
  expect(printedKeys('Mod+Shift+P', true)).toEqual(['⌘', '⇧', 'P'])
})
