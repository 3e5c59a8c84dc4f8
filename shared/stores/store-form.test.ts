import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { storeTypes } from './kinds.ts'
import { formatStoreUrl, missingFields, parseStoreUrl, shownFields } from '../model/store-form.ts'
import type { StoreForm } from '../model/store-form.ts'

const formOf = (kind: string): StoreForm => storeTypes.find((type) => type.kind === kind)!.form!
const redis = formOf('redis')

describe('the URL of a form', () => {
  test.each([
    ['redis', { host: 'h' }, 'redis://h'],
    [
      'redis',
      { host: 'h', port: '7', database: '2', user: 'ana', password: 'a:b@/' },
      'redis://ana:a%3Ab%40%2F@h:7/2',
    ],
    ['redis', { mode: 'rediss', host: '::1', ca: '/x y.pem' }, 'rediss://[::1]?ca=%2Fx%20y.pem'],
    [
      'redis',
      { mode: 'redis+cluster', hosts: 'a:1, b:2', tls: '1', host: 'unused' },
      'redis+cluster://a:1,b:2?tls=1',
    ],
    ['redis', { mode: 'redis+sentinel', hosts: 's', master: 'my master' }, 'redis+sentinel://s/my%20master'],
    ['redis', { password: ' blank ' }, 'redis://:%20blank%20@'],
    ['lmdb', { path: '/data/x', db: 'a b&c' }, 'lmdb:/data/x?db=a%20b%26c'],
    ['sqlite', { path: ' /data/x.sql ', table: 'cache' }, 'sqlite:/data/x.sql?table=cache'],
    ['fs', { path: '/a%20b' }, 'fs:/a%20b'],
    ['fs', {}, 'fs:'],
  ])('%s %j', (kind, values, url) => expect(formatStoreUrl(formOf(kind), values)).toBe(url))

  test.each([
    ['redis', 'http://h'],
    ['redis', 'redis:h'],
    ['redis', 'redis://h?color=red'],
    ['redis', 'redis://h/1/2'],
    ['redis', 'redis://a:1,b:2'],
    ['fs', 'json:/x'],
    ['fs', '/x'],
    ['fs', 'fs:/x?db=1'],
  ])('%s: %s is not of its making', (kind, url) => expect(parseStoreUrl(formOf(kind), url)).toBeUndefined())

  test('a plus in the options is a blank, elsewhere itself', () =>
    expect(parseStoreUrl(redis, 'redis://a+b:c+d@h?prefix=e+f')).toMatchObject({
      user: 'a+b',
      password: 'c+d',
      prefix: 'e f',
    }))

  test('reads back what was filled in, whatever it is', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .map((value) => `v${value}v`.replaceAll(/[,/?#@:[\]]/g, ''))
    const host = fc.constantFrom('h', '10.0.0.1', '::1', 'node.example')
    const secret = fc.string({ unit: 'grapheme', minLength: 1 })
    const values = fc.record(
      {
        user: text,
        password: secret,
        database: fc.nat(15).map(String),
        port: fc.nat(65_535).map(String),
        prefix: text,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(host, values, fc.constantFrom('redis', 'rediss'), (name, given, mode) => {
        const filled = { mode, host: name, ...given }
        expect(parseStoreUrl(redis, formatStoreUrl(redis, filled))).toEqual(filled)
      }),
    )
    fc.assert(
      fc.property(text, secret, (path, db) => {
        const lmdb = formOf('lmdb')
        const filled = { path: `/${path}`, db: `d${db}d` }
        expect(parseStoreUrl(lmdb, formatStoreUrl(lmdb, filled))).toEqual(filled)
      }),
    )
  })
})

test('fields come and go with what they hang on, and those that are needed are named', () => {
  const names = (values: Record<string, string>): string[] =>
    shownFields(redis, values).map(({ name }) => name)
  expect(names({})).toContain('port')
  expect(names({ mode: 'redis+cluster' })).not.toContain('port')
  expect(names({ mode: 'redis+sentinel' })).toContain('master')
  expect(missingFields(redis, { mode: 'redis+sentinel', host: 'h' }).map(({ label }) => label)).toEqual([
    'Hosts',
    'Name of the master',
  ])
})

test('every form holds together: no name twice, choices where there is a choice, nothing hangs on a stranger', () => {
  const faults = storeTypes.flatMap(({ kind, form }) => {
    const names = form?.fields.map(({ name }) => name) ?? []
    const odd = form?.fields.filter(
      ({ name, when, type, choices }) =>
        names.indexOf(name) !== names.lastIndexOf(name) ||
        (when && !names.includes(when.field)) ||
        (type === 'choice') !== (choices !== undefined),
    )
    return (odd ?? []).map(({ name }) => `${kind} ${name}`)
  })
  expect(faults).toEqual([])
})
