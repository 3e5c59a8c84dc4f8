/**
 * A program for tests: decodes the named files one after the other and prints for each, as a line of
 * JSON, what came of it, how long it took, and how far the memory of the process went above what
 * it was before (Linux: the high-water mark of `/proc/self/status`, set back for each file).
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { loadLzma } from '../inflate/lzma.ts'
import { MemorySource } from '../model/source.ts'
import { decodeFile, decodeValue } from './decode.ts'
import type { DecodedValue } from './decode.ts'

export interface Measured {
  file: string
  /** Of all threads together: what else the machine does meanwhile does not count. */
  milliseconds: number
  /** Above what the process had before; absent where the system does not tell. */
  grownBytes?: number
  inputBytes: number
  problem?: string
  root?: string
  format: string
}

/** The file whose content is the hostile file, compressed once for transport. */
const transported = 'zlib-bomb.joblib.gz'

function memory(field: 'VmHWM' | 'VmRSS'): number | undefined {
  if (process.platform !== 'linux') return undefined
  const [, kilobytes] =
    new RegExp(`${field}:\\s*(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

async function measure(folder: string, file: string): Promise<Measured> {
  const path = join(folder, file)
  const bytes = file === transported ? gunzipSync(readFileSync(path)) : undefined
  globalThis.gc?.()
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5')
  const before = memory('VmRSS')
  const start = process.cpuUsage()
  using value: DecodedValue = await (bytes ? decodeValue(new MemorySource(bytes)) : decodeFile(path))
  const used = process.cpuUsage(start)
  const peak = memory('VmHWM')
  return {
    file,
    milliseconds: (used.user + used.system) / 1_000,
    grownBytes: peak === undefined || before === undefined ? undefined : peak - before,
    inputBytes: bytes?.length ?? statSync(path).size,
    problem: value.problem?.code,
    root: value.root?.kind,
    format: value.format,
  }
}

const [folder, ...files] = process.argv.slice(2)
await loadLzma()
for (const file of files) process.stdout.write(`${JSON.stringify(await measure(folder!, file))}\n`)
// A hostile pickle that got at Object.prototype would show there.
process.stdout.write(
  `${JSON.stringify({ prototype: Object.getOwnPropertyNames(Object.prototype).length })}\n`,
)
