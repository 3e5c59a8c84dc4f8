/**
 * `npm start [-- PATH…]`: builds if a source has changed, then opens the inspector on the named caches, or on
 * the sample caches: on the desktop where Electron can be used, else on loopback. The last line of stdout is
 * then the address.
 */
import { parseArgs } from 'node:util'
import { dataFolder } from '../shared/catalog/location.ts'
import { runOpen } from '../src-main/cli/open.ts'
import { toAppError } from '../shared/model/errors.ts'
import { provideSamples } from '../src-main/engine/samples.ts'
import { isStale, markBuilt } from './build-state.ts'

try {
  const { positionals } = parseArgs({ allowPositionals: true, options: {} })
  if (await isStale()) {
    process.stdout.write('Building, as the sources have changed since the last build…\n')
    const { build } = await import('electron-vite')
    await build({ logLevel: 'warn' })
    await markBuilt()
  }
  const stores =
    positionals.length > 0
      ? positionals
      : (await provideSamples(dataFolder())).map(({ location }) => location)
  process.exitCode = await runOpen(stores)
} catch (thrown) {
  process.stderr.write(`${toAppError(thrown).message}\n`)
  process.exitCode = 2
}
