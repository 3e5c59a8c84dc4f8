import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

let temporary: string
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'hashcache-own-'))
  vi.stubEnv('TMPDIR', temporary)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(temporary, { recursive: true, force: true })
})

/** A process that has a folder with something in it until it is killed. */
async function holder(): Promise<{ child: ChildProcess; name: string }> {
  const program = `
    import { writeFileSync } from 'node:fs'
    import { temporaryFolder } from ${JSON.stringify(new URL('temporary-folder.ts', import.meta.url).href)}
    const { path } = await temporaryFolder('sqlite')
    writeFileSync(path + '/copy.sqlite', 'half a copy')
    process.stdout.write(path)
    setInterval(() => undefined, 1_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [path] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, name: basename(String(path)) }
}

async function kill({ child }: { child: ChildProcess }): Promise<void> {
  const over = once(child, 'exit')
  child.kill('SIGKILL')
  await over
}

it('what a killed process had goes with the next folder; what a living one has, and all else, stays', async () => {
  const dead = await holder()
  const living = await holder()
  await kill(dead)
  try {
    mkdirSync(join(temporary, 'hashcache-sqlite-abc123'))
    mkdirSync(join(temporary, 'hashcache-sqlite-of-somebody'))
    mkdirSync(join(temporary, 'hashcache-value-new456'))
    writeFileSync(join(temporary, 'hashcache-value-file78'), 'mine')
    const longAgo = Date.now() / 1_000 - 120
    for (const name of readdirSync(temporary))
      if (name !== 'hashcache-value-new456') utimesSync(join(temporary, name), longAgo, longAgo)
    using own = await temporaryFolder('value')
    expect(readdirSync(temporary).toSorted()).toEqual(
      [
        basename(own.path),
        living.name,
        'hashcache-sqlite-of-somebody',
        'hashcache-value-file78',
        'hashcache-value-new456',
      ].toSorted(),
    )
  } finally {
    await kill(living)
  }
})
