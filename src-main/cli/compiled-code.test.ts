import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { compiledCodeFolder } from '../engine/compiled-code.ts'
import { hashcacheIn } from './testing/run.ts'

const sample = fileURLToPath(new URL('../engine/samples/alloys/cache', import.meta.url))

describe('compiled code', () => {
  let parent: string
  let data: string
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'hashcache-compiled-'))
    data = join(parent, 'data')
    // The tests have one for all programs that they start.
    vi.stubEnv('NODE_COMPILE_CACHE', undefined)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(parent, { recursive: true })
  })

  it('is kept in the data folder, once there is one, and answers the same', async () => {
    await hashcacheIn(data, '--help')
    expect(existsSync(data)).toBe(false)
    const first = await hashcacheIn(data, 'ls', sample)
    expect(readdirSync(data)).toEqual(['index'])
    const second = await hashcacheIn(data, 'ls', sample)
    const folder = join(data, 'compiled')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder, { recursive: true }).length).toBeGreaterThan(50)
    expect([second, await hashcacheIn(data, 'ls', sample)]).toEqual([first, first])
  })

  it('is not kept in a folder that others may write to, nor through a link, nor in a file', () => {
    mkdirSync(data, { mode: 0o700 })
    expect(compiledCodeFolder(data, {})).toBe(join(data, 'compiled'))
    chmodSync(join(data, 'compiled'), 0o777)
    expect(compiledCodeFolder(data, {})).toBeUndefined()
    rmSync(join(data, 'compiled'), { recursive: true })
    chmodSync(data, 0o770)
    expect(compiledCodeFolder(data, {})).toBeUndefined()
    writeFileSync(join(parent, 'file'), '')
    expect(compiledCodeFolder(join(parent, 'file'), {})).toBeUndefined()
  })

  it('is left to whoever says where, or that there be none', () => {
    mkdirSync(data, { mode: 0o700 })
    for (const name of ['NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE'])
      expect(compiledCodeFolder(data, { [name]: '1' })).toBeUndefined()
    expect(existsSync(join(data, 'compiled'))).toBe(false)
  })

  it('is done without where its folder cannot be had', async () => {
    mkdirSync(data, { mode: 0o700 })
    writeFileSync(join(data, 'compiled'), 'not a folder')
    const { code, stderr } = await hashcacheIn(data, 'ls', sample)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(statSync(join(data, 'compiled')).isFile()).toBe(true)
  })

  it.skipIf(process.getuid === undefined || process.getuid() === 0)(
    'is done without in a data folder that is read-only',
    async () => {
      mkdirSync(data, { mode: 0o500 })
      const { code, stderr } = await hashcacheIn(data, 'ls', sample)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    },
  )
})
