import { createHash } from 'node:crypto'
import type { ArgumentSummary, EntryInside } from '../shared/model/record.ts'
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
const dtypes = ['float64', 'float32', 'int64', '<U5']
const notes = ['mixing reduced', 'restarted from file', 'Warning: residual grows', 'Error: no convergence']
const firstRunSeconds = Date.UTC(2025, 0, 1) / 1000
const yearSeconds = 365 * 86_400

/** To be changed with what is generated: kept indexes of another version are made again. */
export const generatedVersion = 2

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
  const isConverged = number(14) % 10 !== 0
  const outputType = pick(outputTypes, 18)
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
      outputType,
      outputPreview: `{'energy': ${energy}, 'converged': ${isConverged ? 'True' : 'False'}}`,
      runAtSeconds: firstRunSeconds + (digest.readUInt32LE(12) / 2 ** 32) * yearSeconds,
      elapsedSeconds: 2 ** (-4 + (number(10) / 65_536) * 16),
      args,
      call: `${func}(${args.map(({ name, preview }) => `${name}=${preview}`).join(', ')})`,
      inside: {
        ...insideOf(outputType, energy, isConverged, number),
        nested: [
          floatLeaf('params.mixing', (number(12) % 100) / 100),
          intLeaf('params.steps', number(14) % 2000),
        ],
        // One call in twenty is like one of fifty thousand, one output in ten like one of fifty thousand.
        sameCall: { text: i % 20 === 0 ? `call ${number(2) % 50_000}` : `call of ${i}`, isWhole: true },
        sameOutput: {
          text: i % 10 === 0 ? `output ${number(4) % 50_000}` : `output of ${i}`,
          isWhole: i % 3 > 0,
        },
        recordedHash: i % 5000 === 1 ? 'another' : digest.toString('hex'),
      },
    },
  }
}

/** What is within an output: scalars of dicts, a number, shapes and types of arrays and tables. */
function insideOf(
  outputType: string,
  energy: number,
  isConverged: boolean,
  number: (place: number) => number,
): Pick<EntryInside, 'output' | 'shape' | 'dtype' | 'outputText'> {
  switch (outputType) {
    case 'dict': {
      const residual = `${(1 + (number(6) % 90) / 10).toFixed(1)}e-${String(1 + (number(0) % 9)).padStart(2, '0')}`
      const note = notes[number(2) % notes.length]!
      return {
        output: [
          floatLeaf('energy', energy),
          {
            name: 'converged',
            type: 'bool',
            preview: isConverged ? 'True' : 'False',
            number: Number(isConverged),
          },
          intLeaf('info.steps', number(10) % 500),
        ],
        outputText: `{'energy': ${energy}, 'converged': ${isConverged ? 'True' : 'False'}, 'info': {'steps': ${number(10) % 500}, 'residual': ${residual}, 'note': '${note}'}}`,
      }
    }
    case 'float':
      return { output: [floatLeaf('', energy)] }
    case 'ndarray':
    case 'DataFrame':
      return {
        output: [],
        shape: number(6) % 4 === 0 ? `3x${1 + (number(8) % 400)}` : `${1 + (number(8) % 5000)}x3`,
        dtype: dtypes[number(10) % dtypes.length]!,
      }
    default:
      return { output: [] }
  }
}

function floatLeaf(name: string, value: number): ArgumentSummary {
  return { name, type: 'float', preview: String(value), number: value }
}

function intLeaf(name: string, value: number): ArgumentSummary {
  return { name, type: 'int', preview: String(value), number: value }
}

function argumentsOf(element: string, cutoff: number, label: string): ArgumentSummary[] {
  return [
    { name: 'element', type: 'str', preview: `'${element}'`, text: element },
    { name: 'cutoff', type: 'int', preview: String(cutoff), number: cutoff },
    { name: 'label', type: 'str', preview: `'${label}'`, text: label },
  ]
}
