import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { OpcodeRow } from '../../shared/api/bytes.ts'
import { python } from '../../shared/testing/python.ts'
import { hashcache, jsonLines } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'hashcache-bytes-'))
const file = (name: string): string => join(work, name)

const makeFiles = `
import gzip, io, json, joblib, numpy, os, pickle, pickletools, sys
os.chdir(sys.argv[1])
value = {'names': ['a', "it's", 'x' * 90], 'deep': {'a b': (1, 2.5, None, 2 ** 80)}}
data = pickle.dumps(value, 4)
open('value.pkl', 'wb').write(data)
open('cut.pkl', 'wb').write(data[:60])
open('empty.pkl', 'wb').close()
open('long.pkl', 'wb').write(pickle.dumps(bytes(range(256)) * 800, 4)[:-1])
joblib.dump({'before': 1, 'array': numpy.arange(1000.0), 'after': 2}, 'array.joblib')
with gzip.open('packed.pkl', 'wb') as packed: packed.write(data)
json.dump(value['names'], open('value.json', 'w'))
out = io.StringIO()
pickletools.dis(data, out)
print(out.getvalue())
`
let listing = ''

beforeAll(() => {
  listing = execFileSync(python, ['-c', makeFiles, work], { encoding: 'utf8' })
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Offset, depth and name of a line of either listing. */
function lineOf(text: string, indent: RegExp): [string, number, string] {
  const [, offset = '', space = '', name = ''] = indent.exec(text) ?? []
  return [offset, space.length, name]
}

it('lists opcodes as pickletools.dis does', async () => {
  const { code, stdout } = await hashcache('bytes', file('value.pkl'), '--opcodes')
  const ours = stdout
    .trimEnd()
    .split('\n')
    .map((line) => lineOf(line, /^ *(\d+): ( *)(\w+)/))
  const theirs = listing.split('\n').filter((line) => /^ *\d+:/.test(line))
  expect(ours).toEqual(
    theirs
      .map((line) => lineOf(line, /^ *(\d+): \S+ +?((?: {4})*)([A-Z]\w*)/))
      .map(([offset, , name], i) => [offset, ours[i]![1], name]),
  )
  const marks = /MARK at \d+/g
  expect(stdout.match(marks)).toEqual(listing.match(marks))
  expect(code).toBe(0)
})

it('shows the bytes of a part of the value, and says of which part a byte is', async () => {
  const part = await hashcache('bytes', file('value.pkl'), '--node', "deep['a b']", '--json')
  const { from, hex } = JSON.parse(part.stdout) as { from: number; hex: string }
  const bytes = readFileSync(file('value.pkl'))
  expect(hex).toBe(bytes.subarray(from, from + hex.length / 2).toString('hex'))
  expect([hex.slice(0, 4), hex.slice(-2)]).toEqual(['284b', '74'])
  const at = await hashcache('bytes', file('value.pkl'), '--at', String(from), '-n', '4')
  expect(at.stdout).toMatch(/^decoded bytes, \d+ bytes; deep\['a b'\]/)
  expect(at.stdout).toMatch(/ 28 4b 01 47 .*\|.*\(K\.G\|\n/)
})

it('tells apart the bytes as stored and those that are decoded', async () => {
  const stored = readFileSync(file('packed.pkl'))
  const hexOf = async (...options: string[]) =>
    JSON.parse(
      (await hashcache('bytes', file('packed.pkl'), '--json', '-n', '9', ...options)).stdout,
    ) as object
  expect(await hexOf('--stored')).toMatchObject({
    stream: 'stored',
    hex: stored.subarray(0, 9).toString('hex'),
  })
  expect(await hexOf()).toMatchObject({
    stream: 'decoded',
    compressor: 'gzip',
    hex: gunzipSync(stored).subarray(0, 9).toString('hex'),
  })
  expect((await hashcache('bytes', file('packed.pkl'))).stdout).toMatch(/^decompressed from gzip, /)
})

it('has any number of bytes in one object, with what is wrong with them', async () => {
  const { stdout, code } = await hashcache('bytes', file('long.pkl'), '--json', '-n', '300000')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    from: 0,
    to: 204_808,
    hex: readFileSync(file('long.pkl')).toString('hex'),
    problem: { sentence: expect.any(String) },
  })
})

it('has the elements of an array as one line', async () => {
  const { stdout } = await hashcache('bytes', file('array.joblib'), '--opcodes', '--json')
  const rows = jsonLines<OpcodeRow>(stdout)
  const arrays = rows.filter(({ kind }) => kind === 'array')
  expect(arrays).toHaveLength(1)
  expect(arrays[0]!.end - arrays[0]!.offset).toBeGreaterThanOrEqual(8_000)
  expect(rows.at(-1)).toMatchObject({ name: 'STOP', stack: 0 })
  const { stdout: part } = await hashcache(
    'bytes',
    file('array.joblib'),
    '--opcodes',
    '--at',
    '0',
    '-n',
    '12',
  )
  expect(part.trimEnd().split('\n').length).toBeLessThan(6)
})

it('marks where a pickle breaks', async () => {
  const { code, stdout } = await hashcache('bytes', file('cut.pkl'), '--opcodes')
  expect(code).toBe(1)
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/BINUNICODE: The bytes end before the value does/)
  expect((await hashcache('bytes', file('cut.pkl'))).stdout).toMatch(/\^\^ The bytes end before/)
})

it('shows JSON and empty files as bytes, and says that they have no opcodes', async () => {
  const json = await hashcache('bytes', file('value.json'), '--node', '[1]', '--json')
  const { hex } = JSON.parse(json.stdout) as { hex: string }
  expect(Buffer.from(hex, 'hex').toString()).toBe(`"it's"`)
  const none = await hashcache('bytes', file('value.json'), '--opcodes')
  expect({ code: none.code, text: none.stderr }).toMatchObject({
    code: 2,
    text: expect.stringContaining('JSON text, which has no opcodes'),
  })
  const empty = await hashcache('bytes', file('empty.pkl'))
  expect({ code: empty.code, text: empty.stdout }).toEqual({
    code: 1,
    text: 'decoded bytes, 0 bytes\n00000000\n^^ There are no bytes to read.\n',
  })
})

it.each([
  ['a store without a key', [join(corpus, 'fs-class', 'cache')]],
  ['an offset that is none', ['value.pkl', '--at', '12k']],
  ['an offset beyond the end', ['value.pkl', '--at', '0xffff']],
  ['a part that is not there', ['value.pkl', '--node', 'none']],
  ['opcodes of stored bytes', ['packed.pkl', '--stored', '--opcodes']],
])('cannot run with %s', async (_what, [target = '', ...rest]) => {
  const { code, stdout, stderr } = await hashcache(
    'bytes',
    target.startsWith('/') ? target : file(target),
    ...rest,
  )
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^hashcache: .*\.\n$/)
})
