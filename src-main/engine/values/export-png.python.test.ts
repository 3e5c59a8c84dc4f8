import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openFileDocument } from '../../../shared/catalog/documents.ts'
import { python } from '../../../shared/testing/python.ts'
import { exportOf } from './export.ts'

const folder = mkdtempSync(join(tmpdir(), 'hashcache-png-'))
afterAll(() => rmSync(folder, { recursive: true }))

const make = `
import joblib, numpy as np, os, sys
os.chdir(sys.argv[1])
rng = np.random.default_rng(0)
values = {
    'grey': rng.integers(0, 256, (500, 420), dtype='u1'),
    'colours': rng.integers(0, 256, (410, 30, 3), dtype='u1'),
    'fortran': np.asfortranarray(rng.integers(0, 256, (410, 30, 4), dtype='u1')),
    'first': (rng.integers(0, 256, (3, 30, 410)) / 255).astype('f4'),
    'small': rng.integers(0, 256, (20, 10, 3), dtype='u1'),
    'matrix': np.outer(np.linspace(-1, 1, 9), np.ones(500)),
    'line': np.arange(5.0), 'empty': np.zeros((0, 3)), 'nothing': np.full((9, 9), np.nan), 'words': np.array([['a', 'b']]),
}
for name, value in values.items(): joblib.dump(value, name)
`

/** Reads a PNG of 8-bit RGBA without filters by the letter of its format. */
const check = `
import joblib, numpy as np, os, struct, sys, zlib
os.chdir(sys.argv[1])
def pixels(name):
    data = open(name + '.png', 'rb').read()
    assert data[:8] == bytes([137, 80, 78, 71, 13, 10, 26, 10])
    at, chunks = 8, {}
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert struct.unpack('>I', data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body), kind
        chunks[kind] = body
        at += 12 + length
    assert list(chunks) == [b'IHDR', b'IDAT', b'IEND']
    width, height = struct.unpack('>II', chunks[b'IHDR'][:8])
    assert chunks[b'IHDR'][8:] == bytes([8, 6, 0, 0, 0])
    lines = np.frombuffer(zlib.decompress(chunks[b'IDAT']), 'u1').reshape(height, 4 * width + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:].reshape(height, width, 4)
grey = joblib.load('grey')
assert (pixels('grey') == np.dstack([grey, grey, grey, np.full_like(grey, 255)])).all()
assert (pixels('colours')[..., :3] == joblib.load('colours')).all() and (pixels('colours')[..., 3] == 255).all()
assert (pixels('fortran') == joblib.load('fortran')).all()
assert (pixels('first')[..., :3] == np.moveaxis(np.round(joblib.load('first') * 255), 0, -1)).all()
assert (pixels('small')[..., :3] == joblib.load('small').repeat(20, 0).repeat(20, 1)).all()
matrix = pixels('matrix').astype(int)
assert matrix.shape == (9, 500, 4) and (matrix == matrix[:, :1]).all()
blue_to_red = matrix[:, 0, 2] - matrix[:, 0, 0]
assert blue_to_red[0] > 0 > blue_to_red[-1] and matrix[4, 0, :3].min() > 240, matrix[:, 0]
print('equal')
`

function runPython(code: string): string {
  return execFileSync(python, ['-c', code, folder], { encoding: 'utf8' }).trim()
}

async function png(name: string): Promise<Buffer> {
  using document = await openFileDocument(join(folder, name))
  return Buffer.concat([...exportOf(document, name, [], 'png')].map((piece) => Buffer.from(piece)))
}

beforeAll(() => void runPython(make))

it('images are pixel for pixel what numpy has, other matrices their colours', async () => {
  for (const name of ['grey', 'colours', 'fortran', 'first', 'small', 'matrix'])
    writeFileSync(join(folder, `${name}.png`), await png(name))
  expect(runPython(check)).toBe('equal')
})

it.each([
  ['line', 'two or more dimensions'],
  ['empty', 'two or more dimensions'],
  ['nothing', 'no number of the array is finite'],
  ['words', 'are no numbers'],
])('%s is refused in words', async (name, words) => {
  await expect(png(name)).rejects.toThrow(words)
})
