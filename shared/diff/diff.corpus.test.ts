import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DecodedValue } from '../decode/decode.ts'
import { decodeFile } from '../decode/decode.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { diffValues } from './diff.ts'
import type { Diff } from './types.ts'

const folder = corpusFolder('pickles')!
const names = readdirSync(folder).filter((name) => /\.(?:pkl|joblib)$/.test(name))

function diff(left: DecodedValue, right: DecodedValue): Diff {
  return diffValues({ root: left.root!, source: left.source }, { root: right.root!, source: right.source })
}

describe('files of the corpus', () => {
  it('do not differ from themselves', async () => {
    expect(names.length).toBeGreaterThan(400)
    for (const name of names) {
      using left = await decodeFile(join(folder, name))
      using right = await decodeFile(join(folder, name))
      const { changes, isComplete } = diff(left, right)
      // Structured elements that hold objects are not read as an array.
      expect([name, changes, isComplete]).toEqual([name, [], name !== 'np2-p4-arr-structured-object.pkl'])
    }
  })

  it('mean the same in every protocol', async () => {
    const groups = Map.groupBy(
      names.filter((name) => /^py(?:36|311|313)-p\d-(?!py3-as|newclass)/.test(name)),
      (name) => name.replace(/-p\d-/, '-'),
    )
    expect(groups.size).toBeGreaterThan(10)
    for (const [first, ...others] of groups.values()) {
      for (const other of others) {
        using left = await decodeFile(join(folder, first!))
        using right = await decodeFile(join(folder, other))
        expect([first, other, diff(left, right).changes]).toEqual([first, other, []])
      }
    }
  })

  it('differ the same way from either side', async () => {
    for (const [i, name] of names.entries()) {
      using left = await decodeFile(join(folder, name))
      using right = await decodeFile(join(folder, names[(i + 1) % names.length]!))
      const there = diff(left, right).counts
      const { added, removed, changed, type } = diff(right, left).counts
      expect([name, there]).toEqual([name, { added: removed, removed: added, changed, type }])
    }
  })
})

describe('hostile files', () => {
  const hostile = corpusFolder('hostile')!
  const heavy = readdirSync(hostile).filter((name) => /^(?:bomb|deep)-.*\.(?:pkl|joblib)$/.test(name))

  it.each(heavy)('%s is compared soon', async (name) => {
    using left = await decodeFile(join(hostile, name))
    using right = await decodeFile(join(hostile, name))
    if (!left.root || !right.root) return
    const start = performance.now()
    expect(diff(left, right).changes).toEqual([])
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
