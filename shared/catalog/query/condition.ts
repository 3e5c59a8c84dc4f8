/**
 * A piece of SQL for WHERE with its bound parameters. On rows of `entries` it is true or false and never
 * NULL, so that NOT means not.
 */
export interface Condition {
  readonly sql: string
  readonly parameters: readonly (string | number | Uint8Array)[]
}

/** At least one condition, in parentheses. */
export function joinConditions(word: 'AND' | 'OR', conditions: readonly Condition[]): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  }
}
