import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineProcess } from './engine-process.ts'
import type { EngineState } from './engine-process.ts'

const socketServer = fileURLToPath(new URL('../engine/socket-server.ts', import.meta.url))

let folder: string
let engine: EngineProcess

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hashcache-shell-'))
})
afterEach(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

function supervise(program = socketServer, restartDelaysMs: number[] = [1, 1]): EngineProcess {
  engine = new EngineProcess(
    { nodeBinary: process.execPath, program, dataFolder: join(folder, 'data'), version: '1.2.3' },
    { restartDelaysMs },
  )
  return engine
}

function reaches(kind: EngineState['kind']): Promise<EngineState> {
  if (engine.state.kind === kind) return Promise.resolve(engine.state)
  return new Promise((resolve) => {
    const unlisten = engine.onState((state) => {
      if (state.kind !== kind) return
      unlisten()
      resolve(state)
    })
  })
}

const get = (path: string): Promise<Response> => engine.fetch(new Request(`hashcache://app${path}`))

describe('a supervised engine', () => {
  it('answers over its private socket; requests made while it starts wait for it', async () => {
    supervise().start()
    const response = await get('/api/app')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ host: 'desktop', version: '1.2.3', nativeOpenDialog: true })
    expect((await get('/api/nothing')).status).toBe(404)
  })

  it('passes bodies on, and errors as they are', async () => {
    supervise().start()
    const body = JSON.stringify({ location: join(folder, 'no-such-cache') })
    const request = new Request('hashcache://app/api/stores', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const response = await engine.fetch(request)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('streams events and ends them when the page leaves', async () => {
    supervise().start()
    const leaving = new AbortController()
    const response = await engine.fetch(new Request('hashcache://app/api/events', { signal: leaving.signal }))
    const reader = response.body!.getReader()
    const { value } = await reader.read()
    expect(new TextDecoder().decode(value)).toMatch(/^data: {"type":"hello"/)
    leaving.abort()
    await expect(reader.read()).rejects.toThrow(/abort/i)
    expect((await get('/api/app')).status).toBe(200)
  })

  it('starts again after a crash, and says so to whoever asked meanwhile', async () => {
    supervise().start()
    await get('/api/app')
    const states: string[] = []
    engine.onState((state) => states.push(state.kind))
    process.kill(engine.processId!, 'SIGKILL')
    await reaches('waiting')
    expect((await get('/api/app')).status).toBe(200)
    expect(states).toEqual(['waiting', 'starting', 'running'])
  })

  it('gives up after crashes in a row, with the last words as the reason, and tries again when told to', async () => {
    const program = join(folder, 'broken.mjs')
    await writeFile(program, 'console.error("no such native module"); process.exit(3)')
    supervise(program).start()
    const state = await reaches('failed')
    expect(state).toEqual({ kind: 'failed', reason: 'the engine ended (exit code 3): no such native module' })
    const response = await get('/api/app')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('no such native module'),
    })
    engine.restart()
    expect(engine.state.kind).toBe('starting')
    await reaches('failed')
  })

  it('says what is wrong where the binary is missing', async () => {
    engine = new EngineProcess(
      { nodeBinary: join(folder, 'no-node'), program: socketServer, dataFolder: folder, version: '0' },
      { restartDelaysMs: [] },
    )
    engine.start()
    expect(await reaches('failed')).toMatchObject({ reason: expect.stringContaining('ENOENT') })
  })

  it('leaves no process behind when it stops', async () => {
    supervise().start()
    await get('/api/app')
    const { processId } = engine
    await engine.stop()
    expect(() => process.kill(processId!, 0)).toThrow('ESRCH')
  })
})

/** Another user of the machine looks for the socket; another program of the same user guesses at a Windows pipe. */
describe.skipIf(process.platform === 'win32')('attack: the socket without the secret', () => {
  it('stands in a folder that only the user may enter', async () => {
    const sockets = async (): Promise<string[]> => {
      const names = (await readdir(tmpdir())).filter((name) => name.startsWith('hashcache-socket-'))
      return names.filter((name) => existsSync(join(tmpdir(), name, 'engine')))
    }
    const before = new Set(await sockets())
    supervise().start()
    await get('/api/app')
    const made = (await sockets()).filter((name) => !before.has(name))
    expect(made.length).toBeGreaterThan(0)
    for (const name of made) expect((await stat(join(tmpdir(), name))).mode & 0o777).toBe(0o700)
  })

  it('answers nobody without it', async () => {
    const socketPath = join(folder, 'engine')
    const secret = 'S'.repeat(32)
    const child = spawn(process.execPath, [socketServer], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.write(JSON.stringify({ socketPath, secret, dataFolder: folder, version: '0' }) + '\n')
    await once(child.stdout, 'data')
    const ask = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        httpRequest({ socketPath, path: '/api/app', headers }, (incoming) => {
          incoming.resume()
          resolve(incoming.statusCode ?? 0)
        })
          .on('error', reject)
          .end()
      })
    expect(await ask({})).toBe(403)
    expect(await ask({ 'x-hashcache-secret': '' })).toBe(403)
    expect(await ask({ 'x-hashcache-secret': 'T'.repeat(32) })).toBe(403)
    expect(await ask({ 'x-hashcache-secret': secret })).toBe(200)
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
