import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readJoblib } from '../joblib/read.ts'
import { MemorySource } from '../model/source.ts'
import type { Parts } from '../pickle/testing/assemble.ts'
import { assemble } from '../pickle/testing/assemble.ts'
import { python } from '../testing/python.ts'
import { trustOf } from './trust.ts'

// Streams in which joblib and this reader see different opcodes: Python runs a command that
// stands in what looks like the bytes of an array. It runs here, in a folder of its own, to
// prove that the attack is one; the report must not call it known.

const marker = 'RAN'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-trust-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const text = (value: string): Parts => ['SHORT_BINUNICODE', value.length, value]
const named = (module: string, name: string): Parts => ['GLOBAL', `${module}\n${name}\n`]
const wrapper = named('joblib.numpy_pickle', 'NumpyArrayWrapper')
const attack: Parts = [...named('posix', 'system'), ...text(`touch ${marker}`), 'TUPLE1', 'REDUCE']

function dtype(flags: number): Parts {
  const minusOne: Parts = ['BININT', 255, 255, 255, 255]
  const made: Parts = [...named('numpy', 'dtype'), ...text('f8'), 'NEWFALSE', 'NEWTRUE', 'TUPLE3', 'REDUCE']
  const state: Parts = ['MARK', 'BININT1', 3, ...text('<'), 'NONE', 'NONE', 'NONE', ...minusOne, ...minusOne]
  return [...made, ...state, 'BININT1', flags, 'TUPLE', 'BUILD']
}

/** A wrapper of so many float64, up to and with its BUILD. */
function head(elements: number, flags: number): Parts {
  const fields: Parts = [
    ...text('subclass'),
    ...named('numpy', 'ndarray'),
    ...text('shape'),
    'BININT1',
    elements,
    'TUPLE1',
    ...text('order'),
    ...text('C'),
    ...text('dtype'),
    ...dtype(flags),
    ...text('allow_mmap'),
    'NEWFALSE',
  ]
  return [...wrapper, 'EMPTY_TUPLE', 'NEWOBJ', 'EMPTY_DICT', 'MARK', ...fields, 'SETITEMS', 'BUILD']
}

/** The attack and its STOP, filled up to whole elements. */
function asElements(): Uint8Array {
  const bytes = assemble(...attack, 'STOP')
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8).fill('.'.charCodeAt(0))
  padded.set(bytes)
  return padded
}

/** joblib reads a nested pickle for a dtype with the flag of objects, whatever its kind is. */
function byFlags(): Uint8Array {
  const elements = asElements()
  return assemble('PROTO', 4, ...head(elements.length / 8, 63), [...elements], 'STOP')
}

/** joblib reads the elements from behind the frame, and goes on with the opcodes within it. */
function byFrame(): Uint8Array {
  const elements = asElements()
  const framed = assemble(...head(elements.length / 8, 0), [...elements])
  const length = [framed.length & 255, framed.length >> 8, 0, 0, 0, 0, 0, 0]
  const behind = '.'.repeat(elements.length)
  return assemble('PROTO', 4, 'FRAME', length, [...framed], behind)
}

/** The class that is called sets an alignment: joblib steps over as many bytes as the next one says. */
function byConstructor(): Uint8Array {
  const args: Parts = [
    'MARK',
    ...named('numpy', 'ndarray'),
    'BININT1',
    1,
    'TUPLE1',
    ...text('C'),
    ...dtype(0),
    'TUPLE',
  ]
  const hidden = assemble('x'.repeat('C'.charCodeAt(0) - 1 + 8), ...attack)
  const state: Parts = ['EMPTY_DICT', ...text('allow_mmap'), 'NEWFALSE', 'SETITEM', 'BUILD']
  return assemble(
    'PROTO',
    4,
    ...wrapper,
    ...args,
    'REDUCE',
    ...state,
    'SHORT_BINBYTES',
    hidden.length,
    [...hidden],
    'STOP',
  )
}

describe('streams that joblib reads otherwise', () => {
  it.each([
    ['a flag of its dtype', byFlags],
    ['a frame that goes on', byFrame],
    ['a constructor that is called', byConstructor],
  ])('by %s are not known', (name, make) => {
    const bytes = make()
    const report = trustOf(readJoblib(new MemorySource(bytes), { trace: true }))
    expect(report.verdict).toBe('unknown')
    // Nothing that can be read here names the command.
    expect(report.imports.filter(({ what }) => what === 'unknown')).toEqual([])
    const file = join(folder, `${name}.joblib`)
    writeFileSync(file, bytes)
    const { error } = spawnSync(python, ['-c', 'import joblib, sys; joblib.load(sys.argv[1])', file], {
      cwd: folder,
    })
    expect(error).toBeUndefined()
    expect(existsSync(join(folder, marker))).toBe(true)
    rmSync(join(folder, marker))
  })
})
