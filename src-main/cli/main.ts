#!/usr/bin/env node
// Nothing is imported before the check: an older Node could not read it, and would say so in a stack trace.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `Node 24 is needed and this is Node ${process.versions.node}; install Node 24, or use "npm run" in a checkout, which brings its own.\n`,
  )
  process.exit(2)
}
// Before the program, so that it is compiled no more than once.
const { keepCompiledCode } = await import('../engine/compiled-code.ts')
const { dataFolder } = await import('../../shared/catalog/location.ts')
keepCompiledCode(dataFolder())
const { runProgram } = await import('./program.ts')
await runProgram(process.argv)
