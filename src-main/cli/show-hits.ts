import type { Document } from '../../shared/catalog/documents.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import { resolvePath } from '../../shared/value/walk.ts'
import { findIn } from '../engine/values/find.ts'
import { needleOf } from '../engine/values/find-needle.ts'
import type { Output } from './output.ts'
import { paint } from './output.ts'
import type { ShownName } from './show.ts'
import { namesOfPath } from './value-path.ts'

/** Every part of a value that has what is looked for, one a line: the part, its byte, and what was found. */
export async function writeHits(
  name: ShownName,
  { decoded }: Document,
  text: string,
  output: Output,
  asJson: boolean,
): Promise<void> {
  const needle = needleOf(text)
  const { root, source } = decoded
  if (!root) return
  const title = 'key' in name ? name.key : name.file
  for (const hit of findIn(root, source, needle)) {
    if (!hit) continue
    const path = hit.path === '' ? [] : hit.path.split('.').map(Number)
    const part = namesOfPath(root, path, source)
    const offset = resolvePath(root, path)?.value.start
    if (asJson) {
      const named = 'key' in name ? { key: jsonKey(parseKey(name.key)) } : name
      await output.write(
        JSON.stringify({ ...named, path: part, where: hit.where, text: hit.text, offset }) + '\n',
      )
      continue
    }
    const told = hit.where === 'key' ? `key ${hit.text}` : hit.text
    await output.write(`${paint(output, 'dim', `${title}:`)} ${paint(output, 'cyan', part)}: ${told}\n`)
  }
}
