import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findPage as pageSchema, mostHits } from '../../../shared/api/find.ts'
import { openFileDocument } from '../../../shared/catalog/documents.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { MemorySource } from '../../../shared/model/source.ts'
import * as nodes from '../../../shared/testing/nodes.ts'
import { python } from '../../../shared/testing/python.ts'
import type { Value } from '../../../shared/value/value.ts'
import { findIn, findPage } from './find.ts'
import { needleOf } from './find-needle.ts'

const folder = mkdtempSync(join(tmpdir(), 'hashcache-find-'))
const none = new MemorySource(new Uint8Array(0))

const makeFiles = `
import joblib, numpy as np, os, pickle, sys
os.chdir(sys.argv[1])
value = {'a': np.arange(5000.0).reshape(50, 100), 'names': np.array(['Cu', 'Pt', 'Ag']), 'raw': b'x' * 1500000 + b'needle', 'text': 'y' * 2000000 + 'needle', 'f': np.asfortranarray(np.arange(6).reshape(2, 3)), 'objects': np.array([1, 'needle', None], dtype=object)}
joblib.dump(value, 'a.joblib')
pickle.dump(value, open('a.pkl', 'wb'), 4)
pickle.dump(['needle'] * 30000, open('many.pkl', 'wb'))
pickle.dump([list(range(200)) for _ in range(3000)], open('large.pkl', 'wb'))
`

beforeAll(() => {
  execFileSync(python, ['-c', makeFiles, folder])
})

afterAll(() => rmSync(folder, { recursive: true }))

/** Every hit as `path where text`. */
function hitsIn(root: Value, text: string, source = none): string[] {
  return [...findIn(root, source, needleOf(text))].flatMap((hit) =>
    hit ? [`${hit.path} ${hit.where} ${hit.text}`] : [],
  )
}

/** All of the pages. */
function everything(document: Document, text: string) {
  let from = 0
  for (;;) {
    const page = pageSchema.parse(findPage(document, text, from))
    if (page.isComplete) return pageSchema.parse(findPage(document, text, 0))
    from = page.found
  }
}

describe('looking for something in a value', () => {
  const root = nodes.dict(
    [nodes.str('Energy'), nodes.float(400)],
    [nodes.str('text'), nodes.str('the energy\nis 1400')],
    [nodes.str('list'), nodes.list(nodes.int(400), nodes.bool(true), nodes.none, nodes.int(1_400))],
    [
      nodes.tuple(nodes.int(1), nodes.str('needle')),
      nodes.call(nodes.named('labs.energy', 'Job'), [nodes.int(4)]),
    ],
  )

  it.each([
    ['energy', ['0 key Energy', '1 value the energy\\nis 1400', '3 value labs.energy.Job']],
    ['400', ['0 value 400.0', '1 value the energy\\nis 1400', '2.0 value 400']],
    ['4e2', ['0 value 400.0', '2.0 value 400']],
    ['true', ['2.1 value True']],
    ['None', ['2.2 value None']],
    ['rue', []],
    ['needle', ["3 key (1, 'needle')"]],
    ['/^4.*0$/', ['0 value 400.0', '2.0 value 400']],
    ['/ENERGY/', []],
    ['/^energy$/i', ['0 key Energy']],
  ])('finds %j', (text, hits) => {
    expect(hitsIn(root, text)).toEqual(hits)
  })

  it('ends in values that hold themselves or are held a million times', () => {
    const self = nodes.list(nodes.str('needle'))
    self.items.push(self)
    expect(hitsIn(self, 'needle')).toEqual(['0 value needle'])
    let bomb: Value = nodes.list(nodes.str('needle'))
    for (let i = 0; i < 100; i++) bomb = nodes.list(bomb, bomb)
    expect(hitsIn(bomb, 'needle')).toHaveLength(1)
  })

  it('says what is wrong with an expression', () => {
    expect(() => needleOf('/a[/')).toThrow(/^\/a\[\/: this is no regular expression/)
    expect(() => needleOf('')).toThrow(/what to look for/)
  })
})

describe.each(['a.joblib', 'a.pkl'])('in %s', (name) => {
  it('finds numbers and texts of arrays, and what stands far behind in bytes and texts', async () => {
    using document = await openFileDocument(join(folder, name))
    const found = (text: string) => everything(document, text).hits.map((hit) => [hit.path, hit.text])
    expect(found('1234')).toEqual([['0', '[12, 34] = 1234.0']])
    expect(found('5')).toEqual([
      ['0', '[0, 5] = 5.0'],
      ['4', '[1, 2] = 5'],
    ])
    expect(found('pt')).toEqual([['1', "[1] = 'Pt'"]])
    const needles = found('needle')
    expect(needles.map(([path]) => path?.split('.')[0])).toEqual(['2', '3', '5'])
    expect(needles[0]![1]).toMatch(/^…x+needle$/)
    expect(found('not there at all')).toEqual([])
  })
})

it('tells at most so many hits, a page at a time', async () => {
  using document = await openFileDocument(join(folder, 'many.pkl'))
  const page = everything(document, 'needle')
  expect(page).toMatchObject({ found: mostHits, isFull: true, isComplete: true })
  expect(page.hits).toHaveLength(1_000)
  expect(findPage(document, 'needle', mostHits - 2).hits.map(({ path }) => path)).toEqual(['9998', '9999'])
})

it('comes to the end of searches that take turns, and forgets the one that waited for longest', async () => {
  using document = await openFileDocument(join(folder, 'many.pkl'))
  let ms = 0
  // A request ends after some hundred looks.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => ms++)
  try {
    const looked = (text: string) => findPage(document, text, 0).looked
    const first = looked('a')
    expect(first).toBeLessThan(1_000)
    const turns = ['b', 'a', 'c', 'b', 'd', 'a'].map(looked)
    expect(turns).toEqual([first, 2 * first, first, 2 * first, first, 3 * first])
    expect(['e', 'a', 'c'].map(looked)).toEqual([first, 4 * first, first])
  } finally {
    clock.mockRestore()
  }
})

it('goes on where the last request stopped, and begins anew with another text', async () => {
  using document = await openFileDocument(join(folder, 'large.pkl'))
  const looked: number[] = []
  for (;;) {
    const page = findPage(document, '199', 0)
    looked.push(page.looked)
    if (page.isComplete) break
  }
  expect(looked.at(-1)).toBeGreaterThan(600_000)
  expect(looked).toEqual(looked.toSorted((a, b) => a - b))
  expect(findPage(document, '199', 0).found).toBe(3_000)
  expect(findPage(document, '198', 0).hits[0]?.path).toBe('0.198')
})
