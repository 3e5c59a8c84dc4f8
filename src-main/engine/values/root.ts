import { AppError } from '../../../shared/model/errors.ts'
import type { Value } from '../../../shared/value/value.ts'
import type { Document } from '../../../shared/catalog/documents.ts'

/** The document's value. Throws `DAMAGED`, with the reason, where nothing could be read. */
export function rootOf({ decoded }: Document, key: string): Value {
  if (decoded.root) return decoded.root
  const reason = decoded.problem?.sentence ?? 'there is no value in it'
  throw new AppError(
    'DAMAGED',
    `Nothing of ${key} can be read: ${reason} Its bytes can be saved as they are.`,
  )
}
