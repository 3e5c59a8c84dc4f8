import { execFileSync } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mostBytes, mostOpcodes, nodePlace, opcodePage, way } from '../../shared/api/bytes.ts'
import type { Connection, EntryDetail, TreeNode, TreePage } from '../../shared/api/contract.ts'
import { python } from '../../shared/testing/python.ts'
import { corpus, refusal, startEngine } from './testing/client.ts'

/** Dumps that no engine's page holds, a damaged one, an empty one and a compressed one, beside the corpus. */
const makeEntries = `
import gzip, os, pickle, sys
def put(name, data):
    os.makedirs(os.path.join(sys.argv[1], name[:2]), exist_ok=True)
    open(os.path.join(sys.argv[1], name[:2], name), 'wb').write(data)
many = pickle.dumps({'list': list(range(700)), 'text': 'x' * 300}, 4)
put('a' * 40, many)
put('b' * 40, gzip.compress(many))
put('c' * 40, many[:900])
put('d' * 40, b'')
`

const client = await startEngine()
const { folder, ask, get, post, ready } = client
let store: Connection
const place = (key: string, part: string): string =>
  `stores/${store.id}/entries/${key.repeat(40)}${part === '' ? '' : '/'}${part}`
const page = async (key: string, query: string) => opcodePage.parse(await get(place(key, `opcodes?${query}`)))
const nodeOf = async (key: string, offset: number) =>
  nodePlace.parse(await get(place(key, `node?offset=${offset}`))).path

beforeAll(async () => {
  const cache = join(folder, 'cache')
  await cp(join(corpus, 'fs-class', 'cache'), cache, { recursive: true })
  execFileSync(python, ['-c', makeEntries, cache])
  store = await ready(await post<Connection>('stores', { location: cache }))
})

afterAll(() => client[Symbol.asyncDispose]())

it('gives ranges of the stream that is decoded and of the one that is stored', async () => {
  const stored = await readFile(join(folder, 'cache', 'bb', 'b'.repeat(40)))
  const bytes = async (query: string) =>
    Buffer.from(await (await ask(place('b', `bytes?${query}`))).arrayBuffer())
  expect(await bytes('of=stored&from=2&to=60')).toEqual(stored.subarray(2, 60))
  expect(await bytes('from=5&to=205')).toEqual(gunzipSync(stored).subarray(5, 205))
  expect(await bytes('from=99999&to=100000')).toHaveLength(0)
  const big = join(folder, 'cache', 'ee', 'e'.repeat(40))
  await cp(join(folder, 'cache', 'aa'), join(folder, 'cache', 'ee'), { recursive: true })
  await writeFile(big, Buffer.alloc(3 * mostBytes, 1))
  expect((await (await ask(place('e', 'bytes?to=9999999'))).arrayBuffer()).byteLength).toBe(mostBytes)
})

it('pages through the opcodes, and tells the line of a byte', async () => {
  const first = await page('a', 'from=0&to=4')
  expect(
    first.rows.map(({ offset, name, argument, memo, stack }) => [offset, name, argument, memo, stack]),
  ).toEqual([
    [0, 'PROTO', '4', undefined, 0],
    [2, 'FRAME', '2173', undefined, 0],
    [11, 'EMPTY_DICT', undefined, undefined, 1],
    [12, 'MEMOIZE', undefined, 0, 1],
  ])
  const { known, isComplete, knownBytes } = await page('a', '')
  expect({ isComplete, knownBytes }).toEqual({ isComplete: true, knownBytes: 2184 })
  const last = await page('a', `from=${known - 3}&to=${known + 9}`)
  expect(last.rows.map(({ row, name, mark }) => [row, name, mark])).toEqual([
    [known - 3, 'MEMOIZE', undefined],
    [known - 2, 'SETITEMS', 13],
    [known - 1, 'STOP', undefined],
  ])
  expect((await page('a', 'from=0&to=9999')).rows).toHaveLength(mostOpcodes)
  expect((await page('a', 'at=12')).at).toBe(3)
  // Compressed or not, the opcodes are those of what is in it.
  expect((await page('b', 'from=0&to=4')).rows).toEqual(first.rows)
})

it('leads from a byte to the node, from the node to its bytes, and to what hides it', async () => {
  const { root } = await get<EntryDetail>(place('a', ''))
  const list = (await get<TreePage>(place('a', 'tree?path=0&from=650&to=651'))).children[0]!
  const spans: [string, Pick<TreeNode, 'start' | 'end'>][] = [
    ['0.650', list],
    ['', root!],
  ]
  for (const [path, { start, end }] of spans)
    expect([await nodeOf('a', start), end > start]).toEqual([path, true])
  expect(await nodeOf('a', 999_999)).toBeUndefined()
  expect(way.parse(await get(place('a', 'way?path=0.650')))).toEqual([
    { path: '', facts: 0, children: 2 },
    { path: '0', facts: 0, children: 700 },
  ])
  expect(await refusal(ask(place('a', 'way?path=0.9.9')))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
})

it('marks where a damaged pickle breaks, and has lines up to there', async () => {
  const { known } = await page('c', '')
  const { rows } = await page('c', `from=${known - 2}&to=${known}`)
  expect(rows.at(-1)).toMatchObject({ kind: 'fault', problem: { code: 'TRUNCATED', offset: 899 } })
  expect(rows[0]).toMatchObject({ kind: 'operation', name: 'BININT2' })
})

it('says of what is no pickle that it has no opcodes', async () => {
  expect(await refusal(ask(place('d', 'opcodes?from=0&to=9')))).toMatchObject({ code: 'USAGE' })
  expect((await ask(place('d', 'bytes?to=16'))).status).toBe(200)
  expect(await nodeOf('d', 0)).toBeUndefined()
})
