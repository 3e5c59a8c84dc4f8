import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeFile } from '../decode/decode.ts'
import { differences, parseExact } from '../testing/compare-json.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { orjsonForm } from './orjson.ts'

// The same calls were stored as pickles and as JSON by Python: what we make of the pickle's
// output must be what orjson made of the live object.

interface Expected {
  entries: { key: string; path: string; output: unknown; live_output?: unknown; has_output: boolean }[]
}

function entriesOf(folder: string): Expected['entries'] {
  return (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected).entries
}

const jsonFolder = corpusFolder('json-class')!
const pickles = new Map(
  ['fs-v002', 'fs-class', 'fs-compressed'].flatMap((name) => {
    const folder = corpusFolder(name)!
    return entriesOf(folder).map(
      (entry) => [entry.key, { ...entry, file: join(folder, entry.path) }] as const,
    )
  }),
)

const pairs = entriesOf(jsonFolder).flatMap((entry) => {
  const pickle = pickles.get(entry.key)
  const live = JSON.stringify('live_output' in entry ? entry.live_output : entry.output)
  return pickle?.has_output && JSON.stringify(pickle.output) === live
    ? [{ key: entry.key, json: join(jsonFolder, entry.path), pickle: pickle.file }]
    : []
})

describe('orjsonForm', () => {
  it('has enough pairs to compare', () => {
    expect(pairs.length).toBeGreaterThan(30)
  })

  it.each(pairs)('writes the output of $key as orjson did', async ({ json, pickle }) => {
    const stored = parseExact(readFileSync(json, 'utf8')) as { output: never }
    using decoded = await decodeFile(pickle)
    const { root, source } = decoded
    if (root?.kind !== 'dict') throw new Error('the record is no dict')
    const index = root.keys.findIndex((key) => key.kind === 'str' && key.value === 'output')
    const { text } = orjsonForm(root.values[index]!, source)
    expect(differences(parseExact(text), stored.output)).toEqual([])
  })
})
