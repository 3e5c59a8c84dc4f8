import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { copyCache } from './program.ts'
import { expect, test } from './test.ts'

const run = promisify(execFile)
const built = path.join(import.meta.dirname, '../out/main/cli.js')

// Bundles have their workers and helping programs under other names, and names of their own in them.
for (const kind of ['lmdb', 'sqlite']) {
  test(`the built command migrates to ${kind}, and reads what it wrote`, async ({ folder }) => {
    const from = await copyCache('fs-class', folder)
    const target = `${kind}:${path.join(folder, `new.${kind}`)}`
    const env = { ...process.env, HASHCACHE_DATA: path.join(folder, 'built') }
    const migrated = await run(process.execPath, [built, 'migrate', `fs:${from}`, target, '--yes'], { env })
    expect(migrated.stdout).toMatch(/done, ([\d,]+) of \1 entries done/)
    const [, count] = /([\d,]+) of/.exec(migrated.stdout)!
    const { stdout } = await run(process.execPath, [built, 'stats', target], { env })
    expect(stdout).toContain(`${count} entries`)
  })
}
