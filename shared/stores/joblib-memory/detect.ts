import { realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

import { openFileSource } from '../../decode/file-source.ts'
import { sniffCompressor, sniffLength } from '../../joblib/compressor.ts'
import { AppError } from '../../model/errors.ts'
import type { Detection } from '../contract.ts'
import { statusOf } from '../paths.ts'
import { codeHead, codeName, metadataName, outputName, ownFiles } from './layout.ts'
import { itemsOrNone, walkFolders } from './scan.ts'

/** Folders looked into before a folder counts as none of joblib's: whoever searches a disk asks this of each one. */
const mostFolders = 40
const mostFunctions = 6
const callsPerFunction = 3

/** `Memory("x")` writes into `x/joblib`, `Memory(Path("x"))` into `x` (joblib#1684). */
const usualName = 'joblib'

interface Sample {
  /** Path of the first function found. */
  readonly firstFunction: string | undefined
  readonly functions: number
  /** Folders of functions with a `func_code.py` that begins as joblib's do. */
  readonly codes: number
  /** Calls with an `output.pkl`. */
  readonly outputs: number
  readonly pickles: number
  readonly metadata: number
}

/**
 * The folder that joblib calls its location, of a folder that is it or holds it: the folder `joblib` on the way to
 * all functions found, if there is one, else the folder itself. Links are resolved.
 */
export function findRoot(path: string): string {
  const root = realpathSync(path)
  if (basename(root) === usualName) return root
  const parts = sampleFolders(root).firstFunction?.split('/') ?? [usualName]
  const inner = parts.slice(0, parts.indexOf(usualName) + 1).join('/')
  if (inner === '' || statusOf(join(root, inner))?.isDirectory() !== true) return root
  const outside = sampleFolders(root, inner)
  return outside.functions === 0 ? join(root, inner) : root
}

/**
 * Says whether a folder is a cache of joblib.Memory: by pickles called `output.pkl` in folders that are hashes, with
 * joblib's `metadata.json` beside them or `func_code.py` above.
 *
 * @throws AppError `REFUSED` if the folder may not be read
 */
export function detectMemory(path: string): Detection | undefined {
  const root = rootOrNone(path)
  if (root === undefined) return undefined
  const sample = sampleFolders(root)
  // The folder of a project has files beside its caches, that of a cache has none.
  const certainty = Math.min(rate(sample), hasOtherFiles(root) ? 0.4 : 1)
  return certainty === 0 ? undefined : { kind: 'joblib', path: root, certainty, reason: describe(sample) }
}

function hasOtherFiles(root: string): boolean {
  return itemsOrNone(root).some(
    ({ name, entry }) => entry.isFile() && name !== codeName && !ownFiles.has(name ?? ''),
  )
}

function rootOrNone(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? findRoot(path) : undefined
  } catch (error) {
    if (error instanceof AppError) throw error
    return undefined
  }
}

function rate({ codes, outputs, pickles, metadata }: Sample): number {
  if (outputs === 0) return codes > 0 ? 0.5 : 0
  const share = pickles / outputs
  if (share < 0.5) return 0
  return (codes > 0 ? 0.9 : metadata > 0 ? 0.8 : 0.4) + 0.09 * share
}

function describe({ functions, codes, outputs, pickles, metadata }: Sample): string {
  if (outputs === 0) return `it has joblib's ${codeName} of ${codes} functions and no calls`
  return `${pickles} of ${outputs} sampled calls, of ${functions} functions, are pickles called ${outputName} under their hash, ${metadata} with joblib's ${metadataName}`
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] }

/** Looks into some calls of the first functions found. */
function sampleFolders(root: string, skip?: string): Sample {
  let folders = 0
  const sample: Writable<Sample> = {
    firstFunction: undefined,
    functions: 0,
    codes: 0,
    outputs: 0,
    pickles: 0,
    metadata: 0,
  }
  for (const { path, calls, hasCode } of walkFolders(root, skip)) {
    folders++
    if (calls.length > 0 || hasCode) {
      const isCode = hasCode && beginsAsCode(join(root, path, codeName))
      if (calls.length > 0 || isCode) {
        sample.functions++
        sample.firstFunction ??= path
      }
      if (isCode) sample.codes++
      for (const name of calls.slice(0, callsPerFunction)) addCall(sample, join(root, path, name))
    }
    if (folders >= mostFolders || sample.functions >= mostFunctions) break
  }
  return sample
}

function addCall(sample: Writable<Sample>, callFolder: string): void {
  const head = headOf(join(callFolder, outputName))
  if (!head) return
  sample.outputs++
  if ((head[0] === 0x80 && head[1]! <= 5) || sniffCompressor(head) !== undefined) sample.pickles++
  if (statusOf(join(callFolder, metadataName))?.isFile() === true) sample.metadata++
}

function beginsAsCode(path: string): boolean {
  return String.fromCharCode(...(headOf(path) ?? [])).startsWith(codeHead)
}

function headOf(path: string): Uint8Array | undefined {
  try {
    using file = openFileSource(path, { follow: false })
    return file.read(0, Math.max(sniffLength, codeHead.length))
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
