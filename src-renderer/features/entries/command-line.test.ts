import { expect, it } from 'vitest'
import { commandLineFor } from './command-line.ts'

it('quotes what a shell would take apart', () => {
  expect(commandLineFor({ location: '/data/cache' }, 'b184')).toBe('hashcache show /data/cache b184')
  expect(commandLineFor({ location: "/it's a cache" }, '$(rm)')).toBe(
    String.raw`hashcache show '/it'\''s a cache' '$(rm)'`,
  )
})
