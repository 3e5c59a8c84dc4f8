import { expect, test } from 'vitest'
import { locationOf, parseTarget } from './target.ts'

function target(text: string): ReturnType<typeof parseTarget> {
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  const options = mark < 0 ? {} : Object.fromEntries(new URLSearchParams(text.slice(mark + 1)))
  return parseTarget({ kind: 'redis', path, options })
}

test.each([
  ['redis://h', 'redis://h:6379/0'],
  ['redis://H:6379/0', 'redis://h:6379/0'],
  ['redis://user:pa%3Ass@h:7/3?prefix=a%3Ab', 'redis://h:7/3?prefix=a%3Ab'],
  ['redis://:password@h', 'redis://h:6379/0'],
  ['redis://[::1]:7', 'redis://[::1]:7/0'],
  ['rediss://h?ca=/x.pem&servername=n', 'rediss://h:6379/0'],
  ['redis+cluster://b:1,a:2', 'redis+cluster://a:2,b:1'],
  ['redis+cluster://a?tls=1', 'redis+cluster://a:6379?tls=1'],
  ['redis+sentinel://u:p@s1,s2:3/my%20master/2', 'redis+sentinel://s1:26379,s2:3/my%20master/2'],
])('%s is at %s, without secrets', (text, location) => {
  expect(locationOf(target(text))).toBe(location)
  expect(locationOf(target(location))).toBe(location)
})

test('user, password and name are decoded', () => {
  expect(target('redis://us%40er:p%3A%2Fw@h')).toMatchObject({ username: 'us@er', password: 'p:/w' })
  expect(target('redis://:only@h')).toMatchObject({ username: undefined, password: 'only' })
  expect(target('redis+sentinel://s/m/4')).toMatchObject({ masterName: 'm', database: 4, mode: 'sentinel' })
})

test.each([
  'redis:',
  'http://h',
  'redis://',
  'redis://h:99999',
  'redis://h:x',
  'redis://h/one',
  'redis://h/1/2',
  'redis://a,b',
  'redis://u:%zz@h',
  'redis+sentinel://s',
  'redis+cluster://a/1',
  'redis://h?color=red',
  'redis+cluster://a?tls=maybe',
  'redis://u:secret@@h',
  'redis://:secret',
  'redis://u:secret?x@h',
])('%s is refused, and no password is said', (text) => {
  expect(() => target(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  expect(() => target(text)).not.toThrow(/secret/)
})
