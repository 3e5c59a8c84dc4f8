import type { AtomsHeader } from '../../../shared/api/atoms.ts'
import { encodeFrame } from '../../../shared/api/pictures.ts'
import type { Structure } from '../../../shared/lenses/structure.ts'
import { structureOf, symbolOf } from '../../../shared/lenses/structure.ts'
import { viewOf } from '../../../shared/lenses/view-of.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { floatText } from '../../../shared/value/python-text.ts'
import type { Value } from '../../../shared/value/value.ts'

/** More atoms are no picture that anybody sees through, and more than a browser turns smoothly. */
const mostShown = 5_000
/** Atoms read at once. */
const chunk = 10_000

interface Opened {
  readonly formula: string
  readonly structure: Structure
}

function openStructure(node: Value, source: ByteSource): Opened {
  const view = viewOf(node, source)
  const structure = view.kind === 'atoms' ? structureOf(view, source) : undefined
  if (view.kind === 'atoms' && structure) return { formula: view.formula, structure }
  throw new AppError(
    'USAGE',
    view.kind === 'atoms'
      ? 'The positions of these atoms are not here or not three for each; look at them in the tree.'
      : 'This value is no structure of atoms; choose an ase.Atoms in the tree.',
  )
}

/** A structure to be drawn. Throws `USAGE` for other nodes. */
export function atomsPicture(node: Value, source: ByteSource): Uint8Array {
  const { formula, structure } = openStructure(node, source)
  const { count, cell, periodic } = structure
  const step = Math.max(1, Math.ceil(count / mostShown))
  const shown = Math.ceil(count / step)
  const positions = new Float32Array(3 * shown)
  const numbers = new Uint8Array(shown)
  const index = new Float64Array(step === 1 ? 0 : shown)
  const counts = new Map<number, number>()
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk)
    const [places, kinds] = [structure.positionsOf(from, to), structure.numbersOf(from, to)]
    for (let i = 0; i < kinds.length; i++) {
      counts.set(kinds[i]!, (counts.get(kinds[i]!) ?? 0) + 1)
      if ((from + i) % step !== 0) continue
      const at = (from + i) / step
      numbers[at] = kinds[i]!
      positions.set(places.subarray(3 * i, 3 * i + 3), 3 * at)
      if (step > 1) index[at] = from + i
    }
  }
  const header: AtomsHeader = {
    formula,
    count,
    shown,
    elements: [...counts]
      .toSorted((a, b) => b[1] - a[1])
      .map(([number, many]) => ({ number, symbol: symbolOf(number), count: many })),
    cell: cell && {
      vectors: [...cell.vectors],
      lengths: [...cell.lengths],
      angles: cell.angles.map((angle) => (Number.isNaN(angle) ? null : angle)),
      volume: cell.volume,
    },
    periodic: periodic && [...periodic],
  }
  return encodeFrame({ header, arrays: { positions, numbers, index } })
}

/** A structure as extended XYZ: cell and periodicity in the line of words, one atom a line, lengths in ångström. */
export function* structureXyz(node: Value, source: ByteSource): Generator<string> {
  const { structure } = openStructure(node, source)
  const { count, cell, periodic } = structure
  const words = ['Properties=species:S:1:pos:R:3']
  if (cell) words.unshift(`Lattice="${cell.vectors.map(floatText).join(' ')}"`)
  if (periodic) words.push(`pbc="${periodic.map((is) => (is ? 'T' : 'F')).join(' ')}"`)
  yield `${count}\n${words.join(' ')}\n`
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk)
    const [places, kinds] = [structure.positionsOf(from, to), structure.numbersOf(from, to)]
    let piece = ''
    for (const [i, number] of kinds.entries()) {
      const place = Array.from(places.subarray(3 * i, 3 * i + 3), floatText)
      piece += `${symbolOf(number)} ${place.join(' ')}\n`
    }
    yield piece
  }
}
