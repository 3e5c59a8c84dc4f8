import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashcache, jsonLines } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
let work: string
let cache: string

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'hashcache-cli-jobs-'))
  cache = join(work, 'cache')
  cpSync(join(corpus, 'fs-class', 'cache'), cache, { recursive: true, preserveTimestamps: true })
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

const count = (): number =>
  readdirSync(cache, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).length

interface JobLine {
  readonly id: string
  readonly state: string
  readonly undo?: string
  readonly outcomes: Record<string, number>
  readonly planned: { readonly entries: number }
}

describe('evict, trash and undo', () => {
  it('shows the plan, moves to the trash, prints the undo id, and takes it back', async () => {
    const before = count()
    const shown = await hashcache('evict', cache, '--query', 'func:energy', '--dry-run', '--json')
    const [plan, ...items] = jsonLines<JobLine>(shown.stdout)
    expect(shown.code).toBe(0)
    expect(items).toHaveLength(plan!.planned.entries)
    expect(count()).toBe(before)

    const done = await hashcache('evict', cache, '--query', 'func:energy', '--yes', '--json')
    const [job] = jsonLines<JobLine>(done.stdout)
    expect(done.code).toBe(0)
    expect(job).toMatchObject({ state: 'done', outcomes: { done: items.length } })
    expect(count()).toBe(before - items.length)
    const trash = await hashcache('trash', 'ls', '--json')
    expect(jsonLines(trash.stdout)).toMatchObject([{ job: job!.id, entries: items.length }])

    const undone = await hashcache('undo', job!.undo!)
    expect(undone).toMatchObject({ code: 0, stderr: '' })
    expect(count()).toBe(before)
    expect((await hashcache('trash')).stdout).toBe('The trash is empty.\n')
    const again = await hashcache('undo', job!.undo!)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('was taken back by')
  })

  it('changes nothing without --yes where there is no terminal to ask on', async () => {
    const before = count()
    const refused = await hashcache('evict', cache, '--query', '')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('--yes')
    expect(refused.stdout).toContain('This is every entry')
    const machine = await hashcache('evict', cache, '--query', '', '--json')
    expect(machine).toMatchObject({ code: 2, stdout: '' })
    expect(jsonLines(machine.stderr)).toMatchObject([{ error: { code: 'USAGE' } }])
    expect(count()).toBe(before)
  })

  it('needs to be told which entries, and takes a policy', async () => {
    expect((await hashcache('evict', cache, '--yes')).stderr).toContain('--policy')
    const policy = join(work, 'retention.json')
    writeFileSync(policy, '{"maxEntriesPerFunction": 2}')
    const planned = await hashcache('evict', cache, '--policy', policy, '--dry-run', '--json')
    const [, ...items] = jsonLines<{ note: string }>(planned.stdout)
    expect(items.length).toBeGreaterThan(20)
    expect(items.every(({ note }) => note === 'more than 2 entries of the function')).toBe(true)
    writeFileSync(policy, '{"maxAge": 2}')
    const wrong = await hashcache('evict', cache, '--policy', policy, '--yes')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('"maxAge" is no rule')
  })

  it('takes rules as options, and guesses none', async () => {
    const policy = join(work, 'retention.json')
    writeFileSync(policy, '{"maxBytes": 4000, "keepLastPerFunction": 1, "order": "largest"}')
    const options = ['--max-bytes', '4kB', '--keep-last', '1', '--order', 'largest']
    const itemsOf = async (...words: string[]): Promise<unknown[]> =>
      jsonLines((await hashcache('evict', cache, ...words, '--dry-run', '--json')).stdout).slice(1)
    const planned = await itemsOf(...options)
    expect(planned.length).toBeGreaterThan(5)
    expect(planned).toEqual(await itemsOf('--policy', policy))

    const chosen = ['--query', 'func:energy']
    const [all, some] = [await itemsOf(...chosen), await itemsOf(...chosen, '--keep-last', '1')]
    expect(some).toHaveLength(all.length - 1)
    for (const [words, reason] of [
      [['--keep-last', '1'], 'only say what stays'],
      [['--max-age', '1m'], 'A time span is wanted'],
      [['--damaged', '--policy', policy], 'not in both'],
    ] as const) {
      const refused = await hashcache('evict', cache, ...words, '--yes')
      expect(refused.code).toBe(2)
      expect(refused.stderr).toContain(reason)
    }
  })

  it('empties the trash only by the number of its entries', async () => {
    const done = await hashcache('evict', cache, '--query', 'func:rate', '--yes', '--json')
    const [job] = jsonLines<JobLine>(done.stdout)
    const wrong = await hashcache('trash', 'empty', job!.id, '--count', '1')
    expect(wrong.code).toBe(2)
    const right = await hashcache('trash', 'empty', job!.id, '--count', String(job!.outcomes.done))
    expect(right.code).toBe(0)
    expect((await hashcache('trash', 'empty', job!.id)).stderr).toContain('has nothing of job')
  })
})

describe('migrate', () => {
  it('makes the target, verifies, and can be repeated', async () => {
    const target = `sqlite:${join(work, 'new.sqlite')}`
    const first = await hashcache('migrate', cache, target, '--json')
    const [job] = jsonLines<JobLine>(first.stdout)
    expect(first.code).toBe(0)
    expect(job?.outcomes.done).toBe(count())
    expect((await hashcache('diff', cache, target)).code).toBe(0)
    const [again] = jsonLines<JobLine>((await hashcache('migrate', cache, target, '--json')).stdout)
    expect(again?.planned.entries).toBe(0)
    expect((await hashcache('undo', job!.id)).code).toBe(0)
    expect((await hashcache('ls', target, '--json')).stdout).toBe('')
  })

  it('says what it warns of, what is left, and by its exit code that not all could be written', async () => {
    const notes = join(work, 'notes')
    mkdirSync(notes)
    writeFileSync(join(notes, 'readme.txt'), 'mine')
    const beside = await hashcache('migrate', cache, `fs:${notes}`, '--query', 'func:energy')
    expect(beside).toMatchObject({ code: 0, stderr: '' })
    expect(beside.stdout).toMatch(/^Warning: notes is no cache yet and holds other things \("readme\.txt"\)/)
    const again = await hashcache('migrate', cache, `fs:${notes}`, '--query', 'func:energy')
    expect(again.stdout).toMatch(/: nothing to do, 40 there already\n$/)
    // Its keys are no hashes, which is what files are named by.
    const joblib = join(corpus, 'joblib-memory', 'path')
    const none = await hashcache('migrate', joblib, `fs:${join(work, 'none')}`)
    expect(none.code).toBe(1)
    expect(none.stdout).toMatch(/: nothing to do, 8 left alone\nWarning: 8 entries cannot be written/)
  })

  it('says what to write for a target that is not there, and lists what JSON loses', async () => {
    const missing = await hashcache('migrate', cache, join(work, 'nothing'))
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('sqlite:')
    const refused = await hashcache('migrate', cache, `json:${join(work, 'json')}`, '--json')
    expect(refused.code).toBe(2)
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: { code: 'REFUSED', data: { needs: 'acceptLoss' } },
    })
    const dry = await hashcache('migrate', cache, `json:${join(work, 'json')}`, '--dry-run')
    expect(dry.code).toBe(1)
    expect(dry.stdout).toContain('tuple → list')
    const none = await hashcache('migrate', cache, `json:${join(work, 'json')}`, '--resume')
    expect(none.stderr).toContain('no unfinished migration')
  })
})

describe('a migration that its plan refuses', () => {
  it.each([
    ['lmdb:c.lmdb?map_size=100kB', /map_size.*do not fit.* Option of migrate: --accept-limits\./],
    ['json:json', /JSON cannot hold everything.* Option of migrate: --accept-loss\./],
  ])('says why, and the option with which it runs: %s', async (target, why) => {
    const to = target.replace(':', `:${work}/`)
    const shown = await hashcache('migrate', cache, to, '--dry-run')
    expect(shown).toMatchObject({ code: 1, stderr: '' })
    expect(shown.stdout.trimEnd().split('\n').at(-1)).toMatch(why)
    const refused = await hashcache('migrate', cache, to)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(why)
    expect(refused.stderr).toContain('Nothing was changed.')
    expect(readdirSync(work)).toEqual(['cache'])
  })
})

describe('a plan that cannot be made', () => {
  it('is told, and leaves no job behind; what is in the list is forgotten when asked', async () => {
    const other = join(work, 'other')
    cpSync(cache, other, { recursive: true })
    const left = jsonLines<JobLine>((await hashcache('jobs', 'ls', '--json')).stdout).length
    // A filter that is read only when the plan is made.
    const failed = await hashcache('evict', other, '--max-age', '1y', '--protect', 'func:(', '--yes')
    expect(failed).toMatchObject({ code: 2, stdout: '' })
    expect(jsonLines((await hashcache('jobs', 'ls', '--json')).stdout)).toHaveLength(left)

    const evicted = await hashcache('evict', other, '--query', 'func:energy', '--yes', '--json')
    const { id } = jsonLines<JobLine>(evicted.stdout)[0]!
    const refused = await hashcache('jobs', 'forget', id)
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/undo it or empty its trash first/),
    })
    expect((await hashcache('undo', id)).code).toBe(0)
    expect(await hashcache('jobs', 'forget', id)).toMatchObject({ code: 0, stdout: '1 job forgotten.\n' })
    expect((await hashcache('jobs', 'show', id)).code).toBe(2)
  })
})

describe('verify and jobs', () => {
  it('finds a damaged entry, repairs it into the trash, and keeps the history', async () => {
    const [shard] = readdirSync(cache)
    const [name] = readdirSync(join(cache, shard!))
    writeFileSync(join(cache, shard!, name!), 'no pickle')
    const temporary = join(cache, shard!, '.hashcache-0011223344556677.tmp')
    writeFileSync(temporary, 'half')
    utimesSync(temporary, 1, 1)
    const found = await hashcache('verify', cache, '--json')
    expect(found.code).toBe(1)
    const findings = jsonLines<{ finding: string }>(found.stdout)
    const wrong = findings.filter(({ finding }) => finding !== 'duplicate')
    expect(wrong).toMatchObject([{ finding: 'damaged', key: name }, { finding: 'stray' }])
    const repaired = await hashcache('verify', cache, '--repair', '--yes', '--json')
    const [job] = jsonLines<JobLine>(repaired.stdout)
    expect(repaired.code).toBe(0)
    // What is left are entries with the same outputs, as the filter finds them: that is no damage.
    const sound = await hashcache('verify', cache)
    const duplicates = jsonLines((await hashcache('ls', cache, '--query', 'is:duplicate', '--json')).stdout)
    expect(duplicates.length).toBeGreaterThan(0)
    expect(sound.code).toBe(0)
    expect(sound.stdout).toContain(`nothing wrong\n${duplicates.length} duplicates, which is no damage`)
    const [newest] = jsonLines<JobLine>((await hashcache('jobs', 'ls', '--json')).stdout)
    expect(newest?.id).toBe(job!.id)
    const [, item] = jsonLines<{ key: string; state: string }>(
      (await hashcache('jobs', 'show', job!.id)).stdout,
    )
    expect(item).toMatchObject({ key: name, state: 'done' })
    expect(existsSync(temporary)).toBe(false)
    expect((await hashcache('undo', job!.id)).code).toBe(0)
    expect(statSync(temporary)).toMatchObject({ size: 4, mtimeMs: 1_000 })
  })
})
