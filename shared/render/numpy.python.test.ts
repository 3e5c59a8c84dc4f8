import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

import { asArray } from '../lenses/arrays.ts'
import { MemorySource } from '../model/source.ts'
import { elementText } from '../numpy/element.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import { statisticsOf } from '../numpy/statistics.ts'
import { readPickle } from '../pickle/read.ts'
import { parseExact } from '../testing/compare-json.ts'
import { python } from '../testing/python.ts'
import { nodeSha256 } from '../testing/sha256.ts'
import { jsonText } from './json.ts'

/**
 * Random arrays of numpy in all protocols: elements as numpy prints them, and the
 * rendering's hash, extremes and mean as numpy computes them.
 */
const script = `
import base64, hashlib, json, pickle, random, sys, warnings
import numpy as np
warnings.simplefilter('ignore')
random.seed(7); rng = np.random.default_rng(7)
units = ['Y','M','W','D','h','m','s','ms','us','ns','ps','fs','as']
def some(dt, shape):
    n = int(np.prod(shape)) if shape else 1
    if dt.kind in 'Mm':
        a = rng.integers(-10**random.randint(1, 14), 10**random.randint(1, 14), n).astype('i8')
        a[rng.random(n) < 0.1] = -2**63
        return a.view(dt.newbyteorder('=')).astype(dt).reshape(shape)
    if dt.kind == 'U':
        return np.array([''.join(random.choice("ab'\\"\\n\\u00e9\\u202e\\U0001f600\\0") for _ in range(random.randint(0, dt.itemsize // 4))) for _ in range(n)], dt).reshape(shape)
    raw = rng.bytes(n * dt.itemsize)
    if dt.kind == 'b':
        raw = bytes(b & 1 for b in raw)
    if dt.kind == 'f' and dt.itemsize == 16 or dt.kind == 'c' and random.random() < 0.5 or dt.kind == 'f' and random.random() < 0.6:
        return (rng.standard_normal(n) * 10.0 ** rng.integers(-4, 5, n)).astype(dt).reshape(shape)
    return np.frombuffer(raw, dt).reshape(shape)
def text(x):
    k = x.dtype.kind
    if k in 'SV': return repr(x.tobytes() if k == 'V' else bytes(x))
    if k == 'U': return repr(str(x))
    if k in 'Mmbiu': return str(x)
    if k == 'c': return None
    if x.dtype.itemsize == 16: return repr(float(x))
    return None if not np.isfinite(x) else repr(float(np.format_float_scientific(x, unique=True)))
kinds = ['b1','i1','i2','i4','i8','u1','u2','u4','u8','f2','f4','f8','f16','c8','c16','S3','V5','U4'] + ['M8[%s]' % u for u in units] + ['m8[%s]' % u for u in units] + ['M8[25s]', 'M8[3D]']
out = []
for i in range(800):
    dt = np.dtype(random.choice(kinds))
    if random.random() < 0.3: dt = dt.newbyteorder('>')
    shape = tuple(random.randint(0, 5) for _ in range(random.randint(0, 3)))
    if i % 20 == 0: dt, shape = np.dtype('f8'), (random.randint(1, 5000),)
    a = some(dt, shape)
    if random.random() < 0.4: a = np.asfortranarray(a)
    little = np.ascontiguousarray(a.astype(a.dtype.newbyteorder('<'), copy=False))
    row = {'pickle': base64.b64encode(pickle.dumps(a, i % 6)).decode(), 'dtype': a.dtype.str, 'shape': list(a.shape), 'sha256': hashlib.sha256(little.tobytes()).hexdigest(),
           'texts': [text(x) for x in a.reshape(-1)[:20]]}
    if dt.kind in 'iuf' and dt.itemsize < 16:
        v = a.reshape(-1); v = v[np.isfinite(v)] if dt.kind == 'f' else v
        if v.size:
            m = float(v.astype('f8').mean())
            row['mean'] = repr(m) if np.isfinite(m) else None
            row['min'], row['max'] = float(v.min()), float(v.max())
            with np.errstate(all='ignore'): s = float(v.astype('f8').std())
            row['std'] = s if np.isfinite(s) and s < 1e100 else None
    out.append(row)
json.dump(out, sys.stdout)
`

interface Row {
  pickle: string
  dtype: string
  shape: number[]
  sha256: string
  texts: (string | null)[]
  mean?: string | null
  min?: number
  max?: number
  std?: number | null
}

test('arrays of numpy are read as numpy reads them', () => {
  const rows = JSON.parse(
    execFileSync(python, ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 28 }),
  ) as Row[]
  const wrong: string[] = []
  for (const [i, row] of rows.entries()) {
    const source = new MemorySource(Buffer.from(row.pickle, 'base64'))
    const { root } = readPickle(source)
    const array = asArray(root!, source)!
    const name = `${i} ${row.dtype} ${row.shape.join('×')}`
    const texts = cellsOf(array, 0, 20).map((cell) =>
      cell && cell.kind !== 'node' ? elementText(cell) : '?',
    )
    for (const [at, text] of row.texts.entries()) {
      const isFloat = array.dtype.kind === 'f' && array.dtype.itemsize < 8
      const same = text === null || (isFloat ? Number(text) === Number(texts[at]) : text === texts[at])
      if (!same) wrong.push(`${name} [${at}]: ${texts[at]} ≠ ${text}`)
    }
    const rendered = JSON.parse(jsonText(root!, { source, sha256: nodeSha256 })) as {
      $ndarray: Record<string, unknown>
    }
    const { $ndarray } = rendered
    if ($ndarray.sha256 !== row.sha256) wrong.push(`${name}: hash`)
    const exact = parseExact(jsonText(root!, { source, sha256: nodeSha256 })) as unknown as {
      $ndarray: { mean?: { text: string } }
    }
    // The mean is numpy's to the last digit.
    if (row.mean && exact.$ndarray.mean?.text !== row.mean)
      wrong.push(`${name}: mean ${exact.$ndarray.mean?.text} ≠ ${row.mean}`)
    if (row.min === undefined) continue
    const statistics = statisticsOf(array)!
    if (Number(statistics.min) !== row.min || Number(statistics.max) !== row.max)
      wrong.push(`${name}: extremes`)
    if (row.std && Math.abs(statistics.standardDeviation! - row.std) > 1e-9 * row.std)
      wrong.push(`${name}: deviation`)
  }
  expect(rows).toHaveLength(800)
  expect(wrong).toEqual([])
})
