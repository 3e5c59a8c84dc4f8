import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportFormats } from '../../shared/api/pictures.ts'
import { python } from '../../shared/testing/python.ts'
import { hashcache } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const store = join(corpus, 'fs-class', 'cache')
const work = mkdtempSync(join(tmpdir(), 'hashcache-save-'))

afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Arrays of every dtype and order, and tables of texts that need quotes, as joblib files. */
const makeFiles = `
import joblib, numpy as np, os, sys
os.chdir(sys.argv[1])
rng = np.random.default_rng(0)
plain = ['?', 'i1', 'u1', '<i2', '>i4', '<u8', '>u2', '<f2', '>f4', '<f8', '<c8', '>c16', '<U5', '>U3', 'S4', 'V6']
arrays = [rng.integers(0, 200, size=60).astype('u1').repeat(16)[: 12 * np.dtype(d).itemsize].tobytes() for d in plain]
made = [np.frombuffer(raw, dtype='u1').copy() % 100 for raw in arrays]
values = [m.view(d) if np.dtype(d).kind not in 'fcUb' else np.arange(12).astype(d) for m, d in zip(made, plain)]
values += [np.arange(12).astype('<M8[ns]'), np.arange(12).astype('>m8[25s]'), np.arange(12, dtype=np.longdouble)]
shaped = []
for v in values:
    shaped += [v, v.reshape(3, 4), np.asfortranarray(v.reshape(3, 4)), np.asfortranarray(v.reshape(2, 3, 2))]
packed = np.dtype([('name', 'U4'), ('x', '<f8', (2,)), ('n', '>i2')])
padded = np.dtype({'names': ['b', 'a'], 'formats': ['<f4', '<i8'], 'offsets': [4, 16], 'itemsize': 32})
nested = np.dtype([("it's", [('é', 'u1'), ('λ', '<f4')]), ('v', 'V3')])
shaped += [np.zeros(5, d) for d in (packed, padded, nested)]
shaped += [np.array(2.5), np.zeros((0, 3)), np.zeros((2, 0), 'i4')]
for i, v in enumerate(shaped):
    joblib.dump(v, f'a{i}')
    np.save(f'a{i}.want.npy', v)
print(len(shaped))
`

const checkFiles = `
import numpy as np, os, sys
os.chdir(sys.argv[1])
def fields(d):
    return None if d.names is None else [(n, d.fields[n][1], fields(d.fields[n][0]) or d.fields[n][0].str) for n in sorted(d.names)]
for i in range(int(sys.argv[2])):
    want, got = np.load(f'a{i}.want.npy'), np.load(f'a{i}.npy')
    assert got.dtype.itemsize == want.dtype.itemsize and fields(got.dtype) == fields(want.dtype), (i, got.dtype, want.dtype)
    if want.dtype.names is None: assert got.dtype == want.dtype, (i, got.dtype, want.dtype)
    assert got.shape == want.shape and got.flags.f_contiguous == want.flags.f_contiguous, (i, got.shape)
    assert got.tobytes() == want.tobytes(), i
print('equal')
`

function runPython(code: string, ...parameters: string[]): string {
  return execFileSync(python, ['-c', code, ...parameters], { encoding: 'utf8' }).trim()
}

describe('save --as npy', () => {
  let count = 0
  beforeAll(() => {
    count = Number(runPython(makeFiles, work))
  })

  it('writes what numpy loads as the same array, of every dtype, order and shape', async () => {
    const { exportOf } = await import('../engine/values/export.ts')
    const { openFileDocument } = await import('../../shared/catalog/documents.ts')
    for (let i = 0; i < count; i++) {
      using document = await openFileDocument(join(work, `a${i}`))
      const pieces = [...exportOf(document, `a${i}`, [], 'npy')].map((piece) =>
        Buffer.from(piece as Uint8Array),
      )
      writeFileSync(join(work, `a${i}.npy`), Buffer.concat(pieces))
    }
    expect(count).toBeGreaterThan(70)
    expect(runPython(checkFiles, work, String(count))).toBe('equal')
  })
})

describe('save', () => {
  const key = '3c090728ed6a853c9328a10bdaf711d03ddbe34e'
  const from = [store, key, '--path', 'output']

  it('writes a part of an entry to a file, whose ending tells how, and never over another', async () => {
    const file = join(work, 'image.npy')
    expect(await hashcache('save', ...from, '-o', file)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const told = runPython(
      'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype.str, a.shape, a.sum())',
      file,
    )
    expect(told).toMatch(/^\|u1 \(28, 32\) \d+$/)
    const before = readFileSync(file)
    const refused = await hashcache('save', ...from, '--as', 'csv', '-o', file)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('--force')
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(await hashcache('save', ...from, '--as', 'csv', '-o', file, '--force')).toMatchObject({ code: 0 })
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(29)
  })

  it('says what it cannot save, and leaves no file', async () => {
    const file = join(work, 'nothing.npy')
    const words = await hashcache('save', store, key, '--path', 'func', '-o', file)
    expect(words).toMatchObject({ code: 2 })
    expect(words.stderr).toContain('.npy')
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
    const nowhere = await hashcache('save', store, key, '--path', 'output.energy', '--as', 'json')
    expect(nowhere.stderr).toContain('ends before "energy"')
    const unreadable = await hashcache('save', store, key, '--path', "output['", '--as', 'json')
    expect(unreadable.stderr).toContain('cannot be read from')
    const formless = await hashcache('save', store, key, '-o', join(work, 'x'))
    expect(formless.stderr).toContain('--as npy')
  })

  it('writes the stored bytes, and JSON', async () => {
    const raw = join(work, 'stored')
    await hashcache('save', store, key, '--as', 'raw', '-o', raw)
    expect(readFileSync(raw).equals(readFileSync(join(store, key.slice(0, 2), key)))).toBe(true)
    const { stdout } = await hashcache(
      'save',
      store,
      key,
      '--path',
      'standardized-kwargs.shape',
      '--as',
      'json',
    )
    expect(JSON.stringify(JSON.parse(stdout))).toContain('28')
  })

  it('writes CSV that Python reads back: quotes, lines, names and missing values', async () => {
    const file = join(work, 'table')
    const make = `
import joblib, numpy as np, sys
a = np.array([('plain', 1.5, 3), ('with, comma', np.nan, -1), ('"quoted"', 1e300, 0), ('two\\nlines', 0.1, 7), ('', -0.0, 9)],
             dtype=[('a name', 'U12'), ('x,y', 'f8'), ('n', 'i4')])
joblib.dump(a, sys.argv[1])`
    runPython(make, file)
    const { stdout } = await hashcache('save', file, '--as', 'csv')
    const read = `
import csv, io, json, sys
print(json.dumps(list(csv.reader(io.StringIO(sys.argv[1], newline='')))))`
    expect(JSON.parse(runPython(read, stdout))).toEqual([
      ['a name', 'x,y', 'n'],
      ['plain', '1.5', '3'],
      ['with, comma', '', '-1'],
      ['"quoted"', '1e+300', '0'],
      ['two\nlines', '0.1', '7'],
      ['', '-0.0', '9'],
    ])
  })

  it('takes every form that there is, and writes images as PNG', async () => {
    const { stdout } = await hashcache('save', '--help')
    for (const format of exportFormats) expect(stdout).toContain(`"${format}"`)
    const file = join(work, 'image.png')
    expect(await hashcache('save', ...from, '-o', file)).toMatchObject({ code: 0, stderr: '' })
    const png = readFileSync(file)
    // The image has 28 × 32 pixels, which are made visible.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([32 * 12, 28 * 12])
  })

  it('writes arrays of more dimensions with the place of each row', async () => {
    const file = join(work, 'cube')
    runPython('import joblib, numpy, sys; joblib.dump(numpy.arange(12).reshape(2, 2, 3), sys.argv[1])', file)
    const { stdout } = await hashcache('save', file, '--as', 'csv')
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'axis0,axis1,0,1,2',
      '0,0,0,1,2',
      '0,1,3,4,5',
      '1,0,6,7,8',
    ])
  })
})
