/**
 * Measurements, both sides in one run: `npm run bench [-- NAME…] [--full]`.
 * Figures are medians of alternating rounds; quote the ratios, not the seconds.
 * --full  larger workloads (tens of gigabytes of disk)
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { keepCompiledCode } from '../src-main/engine/compiled-code.ts'
import { benchCatalog } from './catalog.ts'
import { benchCompare } from './compare.ts'
import { benchEvict } from './evict.ts'
import { benchIndexing } from './indexing.ts'
import { benchLocks } from './locks.ts'
import { benchMigrate } from './migrate.ts'
import { benchPictures } from './pictures.ts'

export interface BenchContext {
  /** A private folder, removed after the run. */
  readonly folder: string
  readonly full: boolean
  print(line: string): void
}

const benches: Record<string, (context: BenchContext) => Promise<void>> = {
  indexing: benchIndexing,
  catalog: benchCatalog,
  compare: benchCompare,
  evict: benchEvict,
  migrate: benchMigrate,
  locks: benchLocks,
  pictures: benchPictures,
}

const words = process.argv.slice(2)
const names = words.filter((word) => !word.startsWith('--'))
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}

const folder = mkdtempSync(path.join(tmpdir(), 'hashcache-bench-'))
// As every command does, for the threads and programs that it starts.
keepCompiledCode(folder)
try {
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue
    console.log(`\n## ${name}`)
    await bench({ folder, full: words.includes('--full'), print: (line) => console.log(line) })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
