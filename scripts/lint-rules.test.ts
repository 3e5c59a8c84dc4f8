import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// A lint rule can rot unseen: a renamed folder, a changed option. So one violation
// of every layering law is planted in a copy of the configuration and must be found.

const root = path.resolve(import.meta.dirname, '..')

const violations: readonly [file: string, line: string][] = [
  ['shared/model/plant.ts', "export { showKey } from '../value/walk.ts'"],
  ['shared/value/plant.ts', "export { parseDType } from '../numpy/dtype.ts'"],
  ['shared/pickle/plant.ts', "export { readFileSync } from 'node:fs'"],
  ['shared/pickle/plant.ts', "export { decodeValue } from '../decode/decode.ts'"],
  ['shared/lenses/plant.ts', "export { summarize } from '../records/summary.ts'"],
  ['shared/render/plant.ts', "export { trustOf } from '../trust/trust.ts'"],
  ['shared/trust/plant.ts', "export { summarize } from '../records/summarize.ts'"],
  ['shared/trust/plant.ts', "export { decodeValue } from '../decode/decode.ts'"],
  ['shared/diff/plant.ts', "export { trustOf } from '../trust/trust.ts'"],
  ['shared/diff/plant.ts', "export { createHash } from 'node:crypto'"],
  ['shared/api/plant.ts', "export { openStore } from '../stores/registry.ts'"],
  ['shared/stores/fs/plant.ts', "export { readPages } from '../lmdb/pages.ts'"],
  ['shared/stores/lmdb/plant.ts', "export { Catalog } from '../../catalog/catalog.ts'"],
  ['shared/catalog/plant.ts', "export { createEngine } from '../../src-main/engine/engine.ts'"],
  ['shared/catalog/plant.ts', "export { planJob } from '../jobs/jobs.ts'"],
  ['shared/jobs/plant.ts', "export { createEngine } from '../../src-main/engine/engine.ts'"],
  ['shared/catalog/plant.ts', "export { app } from 'electron'"],
  ['shared/catalog/plant.ts', "export { compareCaches } from '../compare/compare.ts'"],
  ['shared/compare/plant.ts', "export { planEvict } from '../jobs/evict.ts'"],
  ['src-main/engine/plant.ts', "export { serve } from '../web/serve.ts'"],
  ['src-main/engine/plant.ts', "export { app } from 'electron'"],
  ['src-main/web/plant.ts', "export { useState } from 'react'"],
  ['src-renderer/plant.ts', "export { openStore } from '../shared/stores/registry.ts'"],
  ['src-renderer/plant.ts', "export { readFileSync } from 'node:fs'"],
  ['src-renderer/plant.ts', "export { createEngine } from '../src-main/engine/engine.ts'"],
]

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lint-rules-'))
  copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function lint(file: string, text: string): { status: number | null; output: string } {
  const target = path.join(folder, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text + '\n')
  const result = spawnSync(path.join(root, 'node_modules/.bin/oxlint'), [file], {
    cwd: folder,
    encoding: 'utf8',
  })
  rmSync(target)
  return { status: result.status, output: result.stdout + result.stderr }
}

describe('layering rules find a planted violation', () => {
  it.each(violations)('%s: %s', (file, line) => {
    const { status, output } = lint(file, line)
    expect(output).toContain('eslint(no-restricted-imports)')
    expect(status).toBe(1)
  })

  it('leaves a lawful import alone', () => {
    expect(lint('shared/pickle/plant.ts', "export { showKey } from '../model/keys.ts'").status).toBe(0)
  })
})
