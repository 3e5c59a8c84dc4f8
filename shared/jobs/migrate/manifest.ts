import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { jsonKey } from '../../model/keys.ts'
import type { JobFile } from '../job-file.ts'

const writtenAtOnce = 64 * 1024

export function manifestFile(folder: string): string {
  return join(folder, 'manifest.ndjson')
}

/**
 * What a migration has written and read back: a line for each entry, `{key, sizeBytes, sha256}` with the digest of the
 * bytes as they stand in the target, and a last line `{entries, bytes, sha256}` with the digest of all lines before it,
 * so that a list that was cut or changed shows it. Written beside and renamed: it is there whole or not at all.
 */
export function writeManifest(file: JobFile): void {
  const place = manifestFile(file.folder)
  const beside = `${place}.tmp`
  const hash = createHash('sha256')
  const total = { entries: 0, bytes: 0 }
  const output = openSync(beside, 'w', 0o600)
  try {
    let lines = ''
    const write = (): void => {
      hash.update(lines)
      writeSync(output, lines)
      lines = ''
    }
    for (const { key, bytes, sha256 } of file.written()) {
      lines += JSON.stringify({ key: jsonKey(key), sizeBytes: bytes, sha256: sha256 ?? undefined }) + '\n'
      total.entries++
      total.bytes += bytes
      if (lines.length >= writtenAtOnce) write()
    }
    write()
    writeSync(output, JSON.stringify({ ...total, sha256: hash.digest('hex') }) + '\n')
    fsyncSync(output)
  } finally {
    closeSync(output)
  }
  renameSync(beside, place)
}
