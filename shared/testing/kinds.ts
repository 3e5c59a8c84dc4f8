import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Tables, sparse matrices and structures that pandas, scipy and ASE made (`kinds/make.py`), and what these say of them. */
export const kindsFolder = join(import.meta.dirname, 'kinds')

export interface ExpectedColumn {
  readonly dtype: string
  readonly missing: number
  readonly min?: number
  readonly max?: number
  readonly mean?: number
  readonly counts?: Readonly<Record<string, number>>
}

interface ExpectedSparse {
  readonly shape: readonly [number, number]
  readonly cells: readonly (readonly [row: number, column: number, value: number])[]
}

interface ExpectedAtoms {
  readonly formula: string
  readonly numbers: readonly number[]
  readonly positions: readonly (readonly [number, number, number])[]
  readonly cell: readonly (readonly [number, number, number])[]
  readonly parameters: readonly number[] | null
  readonly pbc: readonly boolean[]
}

interface Expected {
  readonly frame: Readonly<Record<string, ExpectedColumn>>
  readonly sparse: Readonly<Record<string, ExpectedSparse>>
  readonly atoms: Readonly<Record<string, ExpectedAtoms>>
}

export function expectedKinds(): Expected {
  return JSON.parse(readFileSync(join(kindsFolder, 'expected.json'), 'utf8')) as Expected
}

/** Where the record of a value is. */
export function kindFile(name: string): string {
  const key = createHash('sha1').update(name).digest('hex')
  return join(kindsFolder, 'cache', key.slice(0, 2), key)
}
