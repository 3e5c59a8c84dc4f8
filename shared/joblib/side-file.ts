import { ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type { MachineState } from '../pickle/options.ts'
import type { ArrayValue, BytesRef, DictValue, ObjectValue, Value } from '../value/value.ts'
import { arrayHead, asGlobal, missingElements } from './array.ts'
import { readNpyArray } from './npy.ts'
import { attribute } from './wrapper.ts'

export interface SideFiles {
  /**
   * Opens a file of the same folder by its plain name, already inflated if it is
   * compressed (`.npy.z` are joblib's Z-files); `undefined` if it is not there.
   */
  readonly sideFile?: ((name: string) => ByteSource | undefined) | undefined
  /** Read the side file's head only; arrays then have no `data`. */
  readonly skim?: boolean
}

/** Elements of a side file are copied into the tree; beyond this the array has a problem instead. */
const maxInlineBytes = 16 * 2 ** 20

/**
 * `NDArrayWrapper` and `ZNDArrayWrapper` (joblib before 0.10): the elements stand
 * in a side file, a `.npy` or the bare bytes in a Z-file. What is wrong with the
 * side file is a problem of the array and not of the stream.
 */
export function readSideArray(
  target: ObjectValue,
  state: DictValue,
  isRaw: boolean,
  { source, trace }: Pick<MachineState, 'source' | 'trace'>,
  files: SideFiles,
): ArrayValue {
  const nameNode = attribute(state, 'filename')
  const name = nameNode?.kind === 'str' ? nameNode.value : undefined
  try {
    const file = openSideFile(name, files)
    const array = isRaw
      ? rawArray(target, state, source, file, files)
      : npyArray(target, state, file, files, trace)
    return { ...array, sideFile: name }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return withoutFile(target, state, name, error.problem, source, isRaw)
  }
}

function sideFileProblem(sentence: string): ProblemError {
  return new ProblemError({ code: 'SIDE_FILE', sentence })
}

function openSideFile(name: string | undefined, files: SideFiles): ByteSource {
  if (name === undefined || !isPlainName(name)) {
    throw sideFileProblem("The array's side file has a name that leads elsewhere; it is not opened.")
  }
  const file = files.sideFile?.(name)
  if (!file) throw sideFileProblem(`The array's elements stand in the file ${name}, which is not here.`)
  return file
}

/** A name of a file in the same folder on every system, and nothing else. */
function isPlainName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused here
  return name !== '' && name !== '.' && name !== '..' && !/[/\\:\u0000-\u001f]/.test(name)
}

function npyArray(
  target: ObjectValue,
  state: DictValue,
  file: ByteSource,
  files: SideFiles,
  trace: MachineState['trace'],
): ArrayValue {
  const { root } = readNpyArray(file, { inlineObjects: true, trace })
  const { start, end } = target
  const subclass = asGlobal(attribute(state, 'subclass'))
  if (!root.data) return { ...root, start, end, subclass }
  return { ...root, start, end, subclass, ...inlined(file, root.data, files) }
}

/** The elements' bytes, unless they are not wanted or too many. */
function inlined(file: ByteSource, data: BytesRef, files: SideFiles): Pick<ArrayValue, 'data' | 'problem'> {
  const { at, length } = data
  if (files.skim || at === undefined) return { data: undefined }
  if (length > maxInlineBytes) {
    const sentence = `The array's side file has ${length} bytes of elements, more than are shown.`
    return { data: undefined, problem: { code: 'SIDE_FILE', sentence } }
  }
  return { data: { inline: file.read(at, length).slice(), length } }
}

/** `init_args` is the class, a shape and a letter; `state` is numpy's without the bytes. */
function rawHead(
  state: DictValue,
  source: ByteSource,
): { subclass: ArrayValue['subclass']; head: ReturnType<typeof arrayHead> } {
  const initial = attribute(state, 'init_args')
  const parts = attribute(state, 'state')
  const [, shape, dtype, isFortran] = parts?.kind === 'tuple' ? parts.items : []
  const order = isFortran && 'value' in isFortran && Number(isFortran.value) === 1 ? 'F' : 'C'
  const subclass = initial?.kind === 'tuple' ? asGlobal(initial.items[0]) : undefined
  return { subclass, head: arrayHead(dtype, shape, order, source) }
}

function rawArray(
  target: ObjectValue,
  state: DictValue,
  source: ByteSource,
  file: ByteSource,
  files: SideFiles,
): ArrayValue {
  const { subclass, head } = rawHead(state, source)
  const { start, end } = target
  const { node: dtype, shape, order, sizeBytes } = head
  const shared = { kind: 'ndarray', start, end, dtype, shape, order, subclass } as const
  if (head.dtype.hasObject || sizeBytes > file.byteLength) {
    return { ...shared, problem: missingElements(head, file.byteLength, file) }
  }
  return { ...shared, ...inlined(file, { at: 0, length: sizeBytes }, files) }
}

/** The array as far as its wrapper tells; a `cut` stands for a dtype that only the side file knows. */
function withoutFile(
  target: ObjectValue,
  state: DictValue,
  sideFile: string | undefined,
  problem: Problem,
  source: ByteSource,
  isRaw: boolean,
): ArrayValue {
  const { start, end } = target
  if (isRaw && problem.code === 'SIDE_FILE') {
    const known = tryRawHead(state, source)
    if (known) {
      const { node: dtype, shape, order } = known.head
      return { kind: 'ndarray', start, end, dtype, shape, order, subclass: known.subclass, sideFile, problem }
    }
  }
  const dtype: Value = { kind: 'cut', start, end, problem }
  const subclass = asGlobal(attribute(state, 'subclass'))
  return { kind: 'ndarray', start, end, dtype, shape: [], order: 'C', subclass, sideFile, problem }
}

function tryRawHead(state: DictValue, source: ByteSource): ReturnType<typeof rawHead> | undefined {
  try {
    return rawHead(state, source)
  } catch (error) {
    if (error instanceof ProblemError) return undefined
    throw error
  }
}
