import { createHash } from 'node:crypto'
import type { ByteSource } from '../../../shared/model/source.ts'
import type { Sha256 } from '../../../shared/render/json.ts'
import { renderJson } from '../../../shared/render/json.ts'
import { pythonLiteral } from '../../../shared/render/python.ts'
import type { Value } from '../../../shared/value/value.ts'

const textLimit = 4 * 1024 * 1024

/** A node as text, at most 4 MiB of it. */
export function valueText(
  node: Value,
  source: ByteSource,
  as: 'json' | 'python',
): { text: string; isCut: boolean } {
  if (as === 'python') {
    const text = pythonLiteral(node, { source, maxCharacters: textLimit })
    return { text, isCut: text.length >= textLimit }
  }
  let text = ''
  for (const piece of renderJson(node, { source, sha256 })) {
    text += piece
    if (text.length > textLimit) return { text: text.slice(0, textLimit), isCut: true }
  }
  return { text, isCut: false }
}

/** Node's SHA-256 for the pure renderer. */
export function sha256(): Sha256 {
  const hash = createHash('sha256')
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') }
}
