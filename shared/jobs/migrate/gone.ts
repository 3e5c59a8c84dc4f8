import type { Store } from '../../stores/contract.ts'
import type { Job } from '../contract.ts'
import type { JobFile } from '../job-file.ts'

const keysAtOnce = 1_000
const bytesAtOnce = 32 * 1024 * 1024

/**
 * What is to be said of a migration that went on after it was interrupted, where the target lost meanwhile what an earlier
 * run had written and read back: a server that keeps nothing on a disk and was started again, a file that was put back.
 */
export async function lossesSince(file: JobFile, target: Store): Promise<Job['problem']> {
  if (file.runs < 2) return undefined
  let gone = 0
  let keys: Uint8Array[] = []
  let bytes = 0
  const look = async (): Promise<void> => {
    // One byte says as much as the whole, where it can be had alone.
    const range = target.capabilities.rangeRead ? { range: [0, 1] as const } : {}
    const seen = await target.getMany(keys, range)
    gone += seen.filter((value) => value === undefined).length
    keys = []
    bytes = 0
  }
  for (const { key, bytes: size } of file.written()) {
    keys.push(key)
    bytes += size
    if (keys.length >= keysAtOnce || bytes >= bytesAtOnce) await look()
  }
  await look()
  if (gone === 0) return undefined
  const what = gone === 1 ? 'One entry that was' : `${gone} entries that were`
  const sentence = `${what} written before the run was interrupted ${gone === 1 ? 'is' : 'are'} not in the target any more: it was started again without ${gone === 1 ? 'it' : 'them'}, or somebody took ${gone === 1 ? 'it' : 'them'} out. Plan the same migration again: it writes only what is missing.`
  return { code: 'CHANGED', sentence }
}
