import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  credentialsOf,
  hasHiddenSecrets,
  hidesSentinelPassword,
  withCredentials,
  withoutSecrets,
} from './secrets.ts'

test.each([
  ['redis://user:se%3Acret@host:6379/0?prefix=p', 'redis://user:***@host:6379/0?prefix=p'],
  ['rediss://:secret@host', 'rediss://:***@host'],
  ['redis://u:sec@ret@host', 'redis://u:***@host'],
  ['redis://:sec/ret@host/1', 'redis://:***@host/1'],
  ['redis://user@host/1', 'redis://user@host/1'],
  [
    'redis+sentinel://s/m?sentinelPassword=secret&prefix=a',
    'redis+sentinel://s/m?sentinelPassword=***&prefix=a',
  ],
  [' REDIS://user:secret@host', ' REDIS://user:***@host'],
  ['redis://host:6379', 'redis://host:6379'],
  ['redis://[::1]:6379/0', 'redis://[::1]:6379/0'],
  ['redis+cluster://a:1,b:2?prefix=x@y:z', 'redis+cluster://a:1,b:2?prefix=x@y:z'],
  ['lmdb:/data/a:b@c', 'lmdb:/data/a:b@c'],
  ['/data/x?password=1', '/data/x?password=1'],
  // Not well formed: nothing opens these, yet errors may name them.
  ['redis://:sec?ret@host', 'redis://:***@'],
  ['redis://user:sec#ret', 'redis://user:***@'],
])('%s without its secrets', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown)
  expect(withoutSecrets(shown)).toBe(shown)
})

test('what was hidden is known, and can be given again', () => {
  const kept = withoutSecrets('redis://ana:geheim@h:1/2?prefix=p')
  expect(hasHiddenSecrets(kept)).toBe(true)
  expect(credentialsOf(kept)).toEqual({ user: 'ana', password: '' })
  expect(withCredentials(kept, { user: 'ana', password: 'a:b@c/d' })).toBe(
    'redis://ana:a%3Ab%40c%2Fd@h:1/2?prefix=p',
  )
  const sentinel = withoutSecrets('redis+sentinel://s/m?sentinelPassword=a$%26&prefix=p')
  expect(hidesSentinelPassword(sentinel)).toBe(true)
  expect(hidesSentinelPassword(kept)).toBe(false)
  expect(withCredentials(sentinel, { user: '', password: 'b', sentinelPassword: 'a$&' })).toBe(
    'redis+sentinel://:b@s/m?sentinelPassword=a%24%26&prefix=p',
  )
  expect(hasHiddenSecrets('redis://h/0?sentinelPassword=***')).toBe(true)
  const whole = ['redis://ana@h', 'redis://:geheim@h', 'redis://h?prefix=***', '/data/***', 'fs:/a:***@b']
  expect(whole.filter(hasHiddenSecrets)).toEqual([])
})

test('no password that was put into a URL is left in what is shown', () => {
  const password = fc.string({ unit: 'grapheme', minLength: 4 }).filter((text) => !/^[*]+$/.test(text))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), password, (user, secret) => {
      const url = withCredentials('redis://host:6379/0', { user, password: `${secret}§` })
      expect(credentialsOf(url)).toEqual({ user, password: `${secret}§` })
      expect(withoutSecrets(url)).toBe(`redis://${encodeURIComponent(user)}:***@host:6379/0`)
    }),
  )
})
