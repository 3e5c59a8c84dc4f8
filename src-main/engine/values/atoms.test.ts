import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { AtomsHeader } from '../../../shared/api/atoms.ts'
import { decodeFrame } from '../../../shared/api/pictures.ts'
import { openFileDocument } from '../../../shared/catalog/documents.ts'
import { expectedKinds, kindFile } from '../../../shared/testing/kinds.ts'
import { python } from '../../../shared/testing/python.ts'
import { atomsPicture } from './atoms.ts'
import { exportOf } from './export.ts'
import { rootOf } from './root.ts'
import { nodeAt } from './tree.ts'

const expected = Object.entries(expectedKinds().atoms)

async function pictureOf(name: string) {
  using document = await openFileDocument(kindFile(name))
  const { value: node } = nodeAt(rootOf(document, name), [0])
  const bytes = atomsPicture(node, document.decoded.source)
  return decodeFrame<AtomsHeader>(new Uint8Array(bytes).buffer)
}

describe('a structure', () => {
  it.each(expected)('is the one that ASE made: %s', async (name, wanted) => {
    const { header, arrays } = await pictureOf(name)
    const { cell, periodic, formula, count, shown } = header
    expect([formula, count, shown]).toEqual([wanted.formula, wanted.numbers.length, wanted.numbers.length])
    expect([...arrays['numbers']!]).toEqual(wanted.numbers)
    expect([...arrays['positions']!]).toEqual([...Float32Array.from(wanted.positions.flat())])
    expect(periodic).toEqual(wanted.pbc)
    const rounded = (numbers: readonly (number | null)[] | null | undefined) =>
      numbers?.map((number) => number?.toFixed(9))
    expect(rounded(cell?.vectors) ?? rounded(Array.from({ length: 9 }, () => 0))).toEqual(
      rounded(wanted.cell.flat()),
    )
    // A slab has a third vector of its own; a molecule none at all.
    const parameters = cell?.angles.includes(null) ? undefined : cell && [...cell.lengths, ...cell.angles]
    expect(rounded(parameters)).toEqual(rounded(wanted.parameters) ?? undefined)
  })

  it('is saved as XYZ that reads back to the same digits', async () => {
    using document = await openFileDocument(kindFile('triclinic'))
    const text = [...exportOf(document, 'triclinic', [0], 'xyz')].join('')
    const read = `
import json, re, sys
lines = sys.argv[1].split('\\n')
cell = [float(x) for x in re.search('Lattice="([^"]*)"', lines[1])[1].split()]
atoms = [line.split() for line in lines[2:2 + int(lines[0])]]
print(json.dumps([cell, [a[0] for a in atoms], [float(x) for a in atoms for x in a[1:]], lines[1][-11:]]))`
    const { cell, positions } = expectedKinds().atoms['triclinic']!
    expect(JSON.parse(execFileSync(python, ['-c', read, text], { encoding: 'utf8' }))).toEqual([
      cell.flat(),
      ['Si', 'O', 'O'],
      positions.flat(),
      'pbc="T T F"',
    ])
  })

  it('is told apart from what is none', async () => {
    using document = await openFileDocument(kindFile('frame'))
    expect(() => exportOf(document, 'frame', [0], 'xyz')).not.toThrow()
    expect(() => [...exportOf(document, 'frame', [0], 'xyz')]).toThrow(/no structure of atoms/)
  })
})
