import type { ByteSource } from '../model/source.ts'
import { storedChunks } from '../numpy/chunks.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { isNumeric, numbersOf } from '../numpy/statistics.ts'
import type { Value } from '../value/value.ts'
import { asArray } from './arrays.ts'
import { lookUp } from './names.ts'
import type { ObjectParts } from './parts.ts'
import { fieldOf, partsOf } from './parts.ts'
import type { View } from './view.ts'

/** Symbols by atomic number; 0 is ASE's dummy atom. */
export const symbols: readonly string[] = (
  'X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr ' +
  'Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt ' +
  'Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv ' +
  'Ts Og'
).split(' ')

/** Structures beyond this are told by their count alone. */
const maxAtoms = 1_000_000

/** An `ase.Atoms`: its formula, number of atoms, cell. */
export function atomsView(parts: ObjectParts, source: ByteSource): View | undefined {
  const numbers = arrayOf(lookUp(fieldOf(parts, 'arrays'), 'numbers'), source)
  if (!numbers || numbers.shape.length !== 1 || !numbers.data || !isNumeric(numbers.dtype)) return undefined
  const formula = numbers.size <= maxAtoms ? formulaOf(numbers) : `${numbers.size} atoms`
  if (formula === undefined) return undefined
  const cell = cellOf(parts, source)
  return {
    kind: 'atoms',
    formula,
    count: numbers.size,
    cellLengths: cell && lengthsOf(cell),
    periodic: periodicOf(parts, source),
    parts,
  }
}

function arrayOf(node: Value | undefined, source: ByteSource): NdArray | undefined {
  return node && asArray(node, source)
}

/** Hill's order: carbon and hydrogen first if there is carbon, the rest by letter. */
function formulaOf(numbers: NdArray): string | undefined {
  const counts = new Map<string, number>()
  for (const chunk of storedChunks(numbers)) {
    for (const number of numbersOf(numbers.dtype, chunk)) {
      const symbol = symbols[number]
      if (symbol === undefined) return undefined
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
    }
  }
  const rank = (symbol: string) =>
    counts.has('C') && symbol === 'C' ? '0' : counts.has('C') && symbol === 'H' ? '1' : symbol
  const ordered = [...counts].toSorted(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
  return ordered.map(([symbol, count]) => symbol + (count === 1 ? '' : count)).join('')
}

/** The cell is a 3 × 3 array, since ASE 3.18 inside an `ase.cell.Cell`. */
export function cellOf(parts: ObjectParts, source: ByteSource): number[] | undefined {
  const node = fieldOf(parts, '_cellobj') ?? fieldOf(parts, '_cell') ?? fieldOf(parts, 'cell')
  if (!node) return undefined
  const inner = node.kind === 'object' ? (fieldOf(partsOf(node), 'array') ?? node) : node
  const array = asArray(inner, source)
  return array?.size === 9 && array.order === 'C' ? numbersIn(array) : undefined
}

function lengthsOf(cell: readonly number[]): number[] {
  return [0, 3, 6].map((i) => Math.hypot(cell[i]!, cell[i + 1]!, cell[i + 2]!))
}

export function periodicOf(parts: ObjectParts, source: ByteSource): boolean[] | undefined {
  const array = arrayOf(fieldOf(parts, '_pbc') ?? fieldOf(parts, 'pbc'), source)
  return array?.size === 3 ? numbersIn(array)?.map((number) => number !== 0) : undefined
}

/** All numbers of a small array. */
function numbersIn(array: NdArray): number[] | undefined {
  if (!array.data || !isNumeric(array.dtype)) return undefined
  const bytes = array.data.source.read(array.data.at, array.size * array.dtype.itemsize)
  return [...numbersOf(array.dtype, bytes)]
}
