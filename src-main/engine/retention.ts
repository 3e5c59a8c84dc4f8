import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Policy } from '../../shared/api/jobs.ts'
import { parsePolicy } from '../../shared/jobs/policy.ts'
import { AppError } from '../../shared/model/errors.ts'
import type { Connections } from './connections.ts'

/** What is to be kept of a cache: `retention.json` beside it, else what was kept here for it. */
export interface Retention {
  /** Of rules that stand beside the cache: those are only read. */
  readonly file?: string
  readonly policy?: Policy
}

export class RetentionRules {
  readonly #connections: Connections
  readonly #dataFolder: string

  constructor(connections: Connections, dataFolder: string) {
    this.#connections = connections
    this.#dataFolder = dataFolder
  }

  /** @throws AppError USAGE that names the file and the field that is off */
  async read(id: string): Promise<Retention> {
    const { store } = this.#connections.get(id)
    if (store.path.startsWith('/')) {
      for (const file of [join(store.path, 'retention.json'), join(dirname(store.path), 'retention.json')]) {
        const policy = await readPolicy(file)
        if (policy) return { file, policy }
      }
    }
    const policy = await readPolicy(this.#own(id))
    return policy ? { policy } : {}
  }

  /** Never inside the cache: looking and planning leave it as it is. */
  async keep(id: string, policy: Policy): Promise<Retention> {
    this.#connections.get(id)
    const file = this.#own(id)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(`${file}.tmp`, JSON.stringify(policy, undefined, 2) + '\n', { mode: 0o600 })
    await rename(`${file}.tmp`, file)
    return this.read(id)
  }

  #own(id: string): string {
    return join(this.#dataFolder, 'retention', `${id}.json`)
  }
}

async function readPolicy(file: string): Promise<Policy | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    return parsePolicy(JSON.parse(text), file)
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    const sentence = `${file} is no JSON (${(thrown as Error).message}); mend it or take it away.`
    throw new AppError('USAGE', sentence, { cause: thrown, data: { path: file } })
  }
}
