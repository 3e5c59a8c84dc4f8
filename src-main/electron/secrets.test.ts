import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withoutSecrets } from '../../shared/model/secrets.ts'
import { KeptSecrets } from './secrets.ts'
import type { KeyStore } from './secrets.ts'

let folder: string
let file: string
let asked: { path: string; location: string }[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-secrets-'))
  file = join(folder, 'data', 'secrets.json')
  asked = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Stands in for the system's key store: what it encrypts is another text, and only it can turn it back. */
function keyStore(options: { available?: boolean; backend?: string } = {}): KeyStore {
  const turn = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a))
  return {
    isEncryptionAvailable: () => options.available ?? true,
    encryptString: (text) => turn(Buffer.from(text)),
    decryptString: (bytes) => turn(bytes).toString(),
    ...(options.backend && { getSelectedStorageBackend: () => options.backend as 'basic_text' }),
  }
}

/** The engine's part: takes the right password only, and never says one. */
async function engine(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname
  if (request.method === 'DELETE') return Response.json({})
  const { location } = (await request.json()) as { location: string }
  asked.push({ path, location })
  if (location.startsWith('redis:') && !location.includes(':geheim@'))
    return Response.json({ code: 'REFUSED', data: { needs: 'password' } }, { status: 403 })
  return Response.json({ location: location.startsWith('redis:') ? 'redis://h:1/0' : `fs:${location}` })
}

const start = (store = keyStore()): KeptSecrets =>
  new KeptSecrets({ file, keyStore: () => store, next: engine })

async function post(secrets: KeptSecrets, location: string, path = 'stores'): Promise<number> {
  const body = JSON.stringify({ location, kind: 'redis' })
  const response = await secrets.fetch(new Request(`hashcache://app/api/${path}`, { method: 'POST', body }))
  expect(await response.text()).not.toContain('geheim')
  return response.status
}

const url = 'redis://ana:geheim@h:1'
const kept = withoutSecrets(url)

it('opens with the password that was right before, by either name, also after a restart', async () => {
  expect(await post(start(), url)).toBe(200)
  expect(readFileSync(file, 'latin1')).not.toMatch(/geheim/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = start()
  for (const location of [kept, 'redis://h:1/0']) expect(await post(again, location)).toBe(200)
  expect(await post(again, kept, 'test')).toBe(200)
  expect(asked.map(({ location }) => location)).toEqual([url, url, url, url])
})

it('keeps no password that was wrong, only tried, or of no use', async () => {
  const secrets = start()
  expect(await post(secrets, 'redis://ana:falsch@h:1')).toBe(403)
  expect(await post(secrets, url, 'test')).toBe(200)
  expect(await post(secrets, kept)).toBe(403)
  expect(await post(secrets, '/data/cache')).toBe(200)
  expect(() => readFileSync(file)).toThrow(/ENOENT/)
})

it('prefers a password that is given, and keeps it from then on', async () => {
  const secrets = start()
  await post(secrets, url)
  expect(await post(secrets, 'redis://ana:falsch@h:1')).toBe(403)
  expect(await post(secrets, kept)).toBe(200)
})

it('forgets with the recent location', async () => {
  const secrets = start()
  await post(secrets, url)
  const address = `hashcache://app/api/recents?location=${encodeURIComponent(kept)}`
  await secrets.fetch(new Request(address, { method: 'DELETE' }))
  for (const location of [kept, 'redis://h:1/0']) expect(await post(secrets, location)).toBe(403)
  expect(await post(start(), kept)).toBe(403)
})

it.each([
  ['no key store', keyStore({ available: false })],
  ['a key store that hides nothing', keyStore({ backend: 'basic_text' })],
])('keeps nothing with %s', async (_name, store) => {
  const secrets = start(store)
  expect(await post(secrets, url)).toBe(200)
  expect(() => readFileSync(file)).toThrow(/ENOENT/)
  expect(await post(secrets, kept)).toBe(403)
})

it('lets a damaged file, and what is no request of its own, be', async () => {
  await post(start(), url)
  for (const text of ['', '{', 'null', '{"secrets":{"x":3}}']) {
    writeFileSync(file, text)
    expect(await post(start(), kept)).toBe(403)
  }
  const odd = (body: string): Promise<Response> =>
    new KeptSecrets({ file, keyStore, next: async (request) => new Response(await request.text()) }).fetch(
      new Request('hashcache://app/api/stores', { method: 'POST', body }),
    )
  for (const body of ['{', '[]', '{"location":3}', 'null']) expect(await (await odd(body)).text()).toBe(body)
})
