import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { treePage as pageSchema } from '../../../shared/api/contract.ts'
import { MemorySource } from '../../../shared/model/source.ts'
import * as nodes from '../../../shared/testing/nodes.ts'
import type { Value } from '../../../shared/value/value.ts'
import { arrayStatistics, arrayWindow } from './arrays.ts'
import { DocumentCache } from './document-cache.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { openFileDocument, sha256Of } from '../../../shared/catalog/documents.ts'
import { valueText } from './text.ts'
import { nodeAt, treePage } from './tree.ts'

const pickles = fileURLToPath(new URL('../../../shared/testing/corpus/pickles', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hashcache-values-'))
afterAll(() => rmSync(folder, { recursive: true }))
const none = new MemorySource(new Uint8Array(0))

describe('the tree', () => {
  it('marks a node that is its own ancestor, and does not go into it', () => {
    const inner = nodes.list()
    const root = nodes.list(nodes.int(1), inner)
    inner.items.push(root)
    const page = pageSchema.parse(treePage(root, [1], 0, 10, none))
    expect(page.node.cycle).toBeUndefined()
    expect(page.children).toMatchObject([{ path: '1.0', cycle: 2, children: 0 }])
  })

  it('pages through many children, a thousand at most', () => {
    const root = nodes.list(...Array.from({ length: 5_000 }, (_, i) => nodes.int(i)))
    const page = treePage(root, [], 4_990, 9_999, none)
    expect(page.children.map(({ label }) => label.text)).toEqual(
      Array.from({ length: 10 }, (_, i) => String(4_990 + i)),
    )
    expect(treePage(root, [], 0, 5_000, none).children).toHaveLength(1_000)
    expect(treePage(root, [], 6_000, 7_000, none)).toMatchObject({ children: [], total: 5_000 })
  })

  it('names children of dicts as Python writes the keys', () => {
    const root = nodes.dict(
      [nodes.str("it's"), nodes.int(1)],
      [nodes.tuple(nodes.int(1), nodes.none), nodes.int(2)],
    )
    expect(treePage(root, [], 0, 2, none).children.map(({ label }) => label)).toEqual([
      { kind: 'key', text: '"it\'s"' },
      { kind: 'key', text: '(1, None)' },
    ])
  })

  it('keeps hostile keys to one line', () => {
    const root = nodes.dict([nodes.str(`\u202e${'x'.repeat(5_000)}\n`), nodes.int(1)])
    const { label } = treePage(root, [], 0, 1, none).children[0]!
    expect(label.text.length).toBeLessThan(200)
    expect(label.text).not.toMatch(/[\n\u202e]/)
  })

  it('says so when a path leads nowhere', () => {
    expect(() => nodeAt(nodes.list(), [3])).toThrow('The value has no part 3')
  })
})

describe('windows and statistics', () => {
  const find = async (file: string, fits: (page: ReturnType<typeof treePage>['node']) => boolean) => {
    const document = await openFileDocument(join(pickles, file))
    const { root, source } = document.decoded
    const queue: number[][] = [[]]
    for (let path = queue.shift(); path; path = queue.shift()) {
      const page = treePage(root!, path, 0, 100, source)
      if (fits(page.node)) return { document, node: nodeAt(root!, path).value, source }
      if (path.length < 4) for (const [i] of page.children.entries()) queue.push([...path, i])
    }
    throw new Error(`nothing in ${file}`)
  }

  it('show tables with the names of rows and columns', async () => {
    const { node, source, document } = await find(
      'np1-p4-pd-dataframe.pkl',
      ({ type }) => type === 'DataFrame',
    )
    const window = arrayWindow(node, source, { index: [], rows: [0, 2], columns: [0, 2] })
    expect(window.columnNames).toHaveLength(2)
    expect(window.rowNames).toHaveLength(2)
    expect(window.cells.map((line) => line.length)).toEqual([2, 2])
    document[Symbol.dispose]()
  })

  it('are bounded whatever is asked for', async () => {
    const text = join(folder, 'numbers.npy')
    const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (3000, 100), }`.padEnd(117) + '\n'
    const head = Buffer.concat([
      Buffer.from('\u0093NUMPY\u0001\u0000', 'latin1'),
      Buffer.from([118, 0]),
      Buffer.from(header),
    ])
    const numbers = Float64Array.from({ length: 300_000 }, (_, i) => i)
    writeFileSync(text, Buffer.concat([head, Buffer.from(numbers.buffer)]))
    using document = await openFileDocument(text)
    const { root, source } = document.decoded
    const window = arrayWindow(root!, source, { index: [], rows: [0, 99_999], columns: [0, 99_999] })
    expect([window.rows, window.columns]).toEqual([
      [0, 2_000],
      [0, 25],
    ])
    expect(arrayWindow(root!, source, { index: [], rows: [2_999, 3_005], columns: [98, 200] }).cells).toEqual(
      [['299998.0', '299999.0']],
    )
    expect(arrayStatistics(root!, source)).toMatchObject({
      count: 300_000,
      min: '0.0',
      max: '299999.0',
      mean: 149_999.5,
    })
    expect(() => arrayWindow(nodes.str('x'), source, { index: [], rows: [0, 1], columns: [0, 1] })).toThrow(
      'no array',
    )
  })
})

describe('texts', () => {
  it('end at four MiB and say so', () => {
    const many: Value = nodes.list(...Array.from({ length: 1_000 }, () => nodes.str('y'.repeat(1_900))))
    const whole = nodes.list(many, many, many)
    for (const as of ['json', 'python'] as const) {
      const { text, isCut } = valueText(whole, none, as)
      expect(isCut).toBe(true)
      expect(text.length).toBeLessThanOrEqual(4 * 1024 * 1024)
      expect(valueText(nodes.int(1), none, as)).toEqual({ text: '1', isCut: false })
    }
  })
})

describe('documents', () => {
  it('are kept within a sum of bytes, the newest always, and let go of what they hold', () => {
    const dropped: string[] = []
    const document = (name: string, byteLength: number, stamp = 's'): Document => {
      const stored = { byteLength, read: () => new Uint8Array(0) }
      return {
        stored,
        inner: stored,
        decoded: { source: stored } as unknown as Document['decoded'],
        stamp,
        [Symbol.dispose]: () => void dropped.push(name),
      }
    }
    using cache = new DocumentCache(1024 * 1024)
    cache.put('store\0a', document('a', 400_000))
    cache.put('store\0b', document('b', 400_000))
    expect(cache.get('store\0a', 's')).toBeDefined()
    cache.put('store\0c', document('c', 400_000))
    expect(dropped).toEqual(['b'])
    expect(cache.get('store\0a', 'other')).toBeUndefined()
    expect(dropped).toEqual(['b', 'a'])
    cache.put('other\0d', document('d', 9_000_000))
    expect(cache.size).toBe(1)
    cache.forget('store\0')
    expect(cache.get('other\0d', undefined)).toBeDefined()
  })

  it('are hashed piece by piece', async () => {
    const path = join(folder, 'long')
    writeFileSync(path, Buffer.alloc(3 * 1024 * 1024 + 5, 'ab'))
    using document = await openFileDocument(path)
    expect(sha256Of(document.stored)).toBe(
      (await import('node:crypto'))
        .createHash('sha256')
        .update(Buffer.alloc(3 * 1024 * 1024 + 5, 'ab'))
        .digest('hex'),
    )
  })
})
