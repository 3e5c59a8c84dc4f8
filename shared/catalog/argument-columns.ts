import type { ArgumentSummary } from '../model/record.ts'

/** `value` and `preview` of a row of `arguments`. */
export interface StoredArgument {
  readonly value: number | string | null
  readonly preview: string | null
}

/**
 * Of an argument, what cannot be computed from the rest: the preview of a whole number and of a plain text
 * follows from the value, and those are most.
 */
export function storeArgument({ number, text, preview }: ArgumentSummary): StoredArgument {
  const value = number ?? text ?? null
  return { value, preview: impliedPreview(value) === preview ? null : preview }
}

export function previewOfStored({ value, preview }: StoredArgument): string {
  return preview ?? impliedPreview(value) ?? ''
}

function impliedPreview(value: number | string | null): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  return value === null ? undefined : `'${value}'`
}
