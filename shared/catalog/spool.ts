import { closeSync, openSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFileSource } from '../decode/file-source.ts'
import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { temporaryFolder, type TemporaryFolder } from '../stores/temporary-folder.ts'

/** Bytes of a value in a file of our own, which goes away with it. */
export type Spooled = ByteSource & Disposable

/** What is asked of a store at once. */
const pieceBytes = 8 * 1024 * 1024

/**
 * Puts bytes that are handed out by ranges into a file below the system's folder for temporary files, piece by piece.
 * Where the system allows it the file has no name any more once it is open, so that not even a crash leaves it behind.
 * Throws `REFUSED` where there is no room.
 */
export async function spool(
  length: number,
  bytes: (from: number, to: number) => Promise<Uint8Array>,
): Promise<Spooled> {
  let folder: TemporaryFolder | undefined
  try {
    folder = await temporaryFolder('value')
    const path = join(folder.path, 'value')
    const file = openSync(path, 'wx', 0o600)
    try {
      for (let at = 0; at < length; at += pieceBytes) {
        const piece = await bytes(at, Math.min(length, at + pieceBytes))
        writeAll(file, piece)
      }
    } finally {
      closeSync(file)
    }
    const source = openFileSource(path)
    folder.forget()
    return {
      byteLength: source.byteLength,
      read: (offset, count) => source.read(offset, count),
      [Symbol.dispose]: () => {
        source[Symbol.dispose]()
        folder?.[Symbol.dispose]()
      },
    }
  } catch (cause) {
    folder?.[Symbol.dispose]()
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'REFUSED',
      `A value of ${length} bytes cannot be put into ${tmpdir()} for reading (${reason}); make room there, or set TMPDIR to another folder.`,
      { cause },
    )
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}
