import { cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../shared/api/contract.ts'
import type {
  DatabaseInfo,
  DiscoverEvent,
  StoreKindInfo,
  TargetPlace,
  TestResult,
} from '../../shared/api/locations.ts'
import { discoverEvent, storeKind, testResult } from '../../shared/api/locations.ts'
import { storeTypes } from '../../shared/stores/kinds.ts'
import { freePort, startRedis } from '../../shared/testing/redis.ts'
import type { TestServer } from '../../shared/testing/redis.ts'
import { corpus, refusal, startEngine } from './testing/client.ts'

let engine: Awaited<ReturnType<typeof startEngine>>
beforeEach(async () => {
  engine = await startEngine()
})
afterEach(() => engine[Symbol.asyncDispose]())

const test = async (location: string, kind?: string): Promise<TestResult> =>
  testResult.parse(await engine.post('test', { location, kind }))

function copy(name: string): string {
  const to = join(engine.folder, name.replaceAll('/', '-'))
  cpSync(join(corpus, name), to, { recursive: true, preserveTimestamps: true })
  return to
}

describe('kinds', () => {
  it('are all there, each with a form that names one', async () => {
    const kinds = await engine.get<StoreKindInfo[]>('kinds')
    expect(kinds.map(({ kind }) => kind)).toEqual(storeTypes.map(({ kind }) => kind))
    for (const each of kinds) expect(storeKind.parse(each)).toEqual(each)
    expect(kinds.find(({ kind }) => kind === 'redis')?.form.fields.map(({ name }) => name)).toContain(
      'password',
    )
  })
})

describe('the place of a migration', () => {
  const look = (location: string, from: string): Promise<TargetPlace> =>
    engine.post<TargetPlace>('target', { location, from })

  it('is told by what stands there, or will be made; nothing is made for it', async () => {
    const from = `fs:${copy('fs-class/cache')}`
    const lmdb = copy('lmdb-dir/cache.lmdb')
    expect(await look(lmdb, from)).toEqual({
      kindTitle: 'LMDB',
      location: lmdb,
      isThere: true,
      warnings: [],
    })
    const made = join(engine.folder, 'made')
    for (const [location, kindTitle] of [
      [`sqlite:${made}?form=json`, 'SQLite'],
      [`shelve:${made}?format=dumb`, 'Python shelf'],
    ] as const)
      expect(await look(location, from)).toMatchObject({ kindTitle, location: made, isThere: false })
    expect(readdirSync(engine.folder)).not.toContain('made')
    // Nobody is called up while somebody is typing.
    expect(await look('redis://ana:secret@nowhere.invalid/0', from)).toEqual({
      kindTitle: 'Redis',
      location: 'redis://ana:***@nowhere.invalid/0',
      warnings: [],
    })
  })

  it('says why nothing can be written there', async () => {
    const from = `fs:${copy('fs-class/cache')}`
    for (const [location, code] of [
      [from, 'USAGE'],
      [join(engine.folder, 'nowhere'), 'USAGE'],
      [`shelve:${join(engine.folder, 'made')}`, 'USAGE'],
      [copy('joblib-memory/path'), 'USAGE'],
    ] as const)
      expect(await refusal(await engine.send('target', { location, from }))).toMatchObject({ code })
  })
})

describe('a test of a location', () => {
  it('is timed, says what it is, and leaves nothing behind', async () => {
    const found = await test(copy('lmdb-dir/cache.lmdb'))
    expect(found).toMatchObject({ ok: true, kind: 'lmdb', kindTitle: 'LMDB', entries: expect.any(Number) })
    expect(found.reason).toContain('LMDB data format')
    expect(found.milliseconds).toBeGreaterThan(0)
    expect(await test(copy('sqlite-blob/cache.sql'), 'sqlite')).toMatchObject({ ok: true, kind: 'sqlite' })
    expect(await test(copy('shelve-gnu/cache.shlv'))).toMatchObject({ ok: true, kind: 'shelve' })
    expect(await engine.get('stores')).toMatchObject({ items: [] })
    expect(await engine.get('app')).toMatchObject({ recents: [] })
  })

  it('says in one sentence what is wrong', async () => {
    const cut = copy('sqlite-blob/cache.sql')
    truncateSync(cut, 600)
    const foreign = join(engine.folder, 'letter.txt')
    writeFileSync(foreign, 'Dear Ana, '.repeat(2_000))
    const faults = [
      [join(engine.folder, 'nowhere'), undefined, 'NOT_FOUND'],
      [foreign, undefined, 'NOT_A_STORE'],
      [foreign, 'fs', 'NOT_A_STORE'],
      [foreign, 'lmdb', 'NOT_A_STORE'],
      [cut, 'sqlite', 'DAMAGED'],
      ['zip:/x', undefined, 'USAGE'],
      ['/x', 'zip', 'USAGE'],
    ] as const
    for (const [location, kind, code] of faults) {
      const { ok, error } = await test(location, kind)
      expect({ location, ok, code: error?.code, message: error?.message }).toEqual({
        location,
        ok: false,
        code,
        message: expect.stringMatching(/^[^\n]+\.$/),
      })
    }
  })
})

describe('Redis', () => {
  let server: TestServer
  const password = 'geheim/wort'
  const url = (secret: string): string => `redis://:${encodeURIComponent(secret)}@127.0.0.1:${server.port}/0`
  beforeEach(async () => {
    server = await startRedis(`requirepass ${password}`)
  })
  afterEach(() => server[Symbol.asyncDispose]())

  it('is tested: right, wrong password, none, refused port, no Redis', async () => {
    expect(await test(url(password))).toMatchObject({
      ok: true,
      kind: 'redis',
      product: expect.stringMatching(/^(?:Redis|Valkey) \d/),
      entries: 0,
    })
    expect(await test(url('wrong'))).toMatchObject({
      ok: false,
      error: { code: 'REFUSED', needs: 'password' },
    })
    expect(await test(`redis://127.0.0.1:${server.port}`)).toMatchObject({ error: { needs: 'password' } })
    const refused = await test(`redis://127.0.0.1:${await freePort()}`)
    expect(refused.error).toEqual({ code: 'REFUSED', message: expect.stringContaining('Nothing listens') })
    expect(JSON.stringify([await test(url('wr0ng')), await test(`redis://:wr0ng`)])).not.toContain('wr0ng')
  })

  it('leaves its password nowhere: not in answers, events, errors, nor on disk', async () => {
    const events = await engine.listen()
    const opened = await engine.post<Connection>('stores', { location: url(password), kind: 'redis' })
    expect(opened.location).toBe(`redis://127.0.0.1:${server.port}/0`)
    const said = [
      opened,
      await engine.ready(opened),
      await events.next((event) => event.type === 'store' && event.store.state === 'ready'),
      await engine.get('stores'),
      await engine.get('app'),
      await engine.post('detect', { location: url(password) }),
      await refusal(engine.send('stores', { location: `${url(password)}?a=1&a=2` })),
      await refusal(engine.send('stores', { location: `${url(password)}?color=red` })),
      await refusal(engine.send('stores', { location: url(password).replace('/0', '/x') })),
      await refusal(engine.send('databases', { location: `${url(password)}/1/2` })),
      await engine.post(`stores/${opened.id}/lock`, { writable: true }),
      await engine.get(`stores/${opened.id}/summary`),
    ]
    await events.end()
    expect(JSON.stringify(said)).not.toMatch(/geheim|wort/)
    const files = readdirSync(engine.folder, { recursive: true, withFileTypes: true }).filter((item) =>
      item.isFile(),
    )
    expect(files.length).toBeGreaterThan(1)
    for (const file of files) {
      const path = join(file.parentPath, file.name)
      expect(path).not.toMatch(/geheim|wort|127\.0/)
      expect(readFileSync(path, 'latin1')).not.toMatch(/geheim/)
    }
  })

  it('is asked for again after it was closed, and not while it is open', async () => {
    const opened = await engine.post<Connection>('stores', { location: url(password) })
    const { recents } = await engine.get<{ recents: { location: string }[] }>('app')
    const kept = recents[0]!.location
    expect(kept).toBe(`redis://:***@127.0.0.1:${server.port}/0`)
    expect(await engine.post('stores', { location: kept })).toMatchObject({ id: opened.id })
    await engine.ask(`stores/${opened.id}`, { method: 'DELETE' })
    for (const location of [kept, opened.location])
      expect(await refusal(engine.send('stores', { location }))).toMatchObject({
        status: 403,
        code: 'REFUSED',
        data: { needs: 'password' },
      })
    expect(await test(kept)).toMatchObject({ ok: false, error: { needs: 'password' } })
  })
})

describe('databases in one file', () => {
  it('are listed with what to name them by, also where the file does not say which is the cache', async () => {
    const named = copy('lmdb-named/cache.lmdb')
    const listed = await engine.post<DatabaseInfo[]>('databases', { location: named })
    expect(listed.length).toBeGreaterThan(1)
    const chosen = listed.find(({ name, problem }) => name !== undefined && problem === undefined)!
    expect(chosen).toMatchObject({ option: 'db', entries: expect.any(Number) })
    const location = `lmdb:${named}?db=${encodeURIComponent(chosen.name!)}`
    expect(await test(location)).toMatchObject({ ok: true, entries: chosen.entries })
    const opened = await engine.post<Connection>('stores', { location })
    expect(await engine.get(`stores/${opened.id}/databases`)).toEqual(listed)
    const tables = await engine.post<DatabaseInfo[]>('databases', { location: copy('sqlite-blob/cache.sql') })
    expect(tables).toContainEqual(expect.objectContaining({ name: 'cache', option: 'table' }))
    expect(await engine.post('databases', { location: join(corpus, 'fs-v002/cache') })).toEqual([])
  })
})

describe('the lock', () => {
  it('is on, comes off for this session, and on again', async () => {
    const { id, writable } = await engine.post<Connection>('stores', { location: copy('fs-v002/cache') })
    const lock = (wanted: boolean): Promise<Connection> =>
      engine.post(`stores/${id}/lock`, { writable: wanted })
    expect(writable).toBe(false)
    expect(() => engine.connections.requireWritable(id)).toThrow(/is locked; unlock it/)
    const events = await engine.listen()
    expect(await lock(true)).toMatchObject({ writable: true })
    await events.next((event) => event.type === 'store' && event.store.writable)
    expect(engine.connections.requireWritable(id).shown.id).toBe(id)
    expect(await lock(false)).toMatchObject({ writable: false })
    expect(() => engine.connections.requireWritable(id)).toThrow(
      expect.objectContaining({ code: 'READ_ONLY' }),
    )
    await events.end()
    await lock(true)
    await engine.ask(`stores/${id}`, { method: 'DELETE' })
    expect(await engine.post('stores', { location: join(engine.folder, 'fs-v002-cache') })).toMatchObject({
      id,
      writable: false,
    })
  })

  it('stays on for what cannot be written, in one sentence', async () => {
    const { id } = await engine.post<Connection>('stores', { location: copy('shelve-bsd185/cache.shlv.db') })
    expect(await refusal(engine.send(`stores/${id}/lock`, { writable: true }))).toMatchObject({
      status: 403,
      code: 'READ_ONLY',
      message: expect.stringMatching(/stays locked: a Python shelf of this form can be read, not written/),
    })
    expect(await engine.get('stores')).toMatchObject({ items: [{ id, writable: false }] })
  })
})

describe('discovery', () => {
  const linesOf = async (response: Response): Promise<DiscoverEvent[]> =>
    (await response.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => discoverEvent.parse(JSON.parse(line)))

  it('streams the caches below a folder', async () => {
    copy('fs-v002')
    copy('lmdb-dir')
    const lines = await linesOf(await engine.send('discover', { folder: engine.folder }))
    const found = lines.filter((line) => line.type === 'found')
    expect(found.map(({ kind }) => kind).toSorted()).toEqual(['fs', 'lmdb'])
    expect(found[0]).toMatchObject({ kindTitle: expect.any(String), reason: expect.any(String) })
    expect(lines.at(-1)).toMatchObject({ type: 'end', found: 2 })
    const opened = await engine.post<Connection>('stores', { location: found[0]!.path, kind: found[0]!.kind })
    expect(opened.location).toContain(found[0]!.path)
  })

  it('says where it cannot begin, and ends when its reader leaves', async () => {
    const nowhere = await linesOf(await engine.send('discover', { folder: join(engine.folder, 'nowhere') }))
    expect(nowhere).toEqual([
      { type: 'error', code: 'NOT_FOUND', message: expect.stringContaining('nowhere') },
    ])
    const response = await engine.send('discover', { folder: '/' })
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    // The one thread for searches is free again.
    const lines = await linesOf(await engine.send('discover', { folder: engine.folder }))
    expect(lines.at(-1)).toMatchObject({ type: 'end' })
  })
})
