import { indexFile } from '../../catalog/location.ts'
import { checkTag, Tags } from '../../catalog/tags.ts'
import { AppError } from '../../model/errors.ts'
import { addArchiveTags, readArchiveTags, type Tagged } from '../../stores/archive/tags.ts'
import type { Store } from '../../stores/contract.ts'
import { keysOf } from '../guarded.ts'
import type { JobFile } from '../job-file.ts'

const keysAtOnce = 1_000

/**
 * Puts the tags of what was written on the target's entries too. An archive carries them in itself, for another machine;
 * of one that came from there they are read. Done again it changes nothing.
 */
export function carryTags(file: JobFile, source: Store, target: Store, dataFolder: string): void {
  using from = Tags.besideIndex(indexFile(source, dataFolder))
  using to = Tags.besideIndex(indexFile(target, dataFolder))
  if (source.kind !== 'archive' && from.list().length === 0) return
  let batch: { key: Uint8Array; sourceKey: Uint8Array }[] = []
  const carry = (): void => {
    const tagged = taggedOf(source, from, batch)
    if (target.kind === 'archive' && tagged.length > 0) addArchiveTags(pathOf(target), tagged)
    for (const alike of Map.groupBy(tagged, ({ tags }) => tags.join(' ')).values())
      to.change(keysOf(alike), { add: alike[0]!.tags, remove: [] })
    batch = []
  }
  for (const { key, sourceKey } of file.outcomes('done')) {
    batch.push({ key, sourceKey: sourceKey ?? key })
    if (batch.length >= keysAtOnce) carry()
  }
  carry()
}

function taggedOf(
  source: Store,
  from: Tags,
  batch: readonly { key: Uint8Array; sourceKey: Uint8Array }[],
): Tagged[] {
  const keys = batch.map(({ sourceKey }) => sourceKey)
  const own = from.of(keys)
  const theirs = source.kind === 'archive' ? readArchiveTags(pathOf(source), keys) : []
  return batch.flatMap(({ key, sourceKey }, i) => {
    const brought = (theirs[i] ?? []).filter(isTag)
    const tags = [...new Set([...(own.get(Buffer.from(sourceKey).toString('latin1')) ?? []), ...brought])]
    return tags.length === 0 ? [] : [{ key, tags }]
  })
}

/** The archive may be anybody's. */
function isTag(text: string): boolean {
  try {
    checkTag(text)
    return true
  } catch (thrown) {
    if (thrown instanceof AppError) return false
    throw thrown
  }
}

function pathOf({ location }: Store): string {
  return location.replace(/^archive:/, '')
}
