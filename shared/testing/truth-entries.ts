import { Float, Tuple } from '../hashcache/from-js.ts'
import { NDArray } from '../hashcache/ndarray.ts'

type Fields = Record<string, unknown>

const at = (day: string): Float => new Float(Date.parse(`${day}T12:00:00Z`) / 1000)

function call(
  [func, module, user, host, cwd, version]: readonly (string | undefined)[],
  [day, elapsed]: readonly [day: string, elapsed: number],
  args: Fields,
  output: unknown,
  more: Fields = {},
): Fields {
  const names = { func, module, user, hostname: host, cwd, version }
  return {
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined)),
    'standardized-kwargs': args,
    'run-at': at(day),
    elapsed_time: new Float(elapsed),
    output,
    ...more,
  }
}

const ana = (func: string, host: string) => [func, 'alloys.bulk', 'ana', host, '/home/ana/project', '0.1.0']
const bo = (func: string, host: string) => [func, 'alloys.bulk', 'bo', host, '/data/bo/', '0.2.0']
const fit = ['eos_fit', 'alloys.eos', 'müller', 'größe', '/home/müller', '0.10.0']
const result = (energy: number, steps: number, converged: boolean, more: Fields = {}): Fields => ({
  energy: new Float(energy),
  info: { steps, converged },
  ...more,
})
const params = (mixing: number, method: string): Fields => ({ mixing: new Float(mixing), method })

/** The entries of the truth table by the digit that their key is made of; `undefined`: noise, which nothing can be read of. */
export const truthEntries: Readonly<Record<string, unknown>> = {
  '0': call(
    ana('relax', 'node01'),
    ['2025-01-10', 12.5],
    { element: 'Cu', cutoff: 400, params: params(0.3, 'fast') },
    result(-3.5, 12, true, { 'free energy': new Float(-3.25) }),
    { hash: '0'.repeat(40) },
  ),
  '1': call(
    ana('relax', 'node02'),
    ['2025-02-10', 30],
    { element: 'Cu', cutoff: 500, params: params(0.7, 'slow') },
    result(-3, 40, false),
  ),
  '2': call(
    bo('relax', 'node01'),
    ['2025-03-10', 60],
    { element: 'Ag', cutoff: 400, params: params(0.3, 'fast') },
    result(-2.5, 9, true),
  ),
  // The call of 0, once more.
  '3': call(
    bo('relax', 'node02'),
    ['2025-06-10', 15],
    { element: 'Cu', cutoff: 400, params: params(0.3, 'fast') },
    result(-3.5, 11, true),
  ),
  '4': call(fit, ['2025-06-20', 0.5], { volumes: new Float64Array(7), order: 3 }, new Float64Array(7)),
  '5': call(
    fit,
    ['2025-06-21', 3600],
    { volumes: new Float64Array(7), order: 4 },
    new NDArray(new Float32Array(12), [3, 4]),
  ),
  '6': call(
    ['image', 'tools.draw', 'ana', 'node01', '/tmp', '0.1.0rc1'],
    ['2024-12-24', 7200],
    { size: 4, mode: 'RGB', kpoints: Tuple.of(8, 8, 8) },
    new NDArray(new Uint8Array(48), [4, 4, 3]),
  ),
  '7': call(
    ['label', 'tools.text', "o'hara", 'node03', '/tmp', '0.1.0'],
    ['2025-05-05', 0],
    { text: 'free text with a needle', n: null },
    'converged',
  ),
  '8': call(['energy', 'm', 'ana'], ['2025-04-01', 1], { x: 1 }, new Float(2.5)),
  '9': call(['energy', 'm', 'ana'], ['2025-04-02', 2], { x: 2 }, new Float(2.5)),
  a: call(['energy', 'm', 'ANA'], ['2025-04-03', 3], { x: '2' }, null),
  b: call(
    ['report', 'tools.text', 'bo', 'node01', String.raw`C:\Users\bo`],
    ['2025-05-01', 100],
    { options: { note: 'x'.repeat(100) + ' hidden note', level: 3 } },
    'step 1 ok; '.repeat(30) + 'ERROR 17: needle lost',
  ),
  c: {
    func: 'dump',
    kwargs: { x: [1, 2], note: 'kept' },
    user: 'ana',
    version: '0.1.0',
    'saved-at': at('2025-05-20'),
  },
  d: { a: 1, b: 'text' },
  e: undefined,
  // Its record says that it was stored under the key of 0.
  f: call(['move', 'm', 'ana'], ['2025-01-01', 5], { x: 9, flag: true }, true, { hash: '0'.repeat(40) }),
}
