import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { decodeFile } from '../decode/decode.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { nodeSha256 } from '../testing/sha256.ts'
import { childAt, childCount } from '../value/walk.ts'
import { renderJson } from './json.ts'
import { previewOf } from './preview.ts'

const folder = corpusFolder('hostile')!
const files = readdirSync(folder).filter(
  (name) => name !== 'expected.json' && statSync(join(folder, name)).isFile(),
)
const most = 64 << 20

// oxlint-disable-next-line no-control-regex -- control characters are what must not be there
const hidden = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

test('whatever is left of a hostile file is rendered, as JSON and within bounds', async () => {
  const wrong: string[] = []
  let rendered = 0
  for (const file of files) {
    using decoded = await decodeFile(join(folder, file))
    const { root, source } = decoded
    if (!root) continue
    rendered++
    const pieces: string[] = []
    let length = 0
    for (const piece of renderJson(root, { source, sha256: nodeSha256 })) {
      length += piece.length
      pieces.push(piece)
    }
    if (length > most || !isJson(pieces.join(''))) wrong.push(`${file}: ${length} characters`)
    for (let i = 0; i < Math.min(20, childCount(root)); i++) {
      const { preview, type } = previewOf(childAt(root, i)!.value, source)
      if (preview.length > 200 || hidden.test(preview + type)) wrong.push(`${file}: ${type} ${preview}`)
    }
  }
  expect(wrong).toEqual([])
  expect(rendered).toBeGreaterThan(100)
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
