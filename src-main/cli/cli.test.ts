import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { overview as overviewSchema } from '../../shared/api/overview.ts'
import { points as pointsSchema } from '../../shared/api/points.ts'
import { hashcache, jsonLines, mainFile, start, testDataFolder } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const sample = fileURLToPath(new URL('../engine/samples/alloys/cache', import.meta.url))
const store = join(corpus, 'fs-class', 'cache')
const work = mkdtempSync(join(tmpdir(), 'hashcache-cli-work-'))

afterAll(() => rmSync(work, { recursive: true, force: true }))

interface Line {
  readonly key: string | { $hex: string }
  readonly sizeBytes: number
  readonly status: string
  readonly sha256?: string
  readonly problem?: { readonly code: string; readonly offset?: number; readonly sentence: string }
  readonly [field: string]: unknown
}

interface Truth {
  readonly entries: readonly {
    readonly key: string
    readonly path: string
    readonly size: number
    readonly sha256: string
    readonly meta: Record<string, unknown>
  }[]
}
const truth = JSON.parse(readFileSync(join(corpus, 'fs-class', 'expected.json'), 'utf8')) as Truth

describe('ls', () => {
  it('lists every entry with its metadata as NDJSON, and digests when asked', async () => {
    const { code, stdout, stderr } = await hashcache('ls', store, '--json', '--digest')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = jsonLines<Line>(stdout)
    const expected = truth.entries.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect(
      lines.map(({ key, sizeBytes, sha256, func, user, host }) => ({
        key,
        sizeBytes,
        sha256,
        func,
        user,
        host,
      })),
    ).toEqual(
      expected.map(({ key, size, sha256, meta }) => ({
        key,
        sizeBytes: size,
        sha256,
        func: meta['func'],
        // A user of None is no user.
        user: meta['user'] ?? undefined,
        host: meta['hostname'] ?? undefined,
      })),
    )
    const known = [
      'key',
      'sizeBytes',
      'kind',
      'func',
      'module',
      'user',
      'host',
      'cwd',
      'version',
      'runAtSeconds',
      'elapsedSeconds',
      'status',
      'problem',
      'sha256',
    ]
    for (const line of lines) expect(known).toEqual(expect.arrayContaining(Object.keys(line)))
    expect((await hashcache('ls', store, '--json', '--limit', '1')).stdout).not.toContain('sha256')
  })

  it('filters, sorts and limits', async () => {
    const { stdout } = await hashcache(
      'ls',
      store,
      '--json',
      '--query',
      'user:jordan',
      '--sort',
      'sizeBytes:desc',
      '--limit',
      '3',
    )
    const sizes = truth.entries.filter(({ meta }) => meta['user'] === 'jordan').map(({ size }) => size)
    expect(jsonLines<Line>(stdout).map(({ sizeBytes }) => sizeBytes)).toEqual(
      sizes.toSorted((a, b) => b - a).slice(0, 3),
    )
  })

  it('shows chosen arguments and scalars in the output, and sorts by them', async () => {
    const options = ['--query', 'output.energy:*', '--columns', 'fmax,output.energy,output', '--limit', '3']
    const { stdout } = await hashcache('ls', store, ...options, '--sort', 'output.energy:desc', '--json')
    const shown = jsonLines<Line>(stdout).map(({ columns }) => columns as Record<string, string>)
    const energies = shown.map((columns) => Number(columns['output.energy']))
    expect(energies.every(Number.isFinite)).toBe(true)
    expect(energies).toEqual(energies.toSorted((a, b) => b - a))
    expect(shown.every((columns) => 'fmax' in columns && !('output' in columns))).toBe(true)
    const table = await hashcache('ls', store, ...options)
    expect(table.stdout.split('\n')[0]).toMatch(/user +fmax +output\.energy +output +call$/)
    expect(await hashcache('ls', store, '--columns', 'a,,b')).toMatchObject({ code: 2 })
  })

  it('prints a table whose lines a pipe gets whole, without colours', async () => {
    const { stdout } = await hashcache('ls', store)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(truth.entries.length + 1)
    expect(lines[0]).toMatch(/^key +run at \(UTC\) +took +size +user +call$/)
    expect(stdout).not.toContain('\u001b')
    for (const { key } of truth.entries) expect(stdout).toContain(key)
  })

  it('lists bad entries with their problem, and goes on', async () => {
    const { code, stdout } = await hashcache('ls', sample, '--json', '--query', 'not status:ok')
    expect(code).toBe(0)
    const lines = jsonLines<Line>(stdout)
    expect(lines.map(({ status, problem }) => [status, typeof problem?.sentence])).toEqual([
      ['partial', 'string'],
      ['damaged', 'string'],
    ])
  })

  it('ends quietly when the reader has enough', () => {
    const { status, stdout, stderr } = spawnSync(
      '/bin/sh',
      [
        '-c',
        '"$0" "$1" show "$2" --json | head -c 100 >/dev/null; echo "done"',
        process.execPath,
        mainFile,
        store,
      ],
      { encoding: 'utf8', env: { ...process.env, HASHCACHE_DATA: testDataFolder } },
    )
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'done\n', stderr: '' })
  })
})

describe('show', () => {
  const { key, path, size, sha256 } = truth.entries[1]!

  it('shows one entry as JSON, as text and as bytes', async () => {
    const { code, stdout } = await hashcache('show', store, key, '--json')
    expect(code).toBe(0)
    const [line] = jsonLines<Line>(stdout)
    expect(Object.keys(line!)).toEqual(['key', 'sizeBytes', 'sha256', 'status', 'record', 'value'])
    expect(line).toMatchObject({ key, sizeBytes: size, sha256, status: 'ok' })
    const human = await hashcache('show', store, key)
    expect(human.stdout).toContain(`key      ${key}\nstatus   ok\n`)
    const raw = start(['show', store, key, '--raw'])
    const hash = createHash('sha256')
    raw.stdout!.on('data', (bytes: Buffer) => hash.update(bytes))
    expect(await once(raw, 'close')).toEqual([0, null])
    expect(hash.digest('hex')).toBe(sha256)
  })

  it('says that what it shows is damaged or cut', async () => {
    const bad = jsonLines<Line>((await hashcache('ls', sample, '--json', '--query', 'not status:ok')).stdout)
    for (const { key: badKey, status } of bad) {
      const { code, stdout } = await hashcache('show', sample, badKey as string, '--json')
      const [line] = jsonLines<Line>(stdout)
      expect({ code, status: line!.status, problem: typeof line!.problem?.code }).toEqual({
        code: 1,
        status,
        problem: 'string',
      })
      expect('value' in line!).toBe(status === 'partial')
      expect((await hashcache('show', sample, badKey as string)).stdout).toContain(line!.problem!.sentence)
    }
  })

  it('shows loose files, several at once', async () => {
    const text = join(work, 'loose.json')
    writeFileSync(text, '{"a": [1, 2.5, null]}')
    const { code, stdout } = await hashcache('show', text, join(corpus, 'fs-class', path), '--json')
    expect(code).toBe(0)
    expect(jsonLines<Line>(stdout)).toMatchObject([
      { file: text, record: {}, value: { a: [1, 2.5, null] } },
      { file: join(corpus, 'fs-class', path), sizeBytes: size, sha256 },
    ])
  })

  it('reads keys that are no plain text in their hex form', async () => {
    const cache = join(work, 'hex')
    const hexKey = Buffer.from(key).toString('hex')
    mkdirSync(join(cache, key.slice(0, 2)), { recursive: true })
    copyFileSync(join(corpus, 'fs-class', path), join(cache, key.slice(0, 2), key))
    const [line] = jsonLines<Line>((await hashcache('show', `fs:${cache}`, `hex:${hexKey}`, '--json')).stdout)
    expect(line).toMatchObject({ sha256 })
  })

  it('leaves no trace in the cache', async () => {
    const file = join(corpus, 'fs-class', path)
    const before = statSync(file, { bigint: true })
    await hashcache('show', store, key, '--json')
    const after = statSync(file, { bigint: true })
    expect([after.mtimeNs, after.ctimeNs, after.size]).toEqual([before.mtimeNs, before.ctimeNs, before.size])
  })
})

describe('stats', () => {
  it('adds up, and groups', async () => {
    const { code, stdout } = await hashcache('stats', store, '--by', 'user', '--json')
    expect(code).toBe(0)
    const stats = JSON.parse(stdout) as {
      entries: number
      bytes: number
      groups: { user?: string; entries: number; bytes: number }[]
    }
    expect(stats).toMatchObject({
      entries: truth.entries.length,
      bytes: truth.entries.reduce((sum, { size }) => sum + size, 0),
    })
    const ana = truth.entries.filter(({ meta }) => meta['user'] === 'ana')
    expect(stats.groups.find(({ user }) => user === 'ana')).toMatchObject({
      entries: ana.length,
      bytes: ana.reduce((sum, { size }) => sum + size, 0),
    })
    for (const by of ['func', 'module', 'host', 'version', 'day', 'month', 'size', 'age'])
      expect((await hashcache('stats', store, '--by', by)).stdout).toContain(`\n${by} `)
  })
})

describe('overview', () => {
  it('tells sums, each with the filter that finds its entries', async () => {
    const { code, stdout } = await hashcache('overview', store, '--json')
    expect(code).toBe(0)
    const { total, functions, users } = overviewSchema.parse(JSON.parse(stdout))
    expect(total.entries).toBe(truth.entries.length)
    expect(functions.reduce((sum, { entries }) => sum + entries, 0)).toBe(total.entries)
    const ana = users.find(({ user }) => user === 'ana')!
    const listed = await hashcache('ls', store, '--query', ana.filter, '--json')
    expect(jsonLines(listed.stdout)).toHaveLength(ana.entries)
    const table = (await hashcache('overview', store, '--query', 'user:ana')).stdout
    expect(table).toMatch(/^92 entries, /)
    expect(table).toMatch(/^labs\.\S+ +\d+ .* user:ana func="/m)
  })
})

describe('points', () => {
  it('are a line for each entry with both, by x, as a table, as CSV and as JSON', async () => {
    const { code, stdout } = await hashcache('points', store, '--x', 'a', '--y', 'took', '--json')
    expect(code).toBe(0)
    const answer = pointsSchema.parse(JSON.parse(stdout))
    expect(answer.total).toBe(truth.entries.length)
    expect(answer.points!.keys).toHaveLength(answer.drawable.entries)
    const csv = await hashcache('points', store, '--x', 'a', '--y', 'took', '--color', 'func', '--csv')
    const [head, ...lines] = csv.stdout.trimEnd().split('\n')
    expect(head).toBe('key,a,took,func')
    expect(lines).toHaveLength(answer.drawable.entries)
    const xs = lines.map((line) => Number(line.split(',')[1]))
    expect(xs).toEqual([...answer.points!.x].toSorted((a, b) => a - b))
    const table = await hashcache('points', store, '--x', 'a', '--y', 'took')
    expect(table.stdout.split('\n')).toHaveLength(lines.length + 2)
    expect(table.stderr).toBe(
      `${lines.length} of ${answer.total} entries have both; ${answer.total - lines.length} of ${answer.total} have no a; ` +
        `${answer.without.find(({ axis }) => axis === 'y')!.entries} of ${answer.total} have no took\n`,
    )
  })

  it('have x and y of their own choice, and lines of means with filters that find their entries', async () => {
    const { stdout } = await hashcache('points', store, '--line', '--csv', '--color', 'user')
    const [head, first] = stdout.split('\n')
    expect(head).toMatch(/^\w+,user,mean output.*,least,greatest,entries,filter$/)
    const [, , , , , entries, filter] = first!.split(',')
    const listed = await hashcache(
      'ls',
      store,
      '--query',
      filter!.replace(/^"|"$/g, '').replaceAll('""', '"'),
      '--json',
    )
    expect(jsonLines(listed.stdout)).toHaveLength(Number(entries))
  })

  it('say what could be drawn where nothing is', async () => {
    const { code, stderr } = await hashcache('points', store, '--x', 'cutof', '--csv')
    expect(code).toBe(1)
    expect(stderr).toMatch(/has both cutof and .*; numbers are in .*a \(\d+\)/)
  })
})

describe('what cannot run', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['lst', store]],
    ['an unknown option', ['ls', store, '--dry-rnu']],
    ['a missing argument', ['ls']],
    ['too many arguments', ['ls', store, store]],
    ['a bad number', ['ls', store, '--limit', 'many']],
    ['a bad choice', ['stats', store, '--by', 'colour']],
    ['a store that is not there', ['ls', join(work, 'none')]],
    ['a folder that is no store', ['ls', corpus]],
    ['an entry that is not there', ['show', store, '0'.repeat(40)]],
    ['a file that is not there', ['show', join(work, 'none.pkl')]],
    ['a filter that does not parse', ['ls', store, '--query', 'func:(']],
    ['a field that is none', ['ls', store, '--sort', 'colour']],
    ['more than four fields', ['ls', store, ...Array.from({ length: 5 }, () => '--sort=key')]],
    ['two keys', ['show', store, 'a', 'b']],
    ['a key and a query', ['show', store, 'a', '--query', 'b']],
    ['a field that is no number', ['points', store, '--x', 'func', '--y', 'took']],
    ['CSV and json', ['points', store, '--csv', '--json']],
    ['raw and json', ['show', store, 'a', '--raw', '--json']],
    ['a scheme that nobody knows', ['ls', 'mongo:/data']],
  ])('%s: exit code 2, one sentence on stderr, nothing on stdout', async (_name, parameters) => {
    const { code, stdout, stderr } = await hashcache(...parameters)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.trim().length).toBeGreaterThan(10)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it('hints at the option or command that was meant', async () => {
    const pointed = await hashcache('ls', store, '--query', 'user:ana kind:calls')
    expect(pointed.stderr).toContain(
      "'kind' is one of call, dump, foreign, not 'calls'; perhaps call was meant.",
    )
    expect(pointed.stderr.split('\n').slice(1)).toEqual(['  user:ana kind:calls', '                ^', ''])
    expect((await hashcache('ls', store, '--qery', 'x')).stderr).toContain('(Did you mean --query?)')
    expect((await hashcache('sow', store)).stderr).toContain('(Did you mean show?)')
  })

  it('is an object on stderr with --json', async () => {
    const { stderr } = await hashcache('ls', store, '--json', '--query', 'func:(')
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'BAD_QUERY', data: { column: expect.any(Number) } },
    })
    for (const parameters of [['ls', store, '--limit', 'many'], ['ls'], ['lst', store]]) {
      const { code, stderr: told } = await hashcache(...parameters, '--json')
      expect(code).toBe(2)
      expect(JSON.parse(told)).toMatchObject({ error: { code: 'USAGE', message: expect.any(String) } })
    }
  })

  it('lists the commands', async () => {
    const { code, stdout } = await hashcache('--help')
    expect(code).toBe(0)
    const commands = [
      'ls',
      'show',
      'save',
      'stats',
      'overview',
      'points',
      'trust',
      'find',
      'diff',
      'why',
      'migrate',
      'archive',
      'evict',
    ]
    for (const name of [...commands, 'verify', 'undo', 'jobs', 'trash', 'serve', 'open'])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })
})

describe('serve', () => {
  it('prints its address last, serves with the token, and ends at once when told to', async () => {
    const server = start(['serve', store, '--no-open'])
    server.stdout!.setEncoding('utf8')
    let printed = ''
    while (!printed.endsWith('\n') || !printed.includes('token='))
      printed += String((await once(server.stdout!, 'data'))[0])
    const address = new URL(printed.trimEnd().split('\n').at(-1)!)
    expect(address.hostname).toBe('127.0.0.1')
    const authorization = `Bearer ${address.searchParams.get('token')}`
    const { items } = (await (
      await fetch(new URL('/api/stores', address), { headers: { authorization } })
    ).json()) as { items: Line[] }
    expect(items).toMatchObject([{ kind: 'fs', location: `fs:${store}` }])
    expect((await fetch(new URL('/api/stores', address))).status).toBe(401)
    // A stream that is open must not hold the end up.
    const events = await fetch(new URL('/api/events', address), { headers: { authorization } })
    const told = performance.now()
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])
    expect(performance.now() - told).toBeLessThan(2_000)
    await events.body?.cancel().catch(() => undefined)
  })

  it('does not start with a store that cannot be opened, or on a port that is taken', async () => {
    expect(await hashcache('serve', join(work, 'none'), '--no-open')).toMatchObject({ code: 2, stdout: '' })
    const { createServer } = await import('node:net')
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    expect(await hashcache('serve', '--no-open', '--port', String(port))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`Port ${port} is in use`),
    })
    taken.close()
    expect(await hashcache('serve', '--no-open', '--port', '99999')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/99999 is no port/),
    })
  })

  it('says so where there is no folder to write to', async () => {
    const file = join(work, 'a-file')
    writeFileSync(file, '')
    const child = start(['serve', '--no-open'], { HASHCACHE_DATA: join(file, 'data') })
    let told = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (told += text))
    expect(await once(child, 'close')).toEqual([2, null])
    expect(told).toMatch(
      /^hashcache: The data folder cannot be used: .*a-file is a file, and no folder; .*HASHCACHE_DATA\.\n$/,
    )
  })

  it('ends quietly when nobody reads its address', async () => {
    const child = start(['serve', '--no-open'])
    child.stdout!.destroy()
    let told = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (told += text))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(told).toBe('')
  })
})
