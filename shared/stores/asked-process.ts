import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { AppError } from '../model/errors.ts'

/**
 * A program of ours in a child process, for a library that must not share the process with the rest: started when it is
 * asked first, asked one thing at a time, and started anew if it died.
 */
export class AskedProcess<Request extends object, Reply> implements AsyncDisposable {
  readonly #program: string
  readonly #what: string
  #child: ChildProcess | undefined

  /** `what` it does, for whoever reads that it cannot be started: `writes LMDB`. */
  constructor(program: string, what: string) {
    this.#program = program
    this.#what = what
  }

  /** Process id of the child, if it runs. */
  get processId(): number | undefined {
    return this.#child?.pid
  }

  /** False: the next request is the first of a new child. */
  get isRunning(): boolean {
    return this.#child?.connected === true
  }

  /** The answer, or why the child ended without one. @throws AppError INTERNAL if it cannot be started */
  ask(request: Request): Promise<{ reply: Reply } | { ended: string }> {
    const child = this.#running()
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        child.off('message', onMessage)
        child.off('exit', onExit)
        child.off('error', onError)
        hold(child, false)
      }
      const onMessage = (reply: Reply): void => {
        settle()
        resolve({ reply })
      }
      const onExit = (code: number | null, signal: string | null): void => {
        settle()
        // A pipe can break before the exit is told: the next request must not go to a dead process.
        if (this.#child === child) this.#child = undefined
        resolve({ ended: signal ?? `exit code ${code}` })
      }
      const onError = (error: Error): void => {
        settle()
        reject(
          new AppError('INTERNAL', `The process that ${this.#what} cannot be started: ${error.message}.`, {
            cause: error,
          }),
        )
      }
      hold(child, true)
      child.on('message', onMessage)
      child.on('exit', onExit)
      child.on('error', onError)
      child.send(request, (error) => {
        if (error) onExit(null, error.message)
      })
    })
  }

  /** Lets the child end by itself, without waiting for it. */
  dismiss(): void {
    if (this.#child?.connected) this.#child.disconnect()
    this.#child = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child
    if (!child) return
    const closed = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.ref()
    if (child.connected) child.disconnect()
    await closed
    this.#child = undefined
  }

  #running(): ChildProcess {
    if (this.#child?.connected) return this.#child
    const child = fork(this.#program, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    this.#child = child
    return child
  }
}

/** An idle child does not keep the program alive; one at work does. */
function hold(child: ChildProcess, isAtWork: boolean): void {
  if (isAtWork) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}

/** Beside the asking file in a checkout; in a build, where the bundler puts it under a name of its own. */
export function programPath(from: string, inCheckout: string, inBuild: string): string {
  const built = fileURLToPath(new URL(`./${inBuild}`, from))
  return existsSync(built) ? built : fileURLToPath(new URL(inCheckout, from))
}
