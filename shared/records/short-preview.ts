import type { ByteSource } from '../model/source.ts'
import { previewOf } from '../render/preview.ts'
import { clip, pythonLiteral } from '../render/python.ts'
import type { Value, ValueKind } from '../value/value.ts'

/** Kinds whose preview is their literal, and the names of their types. */
const literalTypes: Readonly<Partial<Record<ValueKind, string>>> = {
  none: 'NoneType',
  bool: 'bool',
  int: 'int',
  float: 'float',
  str: 'str',
  list: 'list',
  tuple: 'tuple',
  dict: 'dict',
}

/**
 * Type and preview of a value as `previewOf` gives them, within `characters`. Most values of a cache are of few
 * kinds; for those this does without what an index does not need (half of the time of an index run).
 */
export function shortPreview(
  value: Value,
  source: ByteSource,
  characters: number,
): { type: string; preview: string } {
  const type = literalTypes[value.kind]
  if (type !== undefined)
    return { type, preview: pythonLiteral(value, { source, maxCharacters: characters }) }
  const full = previewOf(value, source)
  return { type: full.type, preview: clip(full.preview, characters) }
}
