/**
 * Builds everything into out/: main (Electron, engine, command line, workers, samples), preload, renderer.
 * `--if-stale` builds only if a source has changed since the last build.
 */
import { build } from 'electron-vite'
import { isStale, markBuilt } from './build-state.ts'

const isConditional = process.argv.includes('--if-stale')
if (!isConditional || (await isStale())) {
  await build({ logLevel: 'warn' })
  await markBuilt()
}
