import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sample } from '../../shared/api/contract.ts'
import { makeOwnFolder } from '../../shared/catalog/own-folder.ts'

/** `samples/` beside this file; the build copies it beside the bundle. */
const shippedFolder = fileURLToPath(new URL('./samples', import.meta.url))

const samples: readonly { readonly folder: string; readonly label: string }[] = [
  { folder: 'alloys', label: 'Sample: alloys (files)' },
  { folder: 'reports', label: 'Sample: reports (JSON)' },
]

/**
 * The sample caches in the data folder; what is not there yet is copied first, whole or not at all.
 * A copy that is there stays as it is: the user may have changed it. Throws `REFUSED` where nothing can be written.
 */
export async function provideSamples(dataFolder: string): Promise<Sample[]> {
  const home = join(dataFolder, 'samples')
  makeOwnFolder(home)
  const provided: Sample[] = []
  for (const { folder, label } of samples) {
    const target = join(home, folder)
    if (!(await exists(target))) await copyWhole(join(shippedFolder, folder), target, home)
    provided.push({ location: join(target, 'cache'), label })
  }
  return provided
}

async function copyWhole(source: string, target: string, home: string): Promise<void> {
  const beside = await mkdtemp(join(home, '.new-'))
  try {
    await cp(source, join(beside, 'copy'), { recursive: true, preserveTimestamps: true })
    await rename(join(beside, 'copy'), target).catch(async (thrown: unknown) => {
      // Another start of the program was quicker.
      if (!(await exists(target))) throw thrown
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
