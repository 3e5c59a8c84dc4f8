// Starts a TypeScript program of this checkout, or says in one sentence why it cannot.
// Plain JavaScript without modern syntax, so that an older Node gets as far as the sentence.
import { pathToFileURL } from 'node:url'
import path from 'node:path'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    'Node 24 is needed and this is Node ' +
      process.versions.node +
      ': run `npm ci` with install scripts allowed (the package `node` brings Node 24 for every npm script), then use `npm run`.\n',
  )
  process.exit(2)
}

const [program, ...rest] = process.argv.slice(2)
const file = path.resolve(program)
process.argv = [process.argv[0], file, ...rest]
await import(pathToFileURL(file).href)
