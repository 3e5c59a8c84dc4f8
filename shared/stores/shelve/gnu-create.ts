import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { Fields, gnuLayouts } from './gnu-layout.ts'
import { writeError, writeFully } from './write-file.ts'

/**
 * Makes an empty gdbm file as gdbm 1.23 does on a 64-bit little-endian machine with 4 KiB blocks. Written beside its place:
 * it is there whole or not at all.
 */
export function createGnu(path: string): void {
  const blockBytes = 4096
  const bytes = new Uint8Array(3 * blockBytes)
  new DataView(bytes.buffer).setUint32(0, 0x13579acf, true)
  const layout = gnuLayouts(bytes)![0]!
  const fields = new Fields(bytes, layout)
  const directoryBits = 9
  const bucketElements = Math.floor((blockBytes - layout.elementsAt) / layout.elementBytes)
  fields.setInt(4, blockBytes)
  fields.setOffset(8, blockBytes)
  fields.setInt(16, blockBytes)
  fields.setInt(20, directoryBits)
  fields.setInt(24, blockBytes)
  fields.setInt(28, bucketElements)
  fields.setOffset(32, bytes.length)
  fields.setInt(
    layout.availAt,
    Math.floor((blockBytes - layout.availAt - layout.availHeadBytes) / layout.availRowBytes),
  )
  for (let slot = 0; slot < 2 ** directoryBits; slot++)
    fields.setOffset(blockBytes + slot * 8, 2 * blockBytes)
  for (let slot = 0; slot < bucketElements; slot++)
    fields.setInt(2 * blockBytes + layout.elementsAt + slot * layout.elementBytes, -1)
  const beside = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    const descriptor = openSync(beside, 'wx', 0o666)
    try {
      writeFully(descriptor, bytes, 0)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    takePlace(beside, path)
  } catch (error) {
    throw writeError(path, error)
  } finally {
    rmSync(beside, { force: true })
  }
}

/** A link takes a place only if it is free: another program may have made the file meanwhile. */
function takePlace(beside: string, path: string): void {
  try {
    linkSync(beside, path)
  } catch (error) {
    // There are disks without hard links.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(beside, path)
  }
}
