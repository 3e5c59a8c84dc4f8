import { createHash } from 'node:crypto'

/** Node's SHA-256 in the form that the JSON rendering asks for. */
export function nodeSha256(): { update(bytes: Uint8Array): void; digest(): string } {
  const hash = createHash('sha256')
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') }
}
