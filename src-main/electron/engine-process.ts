import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compiledCodeFolder } from '../engine/compiled-code.ts'
import { socketFetch } from './socket-fetch.ts'
import type { EngineAddress } from './socket-fetch.ts'

export interface EngineCommand {
  /** The Node that runs the engine: the shipped one, or in a checkout that of the `node` package. */
  readonly nodeBinary: string
  /** `socket-server.ts`, or its bundle. */
  readonly program: string
  readonly dataFolder: string
  readonly version: string
}

export type EngineState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** Died; the next start is on its way. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** Died too often in a row; `restart` tries again. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' }

export interface SupervisorTimes {
  /** Wait before the first, second, … restart in a row. Its length is the number of attempts before `failed`. */
  readonly restartDelaysMs: readonly number[]
  /** A run of this length makes the next crash the first one again. */
  readonly healthyMs: number
  /** How long a request waits for an engine that is starting. */
  readonly patienceMs: number
  readonly stopGraceMs: number
}

const defaultTimes: SupervisorTimes = {
  restartDelaysMs: [100, 250, 500, 1_000, 2_000],
  healthyMs: 30_000,
  patienceMs: 10_000,
  stopGraceMs: 2_000,
}

const errorTailLength = 2_000

/**
 * Keeps one engine running as a child process behind a private socket: a file in a folder of mode
 * 0700 (Windows: a pipe with a random name), and a secret that each start makes anew and hands over
 * on the child's standard input. No TCP port exists. When the parent dies, the child's input ends and so does the child.
 */
export class EngineProcess {
  readonly #command: EngineCommand
  readonly #times: SupervisorTimes
  readonly #listeners = new Set<(state: EngineState) => void>()
  #state: EngineState = { kind: 'stopped' }
  #child: ChildProcess | undefined
  #address: EngineAddress | undefined
  #crashes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(command: EngineCommand, times: Partial<SupervisorTimes> = {}) {
    this.#command = command
    this.#times = { ...defaultTimes, ...times }
  }

  get state(): EngineState {
    return this.#state
  }

  /** Process id of the running engine. */
  get processId(): number | undefined {
    return this.#child?.pid
  }

  onState(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    if (this.#state.kind === 'starting' || this.#state.kind === 'running') return
    clearTimeout(this.#timer)
    this.#launch()
  }

  /** Starts again after `failed`, with a fresh count. */
  restart(): void {
    this.#crashes = 0
    this.start()
  }

  /** Asks the engine to end and waits for it; after a grace it is killed. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    const child = this.#child
    this.#set({ kind: 'stopped' })
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.stdin?.end()
    const killer = setTimeout(() => child.kill('SIGKILL'), this.#times.stopGraceMs)
    await gone
    clearTimeout(killer)
  }

  /** Hands a request to the engine, waiting for it while it starts. An engine that is not there is a 503 answer with the reason. */
  async fetch(request: Request): Promise<Response> {
    await this.#settled(request.signal)
    if (this.#state.kind !== 'running' || !this.#address) return unavailable(this.#state)
    try {
      return await socketFetch(this.#address, request)
    } catch (thrown) {
      request.signal.throwIfAborted()
      return unavailable({
        kind: 'waiting',
        reason: thrown instanceof Error ? thrown.message : String(thrown),
      })
    }
  }

  #launch(): void {
    const place = createSocketPlace()
    const address: EngineAddress = {
      socketPath: place.socketPath,
      secret: randomBytes(24).toString('base64url'),
    }
    const child = spawn(this.#command.nodeBinary, [this.#command.program], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        NODE_COMPILE_CACHE: compiledCodeFolder(this.#command.dataFolder),
        ...process.env,
        ELECTRON_RUN_AS_NODE: undefined,
        NODE_OPTIONS: undefined,
      },
      windowsHide: true,
    })
    this.#child = child
    this.#address = address
    this.#set({ kind: 'starting' })
    const startedMs = Date.now()
    let errorTail = ''
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (errorTail = (errorTail + text).slice(-errorTailLength)))
    // The engine says one line when it listens.
    child.stdout.once('data', () => {
      if (this.#child === child && this.#state.kind === 'starting') this.#set({ kind: 'running' })
    })
    // A write to a child that died at once fails; its exit tells the reason.
    child.stdin.on('error', () => undefined)
    const { dataFolder, version } = this.#command
    child.stdin.write(JSON.stringify({ ...address, dataFolder, version }) + '\n')
    let isOver = false
    const over = (how: string): void => {
      if (isOver) return
      isOver = true
      place.remove()
      if (this.#child !== child || this.#state.kind === 'stopped') return
      if (Date.now() - startedMs > this.#times.healthyMs) this.#crashes = 0
      this.#afterCrash(`${how}${errorTail === '' ? '' : `: ${errorTail.trim()}`}`)
    }
    child.once('error', (error) => over(`the engine could not be started (${error.message})`))
    child.once('exit', (code, signal) => over(`the engine ended (${signal ?? `exit code ${code}`})`))
  }

  #afterCrash(reason: string): void {
    const delay = this.#times.restartDelaysMs[this.#crashes]
    this.#crashes += 1
    if (delay === undefined) {
      this.#set({ kind: 'failed', reason })
      return
    }
    this.#set({ kind: 'waiting', reason })
    this.#timer = setTimeout(() => this.#launch(), delay)
  }

  async #settled(signal: AbortSignal): Promise<void> {
    if (this.#state.kind !== 'starting' && this.#state.kind !== 'waiting') return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(patience)
        unlisten()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const patience = setTimeout(done, this.#times.patienceMs)
      const unlisten = this.onState((state) => {
        if (state.kind !== 'starting' && state.kind !== 'waiting') done()
      })
      signal.addEventListener('abort', done)
    })
  }

  #set(state: EngineState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}

interface SocketPlace {
  readonly socketPath: string
  remove(): void
}

function createSocketPlace(): SocketPlace {
  if (process.platform === 'win32') {
    return {
      socketPath: `\\\\.\\pipe\\hashcache-${randomBytes(16).toString('hex')}`,
      remove: () => undefined,
    }
  }
  // mkdtemp makes the folder with mode 0700.
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-socket-'))
  return {
    socketPath: join(folder, 'engine'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function unavailable(state: EngineState): Response {
  const reason = 'reason' in state ? state.reason : `it is ${state.kind}`
  return Response.json(
    {
      code: 'INTERNAL',
      message: `The engine is not there: ${reason}. It is started again by itself; try once more.`,
      data: {},
    },
    { status: 503 },
  )
}
