import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const markFile = path.join(root, 'out', 'built-from')

/** What the build is made of; the tests and their corpus are not. */
const sources = ['shared', 'src-main', 'src-renderer', 'electron.vite.config.ts', 'package-lock.json']

/** Whether out/ is missing or was made from other sources than those that stand here now. */
export async function isStale(): Promise<boolean> {
  const built = await readFile(markFile, 'utf8').catch(() => undefined)
  return built === undefined || built !== (await sourceDigest())
}

/** Notes what out/ was made from. */
export async function markBuilt(): Promise<void> {
  await mkdir(path.dirname(markFile), { recursive: true })
  await writeFile(markFile, await sourceDigest())
}

/** A hash of the names and contents of all sources: times change with every checkout, contents do not. */
async function sourceDigest(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of await filesOf(path.join(root, source))) {
      hash.update(path.relative(root, file)).update('\0')
      hash.update(
        createHash('sha256')
          .update(await readFile(file))
          .digest(),
      )
    }
  }
  return hash.digest('hex')
}

async function filesOf(place: string): Promise<string[]> {
  if (!(await stat(place)).isDirectory()) return [place]
  const entries = await readdir(place, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(path.join(root, 'shared', 'testing')))
    .toSorted()
}
