import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { DecodedValue } from '../decode/decode.ts'
import { decodeFile } from '../decode/decode.ts'
import { diffValues } from '../diff/diff.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { canonicalText } from './canonical.ts'

describe.each(['fs-class', 'fs-compressed', 'fs-py38', 'json-class'])('canonical texts of %s', (name) => {
  const folder = corpusFolder(name)!
  const { entries } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    entries: { path: string }[]
  }
  const opened: DecodedValue[] = []
  afterAll(() => {
    for (const decoded of opened) decoded[Symbol.dispose]()
  })

  test('are equal, where whole, only of values without a difference; and whole of most', async () => {
    const groups = new Map<string, DecodedValue[]>()
    let whole = 0
    for (const { path } of entries) {
      const decoded = await decodeFile(join(folder, path))
      opened.push(decoded)
      if (!decoded.root || decoded.problem) continue
      // The whole record has its time in it: what is in its fields is compared.
      for (const value of decoded.root.kind === 'dict' ? decoded.root.values : []) {
        const { text, isWhole } = canonicalText([value], decoded.source)
        if (!isWhole) continue
        whole++
        const same = groups.get(text)
        const side = { ...decoded, root: value }
        if (same) same.push(side)
        else groups.set(text, [side])
      }
    }
    expect(whole).toBeGreaterThan(entries.length)
    for (const [first, ...others] of groups.values()) {
      for (const other of others.slice(0, 20)) {
        const sides = [first!, other].map(({ root, source }) => ({ root: root!, source }))
        expect(diffValues(sides[0]!, sides[1]!)).toMatchObject({ isComplete: true, changes: [] })
      }
    }
  })

  test('are the same each time', async () => {
    for (const { path } of entries.slice(0, 40)) {
      using one = await decodeFile(join(folder, path))
      using other = await decodeFile(join(folder, path))
      const texts = [one, other].map(({ root, source }) => root && canonicalText([root], source))
      expect(texts[0]).toEqual(texts[1])
    }
  })
})
