import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { AppError } from '../../model/errors.ts'
import { listJobs } from '../job-file.ts'
import { key, put, useWorkbench } from '../testing/workbench.ts'

const { at, migrate, options } = useWorkbench()

async function refusal(to: string): Promise<string> {
  await put(`fs:${at('from')}`, key(1), 'one')
  const before = readdirSync(at('.'), { recursive: true })
  const thrown: unknown = await migrate(`fs:${at('from')}`, to).catch((error: unknown) => error)
  // Nor is there a job that says so, nor anything made.
  expect(listJobs(options.dataFolder)).toEqual([])
  const isOurs = (name: unknown): boolean => String(name).startsWith('data')
  expect(readdirSync(at('.'), { recursive: true }).filter((name) => !isOurs(name))).toEqual(
    before.filter((name) => !isOurs(name)),
  )
  expect(thrown).toBeInstanceOf(AppError)
  return (thrown as AppError).message
}

it.each([
  ['a shelf without a format', () => `shelve:${at('new')}`, /say in which format to make it: shelve:/],
  ['a shelf of a format that we only read', () => `shelve:${at('new')}?format=ndbm`, /say in which format/],
  ['an option that nobody knows', () => `sqlite:${at('new.sqlite')}?colour=red`, /the option "colour"/],
  ['a map that is no size', () => `lmdb:${at('new.lmdb')}?map_size=big`, /map_size is to how many bytes/],
  [
    'a kind that is only moved out of',
    () => `joblib:${at('new')}`,
    /Nothing can be written to a cache of joblib/,
  ],
  ['the source', () => `fs:${at('from')}`, /is both source and target/],
  [
    'the source as a cache of another kind',
    () => `json:${at('from')}`,
    /is the source itself, a cache of fs/,
  ],
] as const)('refuses %s before there is a plan', async (_, to, sentence) => {
  expect(await refusal(to())).toMatch(sentence)
})

it('refuses the source by another name, and what is below a file', async () => {
  mkdirSync(at('from'))
  symlinkSync(at('from'), at('alias'))
  writeFileSync(at('letter.txt'), 'Dear Ana')
  expect(await refusal(`fs:${at('alias')}`)).toMatch(/is both source and target/)
  expect(await refusal(`sqlite:${at('letter.txt')}/new.sqlite`)).toMatch(/letter\.txt is a file/)
})

it('says what lies in a folder that is no cache yet', async () => {
  mkdirSync(at('notes'))
  writeFileSync(at('notes/readme.txt'), 'mine')
  await put(`fs:${at('from')}`, key(1), 'one')
  const { plan } = await migrate(`fs:${at('from')}`, `fs:${at('notes')}`)
  expect(plan?.warnings).toEqual([
    'notes is no cache yet and holds other things ("readme.txt"): the entries will lie among them.',
  ])
  await put(`fs:${at('notes')}`, key(2), 'two')
  expect((await migrate(`fs:${at('from')}`, `fs:${at('notes')}`)).plan?.warnings).toEqual([])
})
