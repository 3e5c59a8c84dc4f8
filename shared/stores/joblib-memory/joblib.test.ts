import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { Catalog } from '../../catalog/catalog.ts'
import { indexStore } from '../../catalog/indexer.ts'
import { showKey } from '../../model/keys.ts'
import { corpusFolder } from '../../testing/corpus-folder.ts'
import { collect, outcomesOf } from '../conformance/plain.ts'
import { detectStores } from '../detect.ts'
import { openStore, resolveStore } from '../registry.ts'

const corpus = corpusFolder('joblib-memory')!
const encoder = new TextEncoder()
const hash = 'ab'.repeat(16)
const pickle = Uint8Array.from([0x80, 4, 0x4b, 1, 0x2e])

/** A call of the fixture, and the folder of its function. */
const relax = 'lab/physics/relax'
const silver = `${relax}/d43828e401f35521d70f7236f8d103a9`
const silverKey = encoder.encode(silver)

let folder: string
let cache: string
const at = (...names: string[]): string => join(cache, ...names)

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  cache = join(folder, 'memory')
  cpSync(join(corpus, 'path'), cache, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (deletes = false) => openStore(`joblib:${cache}`, { write: deletes })

async function keys(): Promise<string[]> {
  await using store = await open()
  return (await collect(store.entries())).map(({ key }) => showKey(key)).toSorted()
}

describe('detection', () => {
  test.each([
    ['str', 'str/joblib'],
    ['str/joblib', 'str/joblib'],
    ['path', 'path'],
    ['path/lab/physics', 'path/lab/physics'],
    ['path/lab/physics/relax', 'path/lab/physics/relax'],
  ])('%s is found at %s', async (given, root) => {
    rmSync(folder, { recursive: true })
    cpSync(corpus, folder, { recursive: true })
    const found = await detectStores(join(folder, given))
    expect(found).toMatchObject([{ kind: 'joblib', path: join(folder, root) }])
    expect(found[0]!.certainty).toBeGreaterThan(0.9)
    expect(found[0]!.reason).toMatch(
      /^\d+ of \d+ sampled calls, of \d functions, are pickles called output\.pkl/,
    )
    await using store = await openStore(join(folder, given))
    expect(store.location).toBe(`joblib:${join(folder, root)}`)
    expect(await resolveStore(join(folder, given))).toMatchObject({ kind: 'joblib' })
  })

  test('a project is not its cache: the folder joblib in it is', async () => {
    const project = join(folder, 'project')
    cpSync(join(corpus, 'str'), join(project, 'results'), { recursive: true })
    write(join(project, 'run.py'), 'pass')
    expect(await detectStores(project)).toMatchObject([
      { kind: 'joblib', path: join(project, 'results/joblib') },
    ])
  })

  test('a cache whose calls are all gone', async () => {
    for (const path of await keys()) rmSync(at(path), { recursive: true })
    expect(await detectStores(cache)).toMatchObject([{ kind: 'joblib', certainty: 0.5 }])
    expect(await keys()).toEqual([])
  })

  test.each([
    ['other programs with an output.pkl', 'run/output.pkl', pickle],
    ['output.pkl that is no pickle', `f/${hash}/output.pkl`, 'text'],
    ['hashes of another length', `f/${hash}ab/output.pkl`, pickle],
    ['a func_code.py of somebody else', 'f/func_code.py', 'def f(): pass'],
    ['a fs cache', `ab/${'ab'.repeat(20)}`, pickle],
  ])('%s are not joblib', async (_, name, content) => {
    const other = join(folder, 'other')
    write(join(other, name), content)
    expect((await detectStores(other)).map(({ kind }) => kind)).not.toContain('joblib')
  })

  test('pickles under hashes without anything of joblib are a guess', async () => {
    write(join(folder, 'guess', 'f', hash, 'output.pkl'), pickle)
    expect(await detectStores(join(folder, 'guess'))).toMatchObject([{ kind: 'joblib', certainty: 0.49 }])
  })

  test('what cannot be opened says why', async () => {
    write(join(folder, 'file'), 'x')
    await expect(openStore(`joblib:${folder}/file`)).rejects.toMatchObject({ code: 'NOT_A_STORE' })
    await expect(openStore(`joblib:${folder}/none`, { write: true })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(openStore(`joblib:${cache}?a=b`)).rejects.toMatchObject({ code: 'USAGE' })
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})

describe('facts', () => {
  test('function, module and arguments, time and duration, without the value', async () => {
    truncateSync(at(silver, 'output.pkl'), 0)
    utimesSync(at(silver, 'output.pkl'), 1_600_000_000, 1_700_000_000)
    await using store = await open()
    const [facts] = await store.facts!([silverKey])
    const metadata = JSON.parse(readFileSync(at(silver, 'metadata.json'), 'utf8')) as Record<string, number>
    expect(facts).toEqual({
      func: 'relax',
      module: 'lab.physics',
      args: [
        { name: 'cutoff', text: '350.5' },
        { name: 'element', text: "'Ag'" },
        { name: '*', text: "[1, 'two']" },
        { name: '**', text: `{'spin': True, 'name': "it's"}` },
      ].toSorted((a, b) => order(metadata, a.name) - order(metadata, b.name)),
      runAtSeconds: metadata['time'],
      elapsedSeconds: metadata['duration'],
      accessedAtMs: 1_600_000_000_000,
    })
  })

  /** Place of an argument in the file: joblib writes those with defaults first. */
  function order(metadata: Readonly<Record<string, unknown>>, name: string): number {
    return Object.keys(metadata['input_args'] as object).indexOf(name)
  }

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['cut', '{"duration": 1, "input_args": {"x": "1'],
    ['a list', '[1, 2]'],
    ['a number', '5'],
    ['deeply nested', '['.repeat(200_000)],
    ['of wrong types', '{"duration": "1", "time": [], "input_args": [1]}'],
    ['too large', `{"duration": 1, "x": "${'x'.repeat(9_000_000)}"}`],
  ])('metadata that is %s: what the path says', async (_, content) => {
    rmSync(at(silver, 'metadata.json'))
    if (content !== undefined) writeFileSync(at(silver, 'metadata.json'), content)
    await using store = await open()
    const [facts] = await store.facts!([silverKey])
    expect(facts).toEqual({ func: 'relax', module: 'lab.physics', accessedAtMs: expect.any(Number) })
    expect(await keys()).toContain(silver)
  })

  test('hostile names of arguments are names', async () => {
    const text = '{"input_args": {"__proto__": "2", "constructor": "1", "n": 5}, "__proto__": {"n": 7}}'
    writeFileSync(at(silver, 'metadata.json'), text)
    await using store = await open()
    const [facts] = await store.facts!([silverKey])
    expect(facts?.args?.map(({ name }) => name)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['n']).toBeUndefined()
  })

  test('a link in place of the metadata is not followed', async () => {
    write(join(folder, 'secret.json'), '{"input_args": {"secret": "1"}}')
    rmSync(at(silver, 'metadata.json'))
    symlinkSync(join(folder, 'secret.json'), at(silver, 'metadata.json'))
    await using store = await open()
    expect((await store.facts!([silverKey]))[0]?.args).toBeUndefined()
  })

  test('the index has each call as a call, and finds it by its arguments', async () => {
    using catalog = disposable(Catalog.open(':memory:'))
    await using store = await open()
    await indexStore(store, catalog.value)
    const rows = (query: string) =>
      catalog.value.rows(catalog.value.search(query, []).id, 0, 100, ['element']).rows
    expect(rows('')).toHaveLength(8)
    expect(rows('').every(({ kind, status }) => kind === 'call' && status === 'ok')).toBe(true)
    expect(rows('element:Ag')).toMatchObject([
      {
        func: 'relax',
        module: 'lab.physics',
        outputType: 'dict',
        outputPreview: expect.stringContaining("'element': 'Ag'"),
        elapsedSeconds: expect.any(Number),
        runAtSeconds: expect.any(Number),
        args: { element: "'Ag'" },
      },
    ])
    expect(rows('func:positions count>1000')).toMatchObject([{ outputType: 'ndarray' }])
    // A result that is written again, or metadata that comes after it, is read again.
    truncateSync(at(silver, 'output.pkl'), 3)
    expect(await indexStore(store, catalog.value)).toMatchObject({ read: 1, unchanged: 7, damaged: 1 })
    writeFileSync(at(silver, 'metadata.json'), '{"input_args": {"element": "\'Au\'"}}')
    expect(await indexStore(store, catalog.value)).toMatchObject({ read: 1, unchanged: 7 })
    expect(rows('element:Au')).toMatchObject([{ kind: 'call', status: 'damaged', func: 'relax' }])
  })
})

function disposable<Value extends { close(): void }>(value: Value): { value: Value } & Disposable {
  return { value, [Symbol.dispose]: () => value.close() }
}

describe('what is no call', () => {
  test('is told with the reason, and not listed', async () => {
    const all = await keys()
    write(at(silver, 'output.pkl.thread-140-pid-7'), 'half')
    write(at(silver, `metadata.json.${hash}-7-140`), 'half')
    write(at(silver, 'output.pkl_01.npy'), 'part of it')
    write(at(relax, hash, 'metadata.json'), '{}')
    write(at(relax, 'notes.txt'), 'mine')
    write(at('store_backend_info.json'), '{}')
    mkdirSync(at(silver, 'deep'))
    symlinkSync(at(relax), at('lab/linked'))
    symlinkSync(at(silver), at(relax, 'cd'.repeat(16)))
    writeFileSync(Buffer.concat([Buffer.from(`${cache}/`), Buffer.from([0xff, 0xfe])]), 'x')
    await using store = await open()
    expect(await keys()).toEqual(all)
    const strays = new Map((await store.strays!(100)).map(({ name, reason }) => [name, reason]))
    expect(Object.fromEntries(strays)).toEqual({
      '.gitignore': 'a file by which joblib keeps the cache out of git',
      'store_backend_info.json': 'a file in which joblib keeps the version of the layout',
      'hex:fffe': 'the name is no UTF-8; no key can name it',
      'lab/linked': 'a link; links are not followed',
      [`${relax}/notes.txt`]: 'a file beside the calls of a function',
      [`${relax}/${'cd'.repeat(16)}`]: 'a link; links are not followed',
      [`${relax}/${hash}`]: expect.stringContaining('without output.pkl'),
      [`${silver}/output.pkl.thread-140-pid-7`]: 'a temporary file of a write that did not end',
      [`${silver}/metadata.json.${hash}-7-140`]: 'a temporary file of a write that did not end',
      [`${silver}/deep`]: 'a folder in the folder of a call',
    })
    expect(await store.strays!(3)).toHaveLength(3)
  })
})

describe('deleting', () => {
  test('takes the whole folder of the call, and leaves the function', async () => {
    write(at(silver, 'output.pkl.thread-140-pid-7'), 'half')
    await using store = await open(true)
    expect(outcomesOf(await store.apply([{ kind: 'delete', key: silverKey }]))).toEqual(['done'])
    expect(existsSync(at(silver))).toBe(false)
    expect(readdirSync(at(relax))).toHaveLength(4)
    expect(existsSync(at(relax, 'func_code.py'))).toBe(true)
  })

  test('follows no link: not of the call, not above it, not within', async () => {
    const outside = join(folder, 'outside')
    write(join(outside, hash, 'output.pkl'), pickle)
    write(join(outside, 'kept'), 'kept')
    symlinkSync(outside, at('lab/linked'))
    symlinkSync(join(outside, hash), at(relax, hash))
    symlinkSync(outside, at(silver, 'inside'))
    await using store = await open(true)
    const names = [`lab/linked/${hash}`, `${relax}/${hash}`, silver].map((name) => encoder.encode(name))
    expect(await store.getMany(names.slice(0, 2))).toEqual([undefined, undefined])
    expect(names.slice(0, 2).map((name) => store.locate!(name))).toEqual([undefined, undefined])
    const outcomes = await store.apply(names.map((key) => ({ kind: 'delete', key })))
    expect(outcomesOf(outcomes)).toEqual(['ABSENT', 'ABSENT', 'done'])
    expect(readdirSync(outside).toSorted()).toEqual([hash, 'kept'])
    expect(readdirSync(join(outside, hash))).toEqual(['output.pkl'])
  })

  test('a link in place of the result is neither read nor deleted', async () => {
    write(join(folder, 'secret'), 'secret')
    rmSync(at(silver, 'output.pkl'))
    symlinkSync(join(folder, 'secret'), at(silver, 'output.pkl'))
    await using store = await open(true)
    expect(await store.getMany([silverKey])).toMatchObject([{ code: 'UNREADABLE' }])
    expect(outcomesOf(await store.apply([{ kind: 'delete', key: silverKey }]))).toEqual(['ABSENT'])
    expect(await keys()).not.toContain(silver)
  })

  test('parts change apart', async () => {
    await using store = await open(true)
    const before = (await store.changeToken()).parts!
    expect([...before.keys()].toSorted()).toEqual(['lab/physics/add', 'lab/physics/positions', relax])
    await store.apply([{ kind: 'delete', key: silverKey }])
    const after = (await store.changeToken()).parts!
    expect([...after].filter(([part, token]) => before.get(part) !== token).map(([part]) => part)).toEqual([
      relax,
    ])
  })

  test('a folder that may not be written is told', async () => {
    chmodSync(folder, 0o755)
    chmodSync(at(silver), 0o555)
    const program = fileURLToPath(new URL('../conformance/as-nobody.ts', import.meta.url))
    const output = execFileSync(process.execPath, [program, 'write', `joblib:${cache}`, silver])
    expect(JSON.parse(output.toString())).toMatchObject({ result: ['REFUSED', 'REFUSED'] })
    expect(await keys()).toContain(silver)
    chmodSync(at(silver), 0o755)
  })
})

describe('layouts', () => {
  test('functions called like the first folder of a hash, calls of a function that is a module too', async () => {
    write(at('pkg/add', hash, 'output.pkl'), pickle)
    write(at('pkg/add/add', hash, 'output.pkl'), pickle)
    write(at('pkg/add', hash.slice(0, 3), hash.slice(3), 'output.pkl'), pickle)
    write(at('pkg/add', hash.slice(0, 3), hash, 'output.pkl'), pickle)
    const added = (await keys()).filter((key) => key.startsWith('pkg/'))
    expect(added).toEqual(
      [
        `pkg/add/aba/${hash}`,
        `pkg/add/aba/${hash.slice(3)}`,
        `pkg/add/${hash}`,
        `pkg/add/add/${hash}`,
      ].toSorted(),
    )
    await using store = await open()
    const facts = await store.facts!(added.map((key) => encoder.encode(key)))
    expect(facts.map((fact) => `${fact?.module}.${fact?.func}`).toSorted()).toEqual([
      'pkg.add',
      'pkg.add',
      'pkg.add.aba',
      'pkg.add.add',
    ])
  })

  test('folders without end are left at some depth', async () => {
    write(at(...Array.from({ length: 200 }, () => 'd'), hash, 'output.pkl'), pickle)
    expect(await keys()).toHaveLength(8)
  })
})
