import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { commandOfPlace, showCommand } from '../src-renderer/app/command-line.ts'
import { start } from '../src-renderer/app/place.ts'

// What "Copy as command line" gives is taken apart by a real shell. It stands here because the interface's own
// tests know no Node.

/** The words that a program gets. */
function takenApart(command: string): string[] {
  const script = `hashcache() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

/** Anything but the zero, which no program can be given. */
const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !each.includes('\0'))
const hostile = fc.constantFrom(
  '$(touch pwned)',
  '`id`',
  "'; rm -rf ~; '",
  '!!',
  '~',
  '*',
  '-rf',
  '--json',
  '\\',
  '\n',
  '=ls',
)
const word = fc.oneof(text, hostile)

it('comes out of a real shell as it went in, whatever the words are', () => {
  fc.assert(
    fc.property(word, word, (location, key) => {
      const separator = location.startsWith('-') || key.startsWith('-') ? ['--'] : []
      expect(takenApart(showCommand(location, key))).toEqual(['show', ...separator, location, key])
    }),
    { numRuns: 100 },
  )
})

it('holds for filters and sorts, too', () => {
  fc.assert(
    fc.property(word, word, (query, column) => {
      const place = { ...start, query, sort: [{ column, descending: true }] }
      const filter = query.trim() === '' ? [] : [`--query=${query.trim()}`]
      expect(takenApart(commandOfPlace(place, '/data'))).toEqual([
        'ls',
        ...filter,
        `--sort=${column}:desc`,
        '/data',
      ])
    }),
    { numRuns: 60 },
  )
})
