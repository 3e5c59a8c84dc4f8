import { createHash } from 'node:crypto'
import type { ArgumentSummary } from '../shared/model/record.ts'
import type { CatalogEntry } from '../shared/catalog/writer.ts'

const functions = [
  ['relax', 'alloys.relax'],
  ['relax', 'alloys.bulk'],
  ['eos_fit', 'alloys.eos'],
  ['phonons', 'alloys.phonons'],
  ['md', 'dynamics.run'],
  ['featurize', 'learn.features'],
  ['train', 'learn.train'],
  ['report', 'reports.make'],
] as const
const users = ['ana', 'bo', 'chen', 'dee']
const elements = ['Cu', 'Ag', 'Au', 'Pd', 'Pt', 'Ni', 'Al', 'Fe']
const outputTypes = ['float', 'dict', 'ndarray', 'DataFrame', 'Atoms']
const firstRunSeconds = Date.UTC(2025, 0, 1) / 1000
const yearSeconds = 365 * 86_400

/** Entry number `i` of a cache that is the same in every run; neighbours have little in common. */
export function generatedEntry(i: number): CatalogEntry {
  const digest = createHash('sha1').update(`entry ${i}`).digest()
  const number = (place: number): number => digest.readUInt16LE(place)
  const pick = <Item>(items: readonly Item[], place: number): Item => items[number(place) % items.length]!
  const key = new TextEncoder().encode(digest.toString('hex'))
  const isDamaged = i % 1000 === 999
  const sizeBytes = Math.round(2 ** (8 + (number(0) / 65_536) * 12))
  const file = {
    key,
    part: digest.toString('hex', 0, 1),
    sizeBytes,
    modifiedMs: 1000 * firstRunSeconds + i,
    stamp: `${i}.0`,
  }
  if (isDamaged) {
    const problem = { code: 'TRUNCATED', sentence: 'The bytes end before the value does.' } as const
    return { ...file, summary: { kind: 'foreign', status: 'damaged', problem, args: [] } }
  }
  const [func, module] = pick(functions, 2)
  const args = argumentsOf(pick(elements, 4), 200 + (number(6) % 300), `run-${i}`)
  const energy = -number(8) / 10_000
  return {
    ...file,
    summary: {
      kind: 'call',
      status: 'ok',
      func,
      module,
      user: pick(users, 10),
      host: `node${String(number(12) % 64).padStart(4, '0')}.cluster`,
      cwd: `/home/${pick(users, 10)}/projects/${number(14) % 20}`,
      version: `0.${number(16) % 3}.${number(16) % 5}`,
      outputType: pick(outputTypes, 18),
      outputPreview: `{'energy': ${energy}, 'converged': ${number(14) % 10 === 0 ? 'False' : 'True'}}`,
      runAtSeconds: firstRunSeconds + (digest.readUInt32LE(12) / 2 ** 32) * yearSeconds,
      elapsedSeconds: 2 ** (-4 + (number(10) / 65_536) * 16),
      args,
      call: `${func}(${args.map(({ name, preview }) => `${name}=${preview}`).join(', ')})`,
    },
  }
}

function argumentsOf(element: string, cutoff: number, label: string): ArgumentSummary[] {
  return [
    { name: 'element', type: 'str', preview: `'${element}'`, text: element },
    { name: 'cutoff', type: 'int', preview: String(cutoff), number: cutoff },
    { name: 'label', type: 'str', preview: `'${label}'`, text: label },
  ]
}
