import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'

import { corpusFolder } from '../../testing/corpus-folder.ts'
import { readOnlyConformance } from '../conformance/read-only.ts'
import type { MadeElsewhere, ReadOnlyHarness } from '../conformance/read-only.ts'
import { openStore } from '../registry.ts'

const corpus = corpusFolder('joblib-memory')!
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
const hash = 'ab'.repeat(16)

/** Paths that leave the folder, that name no call, or that name one in another way. */
const badKeys = [
  '',
  '/',
  hash.slice(1),
  `${hash}0`,
  hash.toUpperCase(),
  `../${hash}`,
  `lab/../lab/${hash}`,
  `lab/./${hash}`,
  `/lab/${hash}`,
  `lab//${hash}`,
  `lab/${hash}/`,
  `lab/${hash}/output.pkl`,
  'lab/physics/relax',
  `lab\0/${hash}`,
  `\u00ff/${hash}`,
  `lab/abg/${hash.slice(3)}`,
  `${'a/'.repeat(80)}${hash}`,
].map(bytesOf)

interface Shape {
  readonly from: string
  /** Where joblib's root is in the fixture. */
  readonly root: string
  readonly isCut?: boolean
}

const shapes: Record<string, Shape> = {
  'Memory("x") with compression': { from: 'str', root: 'joblib' },
  'Memory(Path("x"))': { from: 'path', root: '' },
  'the cut layout': { from: 'path', root: '', isCut: true },
}

for (const [name, shape] of Object.entries(shapes)) {
  const harness: ReadOnlyHarness = {
    badKeys,
    absentKey: bytesOf(`lab/physics/relax/${shape.isCut ? `aba/${hash.slice(3)}` : hash}`),
    create: async () => copyOf(shape),
  }
  readOnlyConformance(`joblib: ${name}`, harness)
}

async function copyOf({ from, root, isCut }: Shape): Promise<MadeElsewhere> {
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  const cache = join(folder, 'memory')
  cpSync(join(corpus, from), cache, { recursive: true, preserveTimestamps: true })
  if (isCut === true) for (const path of callsIn(cache)) cut(path)
  const expected = new Map(
    callsIn(cache).map((path) => [
      relative(join(cache, root), path),
      new Uint8Array(readFileSync(join(path, 'output.pkl'))),
    ]),
  )
  return {
    folder,
    expected,
    open: (options) => openStore(`joblib:${cache}`, options),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true })
    },
  }
}

function callsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => basename(path) === 'output.pkl' && statSync(path).isFile())
    .map((path) => dirname(path))
}

/** As `update_cache_tree` of joblib does to a cache of the layout before. */
function cut(callFolder: string): void {
  const name = basename(callFolder)
  mkdirSync(join(dirname(callFolder), name.slice(0, 3)), { recursive: true })
  renameSync(callFolder, join(dirname(callFolder), name.slice(0, 3), name.slice(3)))
}
