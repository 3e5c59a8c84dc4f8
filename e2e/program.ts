import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHash } from 'node:crypto'

const root = path.resolve(import.meta.dirname, '..')
const corpus = path.join(root, 'shared/testing/corpus')
const startLimitMs = 20_000
/** The built program, as it is installed: `npm run build` makes it, as it makes the pages that are tested. */
export const builtProgram = path.join(root, 'out/main/cli.js')
/** Every test has a data folder of its own, and would compile the program anew; what is kept there is checked elsewhere. */
export const compiledFolder = path.join(root, 'out/e2e-compiled')

/** The real program, serving on a free port, with a data folder of its own. */
export interface Program extends AsyncDisposable {
  /** The printed address, with the token. */
  readonly url: string
  readonly origin: string
  readonly token: string
  readonly pid: number
  /** Ends it as `kill` would; what it served stays in the browser. */
  stop(): Promise<void>
  /** Ends it as `kill -9` would: it can clean up nothing. */
  kill(): Promise<void>
}

/** A folder that goes away with its test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hashcache-e2e-'))
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** A copy of a cache of the corpus; answers its folder. */
export async function copyCache(name: string, into: string): Promise<string> {
  const folder = path.join(into, name, 'cache')
  await cp(path.join(corpus, name, 'cache'), folder, { recursive: true, preserveTimestamps: true })
  return folder
}

export async function startProgram(stores: readonly string[], dataFolder: string): Promise<Program> {
  const command = [builtProgram, 'serve', '--no-open', ...stores]
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, HASHCACHE_DATA: dataFolder, NODE_OPTIONS: '', NODE_COMPILE_CACHE: compiledFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await printedAddress(child)
  const { origin, searchParams } = new URL(url)
  const stop = (): Promise<void> => end(child, 'SIGTERM')
  const kill = (): Promise<void> => end(child, 'SIGKILL')
  return {
    url,
    origin,
    token: searchParams.get('token') ?? '',
    pid: child.pid ?? 0,
    stop,
    kill,
    [Symbol.asyncDispose]: stop,
  }
}

function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (why: string): void => reject(new Error(`hashcache serve ${why}:\n${output}`))
    const timer = setTimeout(() => fail('printed no address in time'), startLimitMs)
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const url = /^http:\/\/127\.0\.0\.1:\d+\/\?token=\S+$/m.exec(output)?.[0]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => fail(`ended with ${code}`))
  })
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

/** Every file below a folder with its bytes and times, to prove that nothing was touched. */
export async function photograph(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  const lines = names.toSorted().map(async (name) => {
    const file = path.join(folder, name)
    const stats = await stat(file)
    const { mode, size, mtimeMs } = stats
    const digest = stats.isDirectory()
      ? ''
      : createHash('sha256')
          .update(await readFile(file))
          .digest('hex')
    return `${name} ${mode} ${size} ${mtimeMs} ${digest}`
  })
  return Promise.all(lines)
}
