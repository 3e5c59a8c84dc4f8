/**
 * A program for tests: reads and changes tags beside an index file as a user who may not write there, and prints what
 * came of it as JSON. Root may write everything, so it becomes nobody first; others stay who they are.
 */
import { toAppError } from '../../model/errors.ts'
import { Catalog } from '../catalog.ts'
import { keysOf, relax } from './entries.ts'

const nobody = 65_534

// Loaded while root may still read everything.
using catalog = Catalog.open(':memory:', process.argv[2])
if (process.getuid!() === 0) {
  process.setgid!(nobody)
  process.setuid!(nobody)
}

function answerOf(ask: () => unknown): unknown {
  try {
    return ask()
  } catch (thrown) {
    return toAppError(thrown).code
  }
}

const entries = [relax('a', 'Cu', 1), relax('b', 'Cu', 2)]
catalog.write({ put: entries })
process.stdout.write(
  JSON.stringify({
    untagged: answerOf(() => keysOf(catalog, '-tag:keep')),
    tags: answerOf(() => catalog.tags()),
    changed: answerOf(() => catalog.tag([entries[0]!.key], { add: [], remove: ['keep'] })),
  }),
)
