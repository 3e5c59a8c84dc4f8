import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { expect, test } from 'vitest'

import { parseLocation } from './location.ts'

const known = new Set(['fs', 'json', 'lmdb'])

test.each([
  ['fs:/data/cache', 'fs', '/data/cache', {}],
  ['json:cache', 'json', resolve('cache'), {}],
  ['lmdb:/data/x.lmdb?db=relax', 'lmdb', '/data/x.lmdb', { db: 'relax' }],
  ['lmdb:/data/what?/x?db=a%20b&c=d', 'lmdb', '/data/what?/x', { db: 'a b', c: 'd' }],
  ['lmdb:/x?', 'lmdb', '/x', {}],
  ['fs:/a%20b', 'fs', '/a%20b', {}],
  ['/data/cache?x=1', undefined, '/data/cache?x=1', {}],
  ['some/folder', undefined, resolve('some/folder'), {}],
  ['C:\\data', undefined, resolve('C:\\data'), {}],
  ['lmdb:/x?__proto__=1', 'lmdb', '/x', JSON.parse('{"__proto__": "1"}')],
])('%s', (text, scheme, path, options) => {
  const location = parseLocation(text, known)
  expect({ ...location, options: Object.entries(location.options) }).toEqual({
    scheme,
    path,
    options: Object.entries(options as object),
  })
})

test('the URL of a server stays as it is', () => {
  const servers = new Set(['redis', 'redis+cluster'])
  const parse = (text: string): unknown => parseLocation(text, new Set([...known, ...servers]), servers)
  expect(parse('redis://u:p%3F@h:1/2?prefix=a%3Ab')).toEqual({
    scheme: 'redis',
    path: 'redis://u:p%3F@h:1/2',
    options: { prefix: 'a:b' },
  })
  expect(parse(' REDIS://host/1\n')).toEqual({ scheme: 'redis', path: 'redis://host/1', options: {} })
  expect(parse('redis+cluster://a,b')).toEqual({
    scheme: 'redis+cluster',
    path: 'redis+cluster://a,b',
    options: {},
  })
})

test('an option given twice is refused without naming a password', () => {
  const servers = new Set(['redis'])
  const parse = (): unknown => parseLocation('redis://u:geheim@h?a=1&a=2', servers, servers)
  expect(parse).toThrow(/redis:\/\/u:\*\*\*@h\?a=1&a=2 gives the option "a" twice/)
})

test.each([
  ['', /empty/],
  ['fs:', /path/],
  ['redis://host:6379/0', /no kind of cache redis:; known are.*fs:, json:/],
  ['shelve:/x', /no kind of cache shelve:/],
  ['zip:/x', /no kind of cache zip:.*fs:, json:/],
  ['lmdb:/x?db=a&db=b', /twice/],
  ['a\0b', /zero byte/],
])('%j is refused', (text, message) => {
  expect(() => parseLocation(text, known)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
  )
})

test('what exists is a path, whatever it looks like', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  mkdirSync(join(folder, 'cache?db=x'))
  expect(parseLocation(`fs:${folder}/cache?db=x`, known)).toMatchObject({
    path: `${folder}/cache?db=x`,
    options: {},
  })
  rmSync(folder, { recursive: true })
})
