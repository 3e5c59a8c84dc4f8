import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SafeStorage } from 'electron'
import { makeOwnFolder } from '../../shared/catalog/own-folder.ts'
import { hasHiddenSecrets, withoutSecrets } from '../../shared/model/secrets.ts'

/** The part of Electron's `safeStorage` that is used. */
export type KeyStore = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'> &
  Partial<Pick<SafeStorage, 'getSelectedStorageBackend'>>

export interface KeptSecretsOptions {
  /** Written whole, readable by its owner; what is in it only the system's key store can open. */
  readonly file: string
  /** Asked late: on Linux it knows its backend only when the app is ready. */
  readonly keyStore: () => KeyStore
  /** The engine. */
  readonly next: (request: Request) => Promise<Response>
}

const keptLimit = 100

/**
 * Stands between the interface and the engine and keeps the passwords of servers: what was opened with one is
 * opened without it the next time. The engine knows nothing of it, and the interface never gets a password back.
 * Without a key store of the system (or with Linux' `basic_text`, which is none) nothing is kept.
 */
export class KeptSecrets {
  readonly #options: KeptSecretsOptions
  #loaded: Promise<Map<string, string>> | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: KeptSecretsOptions) {
    this.#options = options
  }

  /** Hands a request to the engine; the password that belongs to its location is put in, or kept for the next time. */
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (request.method === 'DELETE' && pathname === '/api/recents') {
      await this.#forget(searchParams.get('location') ?? '')
      return this.#options.next(request)
    }
    const takesLocation = ['/api/stores', '/api/test', '/api/databases'].includes(pathname)
    if (request.method !== 'POST' || !takesLocation) return this.#options.next(request)
    const body = await bodyOf(request)
    if (!body) return this.#options.next(request)
    const whole = await this.#whole(body.location)
    const response = await this.#options.next(withBody(request, { ...body, location: whole }))
    if (pathname === '/api/stores' && response.ok) await this.#keep(whole, await locationOf(response))
    return response
  }

  /** The location with its password, where one is kept for it. */
  async #whole(location: string): Promise<string> {
    if (withoutSecrets(location) !== location && !hasHiddenSecrets(location)) return location
    const kept = (await this.#load()).get(location)
    if (kept === undefined || !this.#isSafe()) return location
    try {
      return this.#options.keyStore().decryptString(Buffer.from(kept, 'base64'))
    } catch {
      // Another user's key, or a new one: the password is asked for again.
      return location
    }
  }

  /** By both its names: as it was typed, and as the address bar has it. */
  async #keep(whole: string, canonical: string | undefined): Promise<void> {
    if (withoutSecrets(whole) === whole || hasHiddenSecrets(whole) || !this.#isSafe()) return
    const encrypted = this.#options.keyStore().encryptString(whole).toString('base64')
    const kept = await this.#load()
    for (const name of new Set([withoutSecrets(whole), canonical ?? withoutSecrets(whole)])) {
      kept.delete(name)
      kept.set(name, encrypted)
    }
    for (const name of kept.keys()) if (kept.size > keptLimit) kept.delete(name)
    await this.#save(kept)
  }

  async #forget(location: string): Promise<void> {
    const kept = await this.#load()
    const encrypted = kept.get(location)
    if (encrypted === undefined) return
    for (const [name, value] of kept) if (value === encrypted) kept.delete(name)
    await this.#save(kept)
  }

  #isSafe(): boolean {
    const store = this.#options.keyStore()
    return store.isEncryptionAvailable() && store.getSelectedStorageBackend?.() !== 'basic_text'
  }

  #load(): Promise<Map<string, string>> {
    this.#loaded ??= readKept(this.#options.file)
    return this.#loaded
  }

  /** A folder that cannot be written costs the memory of the password, not the opening. */
  #save(kept: ReadonlyMap<string, string>): Promise<void> {
    const text = JSON.stringify({ version: 1, secrets: Object.fromEntries(kept) }) + '\n'
    this.#writing = this.#writing.then(() => writeWhole(this.#options.file, text)).catch(() => undefined)
    return this.#writing
  }
}

async function bodyOf(request: Request): Promise<{ location: string } | undefined> {
  try {
    const body: unknown = await request.clone().json()
    if (typeof body !== 'object' || body === null || !('location' in body)) return undefined
    return typeof body.location === 'string' ? { ...body, location: body.location } : undefined
  } catch {
    return undefined
  }
}

function withBody(request: Request, body: object): Request {
  const { url, method, headers, signal } = request
  return new Request(url, { method, headers, signal, body: JSON.stringify(body) })
}

async function locationOf(response: Response): Promise<string | undefined> {
  const { location } = (await response.clone().json()) as { location?: unknown }
  return typeof location === 'string' ? location : undefined
}

async function readKept(file: string): Promise<Map<string, string>> {
  try {
    const { secrets } = JSON.parse(await readFile(file, 'utf8')) as { secrets: Record<string, unknown> }
    return new Map(
      Object.entries(secrets).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return new Map()
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  makeOwnFolder(dirname(file))
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`
  await writeFile(beside, text, { mode: 0o600, flag: 'wx' })
  await rename(beside, file)
}
