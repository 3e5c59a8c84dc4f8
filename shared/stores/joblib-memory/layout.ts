import { keyText } from '../../model/keys.ts'

/**
 * How joblib.Memory lays calls out (joblib/_store_backends.py, memory.py, func_inspect.py):
 * `part/of/module/function/<md5 of the arguments>/output.pkl` with a `metadata.json` beside it, and
 * `func_code.py` in the function's folder. The layout that joblib calls cache version 2 cuts the hash: `abc/def…`.
 */
export const outputName = 'output.pkl'
export const metadataName = 'metadata.json'
export const codeName = 'func_code.py'

/** What `func_code.py` begins with. */
export const codeHead = '# first line:'

/** Files of joblib's own at the top of a cache, and what they are. */
export const ownFiles: ReadonlyMap<string, string> = new Map([
  ['.gitignore', 'a file by which joblib keeps the cache out of git'],
  ['store_backend_info.json', 'a file in which joblib keeps the version of the layout'],
])

/** Deeper folders are no modules; a chain of them would never end. */
export const deepestFolder = 64

const hash = /^[0-9a-f]{32}$/
const hashStart = /^[0-9a-f]{3}$/
const hashRest = /^[0-9a-f]{29}$/

export function isCallName(name: string): boolean {
  return hash.test(name)
}

/** The first of the two folders of a call in the cut layout; a module or function may be called so too (`add`). */
export function isHashStart(name: string): boolean {
  return hashStart.test(name)
}

export function isHashRest(name: string): boolean {
  return hashRest.test(name)
}

/** Files that belong to a call: joblib before 0.10 wrote arrays beside their pickle, and `input_args.json`. */
export function isCallFile(name: string): boolean {
  return (
    name === outputName ||
    name === metadataName ||
    name === 'input_args.json' ||
    /^output\.pkl_\d+\.npy(\.z)?$/.test(name)
  )
}

/** joblib writes to `output.pkl.thread-…-pid-…`, later versions to `output.pkl.<uuid>-…`, and renames. */
export function isTemporaryFile(name: string): boolean {
  return /^(output\.pkl|metadata\.json)\./.test(name)
}

/** Where a call is: folders relative to the root, joined by `/`; a root that is a function's own folder has none. */
export interface CallPlace {
  readonly functionPath: string
  /** The folder of the call, or in the cut layout two of them, relative to the function's. */
  readonly name: string
}

/** The place that a key names; `undefined` if it is no path of a call, or one that leaves the folder. */
export function placeOfKey(key: Uint8Array): CallPlace | undefined {
  const parts = keyText(key)?.split('/')
  if (!parts || parts.length > deepestFolder || !parts.every(isPlainName)) return undefined
  const count = isCallName(parts.at(-1)!)
    ? 1
    : isHashRest(parts.at(-1)!) && isHashStart(parts.at(-2) ?? '')
      ? 2
      : 0
  if (count === 0) return undefined
  return { functionPath: parts.slice(0, -count).join('/'), name: parts.slice(-count).join('/') }
}

export function keyOfPlace({ functionPath, name }: CallPlace): string {
  return functionPath === '' ? name : `${functionPath}/${name}`
}

/** Whether a text is the path of a function's folder as `changeToken` names parts. */
export function isFunctionPath(path: string): boolean {
  return path === '' || path.split('/').every(isPlainName)
}

function isPlainName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('\0')) return false
  return process.platform !== 'win32' || !/[\\:]/.test(name)
}
