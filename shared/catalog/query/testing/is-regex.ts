import type { RegexValue } from '../ast.ts'
import { checkRegex } from '../regex.ts'

/** Whether an expression made by chance is one that a filter may hold. */
export function isRegex(value: RegexValue): boolean {
  try {
    checkRegex(value)
    return true
  } catch {
    return false
  }
}
