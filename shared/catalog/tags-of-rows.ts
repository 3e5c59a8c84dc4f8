import type { Row } from '../api/contract.ts'
import { AppError } from '../model/errors.ts'
import { parseKey } from '../model/keys.ts'
import type { Tags } from './tags.ts'

/** The rows with their tags. Entries are listed where tags cannot be read; who asks for tags is told why. */
export function withTags(rows: readonly Row[], tags: Tags): Row[] {
  const keys = rows.map(({ key }) => parseKey(key))
  const found = orElse(new Map<string, string[]>(), () => tags.of(keys))
  if (found.size === 0) return [...rows]
  return rows.map((row, i) => {
    const own = found.get(Buffer.from(keys[i]!).toString('latin1'))
    return own ? { ...row, tags: own } : row
  })
}

/** Of tags that cannot be read: 0, as what asks for them is refused. */
export function versionOf(tags: Tags): number {
  return orElse(0, () => tags.version())
}

function orElse<Answer>(none: Answer, ask: () => Answer): Answer {
  try {
    return ask()
  } catch (thrown) {
    if (thrown instanceof AppError) return none
    throw thrown
  }
}
