import { join } from 'node:path'

import { inflateSmall } from '../inflate/inflate.ts'
import { sniffCompressor, sniffLength } from '../joblib/compressor.ts'
import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { openFileSource } from './file-source.ts'

/** Gives the side files of one folder by name, inflated; `undefined` where there is none. Dispose it: it holds them open. */
export type SideFileOpener = ((name: string) => ByteSource | undefined) & Disposable

/**
 * The side files that joblib before 0.10 wrote beside its pickle. Only plain names of
 * regular files directly in `folder` are opened: the name comes from the pickle, which
 * may be hostile. Links are not followed. A compressed side file (`.npy.z`) too large
 * to be inflated at once counts as missing.
 */
export function sideFileOpener(folder: string): SideFileOpener {
  const opened = new Map<string, ByteSource & Disposable>()
  const open = (name: string): ByteSource | undefined => {
    if (!isPlainName(name)) return undefined
    const known = opened.get(name)
    if (known) return known
    const source = openSideFile(join(folder, name))
    if (source) opened.set(name, source)
    return source
  }
  return Object.assign(open, {
    [Symbol.dispose]() {
      for (const source of opened.values()) source[Symbol.dispose]()
      opened.clear()
    },
  })
}

function openSideFile(path: string): (ByteSource & Disposable) | undefined {
  let file
  try {
    file = openFileSource(path, { follow: false })
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
  const compressor = sniffCompressor(file.read(0, sniffLength))
  if (!compressor) return file
  using compressed = file
  return inflateSmall(compressed, compressor)
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\:]/.test(name) && !name.includes('\0')
}
