import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { decodeFile } from '../decode/decode.ts'
import { differences, parseExact } from '../testing/compare-json.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { nodeSha256 } from '../testing/sha256.ts'
import { isUnknowable } from '../testing/unknowable.ts'
import type { Value } from '../value/value.ts'
import { jsonText } from './json.ts'

type Row = Record<string, unknown>

/** The exact texts of an expected.json, entry by entry: `JSON.parse` alone would lose `2.0`. */
function rowsOf(folder: string, list: 'files' | 'entries'): Record<string, never>[] {
  const text = readFileSync(join(folder, 'expected.json'), 'utf8')
  return (parseExact(text) as unknown as Record<string, Record<string, never>[]>)[list]!
}

describe('pickles', () => {
  const folder = corpusFolder('pickles')!

  test('every file is rendered as Python did', async () => {
    const rows = rowsOf(folder, 'files')
    const wrong: string[] = []
    for (const row of rows as unknown as Row[]) {
      const file = String(row.file)
      using decoded = await decodeFile(join(folder, file))
      if (!decoded.root) {
        wrong.push(`${file}: ${decoded.problem?.sentence}`)
        continue
      }
      if (decoded.problem) wrong.push(`${file}: problem ${decoded.problem.sentence}`)
      const ours = parseExact(jsonText(decoded.root, { source: decoded.source, sha256: nodeSha256 }))
      for (const difference of differences(ours, row.value as never)) wrong.push(`${file}${difference}`)
    }
    expect(rows.length).toBe(483)
    expect(wrong.filter((line) => !isUnknowable(line))).toEqual([])
    // Three members, a line for `value` and one for `names`; five lines of each Counter.
    expect(wrong.filter(isUnknowable)).toHaveLength(2 * 6 + 3 * 5)
  })
})

describe.each(['fs-v002', 'fs-class', 'fs-compressed', 'fs-py38', 'json-class'])('%s', (name) => {
  const folder = corpusFolder(name)!

  test('every entry is rendered as Python did', async () => {
    const rows = rowsOf(folder, 'entries')
    const wrong: string[] = []
    for (const row of rows as unknown as Row[]) {
      using decoded = await decodeFile(join(folder, String(row.path)))
      if (decoded.root?.kind !== 'dict') {
        wrong.push(`${String(row.path)}: ${decoded.problem?.sentence ?? 'no record'}`)
        continue
      }
      const fields = recordFields(decoded.root, (node) =>
        parseExact(jsonText(node, { source: decoded.source, sha256: nodeSha256 })),
      )
      const { meta, output, extra } = row
      const expected = {
        ...(meta as Row),
        ...(extra as Row | undefined),
        ...('output' in row ? { output } : {}),
      }
      for (const difference of differences(fields as never, expected as never))
        wrong.push(`${String(row.path)}${difference}`)
    }
    expect(rows.length).toBeGreaterThan(50)
    expect(wrong).toEqual([])
  })
})

/** Field by field; the order of a record's fields is that of the store, not of the truth. */
function recordFields(record: Extract<Value, { kind: 'dict' }>, render: (node: Value) => unknown): Row {
  const fields: Row = {}
  for (const [i, key] of record.keys.entries())
    if (key.kind === 'str') fields[key.value] = render(record.values[i]!)
  return fields
}
