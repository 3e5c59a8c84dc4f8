import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { fromHex } from '../../model/bytes.ts'
import { showKey } from '../../model/keys.ts'
import { corpusFolder } from '../../testing/corpus-folder.ts'
import { readOnlyConformance } from '../conformance/read-only.ts'
import type { MadeElsewhere } from '../conformance/read-only.ts'
import { openStore } from '../registry.ts'

const corpus = corpusFolder('diskcache')!
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** Forms of keys that say their type and are not what a key of it would be written as. */
const badKeys = [
  '',
  'str:text',
  'int:',
  'int:1.5',
  'int:007',
  'int:-0',
  'int:9223372036854775808',
  'float:',
  'float:1.50',
  'float:NaN',
  'float:one',
].map(bytesOf)

interface Truth {
  entries: { key: string; value: string }[]
}

const truth = JSON.parse(readFileSync(join(corpus, 'expected.json'), 'utf8')) as Truth
const expected = new Map(truth.entries.map(({ key, value }) => [showKey(fromHex(key)!), fromHex(value)!]))

for (const name of ['cache', 'fanout']) {
  readOnlyConformance(`diskcache: ${name}`, {
    badKeys,
    absentKey: bytesOf('no such key'),
    create: async () => copyOf(name),
  })
}

async function copyOf(name: string): Promise<MadeElsewhere> {
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  cpSync(join(corpus, name), join(folder, name), { recursive: true, preserveTimestamps: true })
  return {
    folder,
    expected,
    open: (options) => openStore(`diskcache:${join(folder, name)}`, options),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true })
    },
  }
}
