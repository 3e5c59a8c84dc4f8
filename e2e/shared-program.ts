import { startProgram, temporaryFolder, type Program } from './program.ts'

/** Makes caches in a folder; answers where they are. */
export type MakeCaches = (folder: string) => Promise<string[]>

interface Shared {
  readonly copies: string[]
  readonly program: Program
}

/** A program for tests that only look: the first of them starts it, and it ends when one with other caches is asked for. */
export class SharedProgram implements AsyncDisposable {
  #name: string | undefined
  #shared: Promise<Shared> | undefined
  #stack = new AsyncDisposableStack()

  /** `name` stands for what `make` makes. */
  async of(name: string, make: MakeCaches): Promise<Shared> {
    if (this.#name !== name || !this.#shared) {
      await this[Symbol.asyncDispose]()
      this.#name = name
      this.#shared = this.#start(make)
    }
    return this.#shared
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stack = this.#stack
    this.#stack = new AsyncDisposableStack()
    this.#shared = undefined
    await stack.disposeAsync()
  }

  async #start(make: MakeCaches): Promise<Shared> {
    const folder = this.#stack.use(await temporaryFolder())
    const copies = await make(folder.path)
    const program = this.#stack.use(await startProgram(copies, `${folder.path}/data`))
    return { copies, program }
  }
}
