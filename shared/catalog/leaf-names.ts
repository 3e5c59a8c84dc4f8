import type { Strings } from './strings.ts'

/**
 * Scalars inside arguments and outputs stand beside the arguments, under names that no argument can have: control
 * characters are made harmless in those.
 */
const outputMark = '\u0001'
const nestedMark = '\u0002'

/** How a sort or a column names what is in the output: `out:energy`, `out:` for the output itself. */
const outputColumn = 'out:'

export function outputName(path: string): string {
  return outputMark + path
}

export function nestedName(path: string): string {
  return nestedMark + path
}

/** What a stored name is a name of. */
export function readStoredName(stored: string): {
  readonly of: 'argument' | 'nested' | 'output'
  readonly name: string
} {
  if (stored.startsWith(outputMark)) return { of: 'output', name: stored.slice(1) }
  if (stored.startsWith(nestedMark)) return { of: 'nested', name: stored.slice(1) }
  return { of: 'argument', name: stored }
}

/** `energy` as a sort or a column names it. */
export function outputColumnName(path: string): string {
  return outputColumn + path
}

/** Numbers of the stored names that a column name means, the likelier first: an argument, or what is inside one. */
export function storedNameIds(column: string, strings: Strings): number[] {
  const names = column.startsWith(outputColumn)
    ? [outputName(column.slice(outputColumn.length))]
    : [column, nestedName(column)]
  return names.map((name) => strings.find(name)).filter((id) => id !== undefined)
}
