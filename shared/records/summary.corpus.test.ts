import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeFile } from '../decode/decode.ts'
import type { EntrySummary } from '../model/record.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { recordFields, recordPaths } from './fields.ts'
import { summarize } from './summarize.ts'

type Json = Record<string, unknown>
interface Expected {
  readonly path: string
  readonly meta: Json
  readonly has_output: boolean
  readonly output?: unknown
}

function expectedOf(folder: string): Expected[] {
  return (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as { entries: Expected[] }).entries
}

/** The names and simple values of a rendered dict, in order. */
function pairsOf(rendered: unknown): [string, unknown][] {
  const dict = rendered as Json
  return Array.isArray(dict.items) ? (dict.items as [string, unknown][]) : Object.entries(dict)
}

/** What the index compares and sorts a rendered value by. */
function sortable(value: unknown): number | string | undefined {
  if (typeof value === 'boolean') return Number(value)
  const big = (value as { $int?: string } | null)?.$int
  if (big !== undefined) return Number(big)
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}

function expectedSummary({ meta }: Expected): Partial<EntrySummary> {
  const isDump = 'saved-at' in meta
  return {
    kind: isDump ? 'dump' : 'call',
    status: 'ok',
    func: meta.func as string,
    module: meta.module as string | undefined,
    // Where nobody could tell who ran it, the record has None.
    user: (meta.user ?? undefined) as string | undefined,
    host: meta.hostname as string | undefined,
    cwd: meta.cwd as string,
    version: meta.version as string | undefined,
    runAtSeconds: (isDump ? meta['saved-at'] : meta['run-at']) as number,
    elapsedSeconds: meta.elapsed_time as number | undefined,
  }
}

describe.each([
  ['fs-v002', 82],
  ['fs-class', 153],
  ['fs-compressed', 87],
  ['fs-py38', 74],
  ['json-class', 79],
])('summaries of %s', (name, count) => {
  const folder = corpusFolder(name)!
  const entries = expectedOf(folder)

  test('have the metadata that Python wrote', async () => {
    expect(entries.length).toBeGreaterThanOrEqual(count)
    for (const entry of entries) {
      using decoded = await decodeFile(join(folder, entry.path), {
        values: name === 'json-class' ? 'json' : 'pickle',
      })
      const { args, call, outputType, outputPreview, ...rest } = summarize(decoded)
      expect({ path: entry.path, ...rest }).toEqual({ path: entry.path, ...expectedSummary(entry) })
      expect(call).toMatch(new RegExp(`^${entry.meta.func as string}\\(`))
      expect(call!.length).toBeLessThanOrEqual(300)
      expect(typeof outputType).toBe(entry.has_output ? 'string' : 'undefined')
      expect(typeof outputPreview).toBe(entry.has_output ? 'string' : 'undefined')
      expect((outputPreview ?? '').length).toBeLessThanOrEqual(120)
      const pairs = pairsOf(entry.meta['standardized-kwargs'] ?? entry.meta.kwargs)
      expect(args.map((argument) => argument.name)).toEqual(pairs.map(([argument]) => argument))
      expect(args.map(({ number, text }) => number ?? text)).toEqual(
        pairs.map(([, value]) => sortable(value)),
      )
    }
  })

  test('point at arguments and output', async () => {
    for (const entry of entries) {
      using decoded = await decodeFile(join(folder, entry.path))
      const fields = recordFields(decoded.root)!
      expect(fields.map(({ name: field }) => field)).toEqual(expect.arrayContaining(Object.keys(entry.meta)))
      const { argumentsPath, outputPath } = recordPaths(fields)
      const field = (index: string | undefined) => fields.find((each) => String(each.index) === index)?.name
      expect(field(argumentsPath)).toBe(
        'standardized-kwargs' in entry.meta ? 'standardized-kwargs' : 'kwargs',
      )
      expect(field(outputPath)).toBe(entry.has_output ? 'output' : undefined)
    }
  })
})
