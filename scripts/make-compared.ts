/**
 * `node scripts/make-compared.ts FOLDER`: two caches to compare, `left/cache` (files) and `right/cache.sqlite`, of calls of
 * one function: some the same, one with another output, some with other metadata, some only on one side, and one call
 * under two keys.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { backendAt } from '../shared/hashcache/backends.ts'
import { NDArray } from '../shared/hashcache/ndarray.ts'

const size = 96
const day = 86_400
const now = Math.floor(Date.now() / 1000)
const elements = ['Cu', 'Ag', 'Au', 'Pd', 'Pt', 'Ni']
const cutoffs = [300, 400, 420, 500]

function keyOf(name: string): string {
  return createHash('sha1').update(name).digest('hex')
}

interface Changes {
  /** How much the output is off. */
  readonly shift?: number
  readonly fields?: Readonly<Record<string, unknown>>
}

function record(element: string, cutoff: number, runAt: number, { shift = 0, fields }: Changes = {}) {
  const energy = -3.5 - elements.indexOf(element) * 0.3 - cutoff / 1e4 + shift / 100
  const args = { element, cutoff, kpoints: [8, 8, 8], relaxed: true }
  const log = Array.from({ length: 40 }, (_, i) => `SCF ${i}: converging, step ${i * i}`)
  if (shift !== 0) log.splice(12, 3, 'SCF 12: mixing was reset')
  return {
    func: 'relax',
    module: 'alloys.bulk',
    args: [],
    kwargs: args,
    'standardized-kwargs': args,
    version: '0.1.0',
    cwd: '/home/ana/alloys',
    user: 'ana',
    hostname: 'node0007',
    hash: keyOf(`${element} ${cutoff}`),
    'run-at': runAt,
    'run-at-human': new Date(runAt * 1000).toISOString(),
    elapsed_time: 341.25,
    ...fields,
    output: { energy, forces: forces(shift), log: log.join('\n') },
  }
}

function forces(shift: number): NDArray {
  const data = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const bump = Math.exp(-((row - 40) ** 2 + (column - 60) ** 2) / 120)
      data[row * size + column] =
        Math.sin(row / 9) * Math.cos(column / 7) + 0.02 * shift * (bump > 0.05 ? bump : 0)
    }
  }
  return new NDArray(data, [size, size])
}

const folder = path.resolve(process.argv[2] ?? '.')
mkdirSync(path.join(folder, 'left'), { recursive: true })
mkdirSync(path.join(folder, 'right'), { recursive: true })
const left = backendAt(`fs:${path.join(folder, 'left', 'cache')}`)
const right = backendAt(`sqlite:${path.join(folder, 'right', 'cache.sqlite')}`)
for (const [i, element] of elements.entries()) {
  for (const cutoff of cutoffs) {
    const key = keyOf(`${element} ${cutoff}`)
    const runAt = now - day * (10 + 9 * i)
    await left.dump(key, record(element, cutoff, runAt), false)
    if (cutoff === 500 && i < 3) continue
    const changes: Changes =
      element === 'Ag'
        ? { fields: { user: 'bob', hostname: 'node0011' } }
        : element === 'Au' && cutoff === 400
          ? { shift: 3 }
          : {}
    await right.dump(key, record(element, cutoff, runAt, changes), false)
  }
}
const newer = { shift: 2, fields: { version: '0.2.0', hostname: 'node0031' } }
await left.dump(keyOf('Cu 400, edited'), record('Cu', 400, now - 3600, newer), false)
await right.dump(keyOf('Rh 400'), record('Rh', 400, now - 7200), false)
