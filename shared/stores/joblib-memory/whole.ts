import { lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

import { errnoOf, openFileSource } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { WholeEntry, WriteOutcome } from '../contract.ts'
import { failure, makeFolders, syncFolder, writeContent } from '../disk.ts'
import { changed } from '../lock-pace.ts'
import { statusOf } from '../paths.ts'
import { packWhole, unpackWhole } from '../whole-form.ts'
import { exists, takesPlace } from './aside.ts'
import { isBeingWritten, lookAt } from './call.ts'
import { absent, deleteCall } from './delete.ts'
import { outputName } from './layout.ts'
import { readItems } from './scan.ts'

/** Of a file that is written beside its place and then renamed; the same for every try, so that none is left behind. */
const temporarySuffix = '.hashcache-undo'

const triesAtMost = 3

interface FileFacts {
  readonly name: string
  readonly mode: number
  readonly owner: readonly [user: number, group: number]
  readonly modifiedMs: number
}

interface CallFacts {
  /** `output.pkl` is the last. */
  readonly files: readonly FileFacts[]
  /** When each was read last; what joblib itself evicts by. */
  readonly accessedMs: readonly number[]
}

interface Call {
  readonly facts: CallFacts
  readonly contents: readonly Uint8Array[]
}

/** A call with all files of its folder, their times and modes. `undefined`: it has no result (any more). */
export function readWhole(callFolder: string): Omit<WholeEntry, 'key'> | Problem | undefined {
  try {
    const call = readCall(callFolder)
    // Looked at after it was read: who writes in between has written since.
    const look = call && lookAt(callFolder)
    if (!look) return undefined
    return { ...look.entry, stamp: look.stamp.text, whole: packWhole('joblib', call.facts, call.contents) }
  } catch (error) {
    if (error instanceof AppError) return { code: 'UNREADABLE', sentence: error.message }
    if (errnoOf(error) === undefined) throw error
    return { code: 'UNREADABLE', sentence: `${callFolder} cannot be read (${errnoOf(error)}).` }
  }
}

/** Deletes a call if it is still the one that was read. What a killed deletion left of it goes too. */
export function removeWhole(callFolder: string, whole: Uint8Array): WriteOutcome {
  try {
    const was = unpack(whole)
    const files = readFiles(callFolder)
    if (!files) return absent(callFolder)
    if (files.facts.files.at(-1)?.name !== outputName) {
      const isRest = files.facts.files.every((file, i) => isAmong(was, file, files.contents[i]!))
      if (isRest) rmSync(callFolder, { recursive: true, force: true })
      return absent(callFolder)
    }
    return isSame(files, was) && !isBeingWritten(callFolder) ? deleteCall(callFolder) : changed
  } catch (error) {
    return failure(callFolder, error)
  }
}

/** Writes a call as it was, its result last, if there is none now. The names of the folders above are left to the caller to be forced to the disk. */
export async function restoreWhole(root: string, path: string, whole: Uint8Array): Promise<WriteOutcome> {
  const callFolder = join(root, path)
  try {
    const { facts, contents } = unpack(whole)
    if (statusOf(join(callFolder, outputName))) {
      const here = readFiles(callFolder)
      return here && isSame(here, { facts, contents }) ? { done: true } : exists(callFolder)
    }
    makeFolders(root, path)
    const temporaryOf = (name: string): string => join(callFolder, name + temporarySuffix)
    await Promise.all(
      facts.files.map(({ name, ...file }, i) =>
        writeContent(temporaryOf(name), {
          ...file,
          accessedMs: facts.accessedMs[i]!,
          content: contents[i]!,
        }),
      ),
    )
    for (const { name } of facts.files) {
      if (name !== outputName) renameSync(temporaryOf(name), join(callFolder, name))
      else if (!takesPlace(temporaryOf(name), join(callFolder, name))) {
        unlinkSync(temporaryOf(name))
        return exists(callFolder)
      }
    }
    syncFolder(callFolder)
    return { done: true }
  } catch (error) {
    return failure(callFolder, error)
  }
}

/** Brings back the folder of a call that was set aside on the disk of the cache and lies on another now. */
export async function copyBack(root: string, path: string, folder: string): Promise<WriteOutcome> {
  const aside = join(folder, path)
  try {
    if (!lstatSync(aside, { throwIfNoEntry: false }))
      return { done: false, reason: 'ABSENT', sentence: `There is no ${aside} any more.` }
    const call = readWhole(aside)
    if (!call || !('whole' in call))
      return { done: false, reason: 'REFUSED', sentence: call?.sentence ?? `${aside} has no result.` }
    const outcome = await restoreWhole(root, path, call.whole)
    if (outcome.done) rmSync(aside, { recursive: true })
    return outcome
  } catch (error) {
    return failure(aside, error)
  }
}

/** Read again if somebody wrote meanwhile. @throws AppError REFUSED, and what the system says */
function readCall(callFolder: string): Call | undefined {
  for (let tries = 1; ; tries++) {
    const first = readFiles(callFolder)
    if (first?.facts.files.at(-1)?.name !== outputName) return undefined
    const again = statusesOf(callFolder).map(({ facts }) => facts)
    if (again.length === first.facts.files.length && isSameFacts(again, first.facts.files)) return first
    if (tries === triesAtMost)
      throw new AppError('REFUSED', `${callFolder} is being written; try again later.`)
  }
}

/** `undefined`: there is no such folder. */
function readFiles(callFolder: string): Call | undefined {
  if (!statusOf(callFolder)?.isDirectory()) return undefined
  const files = statusesOf(callFolder)
  const contents = files.map(({ facts: { name } }) => {
    using file = openFileSource(join(callFolder, name), { follow: false })
    return file.read(0, file.byteLength)
  })
  return {
    facts: {
      files: files.map(({ facts }) => facts),
      accessedMs: files.map(({ accessedMs }) => accessedMs),
    },
    contents,
  }
}

function statusesOf(callFolder: string): { facts: FileFacts; accessedMs: number }[] {
  const names = readItems(callFolder).map(({ name, entry }) => {
    if (name !== undefined && entry.isFile()) return name
    const what = name === undefined ? 'something whose name is no UTF-8' : `${name}, which is no file`
    const sentence = `${callFolder} holds ${what}: such a call can only be moved on its own disk, and the trash is on another.`
    throw new AppError('REFUSED', sentence)
  })
  return [...names.filter((name) => name !== outputName), ...names.filter((name) => name === outputName)]
    .filter((name) => !name.endsWith(temporarySuffix))
    .flatMap((name) => {
      const status = statusOf(join(callFolder, name))
      if (!status) return []
      const { mode, uid, gid, mtimeMs: modifiedMs, atimeMs: accessedMs } = status
      return [{ facts: { name, mode: mode & 0o7777, owner: [uid, gid] as const, modifiedMs }, accessedMs }]
    })
}

function unpack(whole: Uint8Array): Call {
  const { facts, parts } = unpackWhole('joblib', whole)
  const call = { facts: facts as CallFacts, contents: parts }
  const names = call.facts.files.map(({ name }) => name)
  if (names.at(-1) === outputName && names.every((name) => basename(name) === name && name !== '..'))
    return call
  throw new AppError('DAMAGED', 'What the trash has of this call is damaged; it was not brought back.')
}

/** Whether nobody has written since, by names, contents and times of modification. Who reads changes nothing. */
function isSame(one: Call, other: Call): boolean {
  return (
    one.facts.files.length === other.facts.files.length &&
    one.facts.files.every(
      ({ name, modifiedMs }, i) =>
        name === other.facts.files[i]!.name && isAlmost(modifiedMs, other.facts.files[i]!.modifiedMs),
    ) &&
    one.contents.every((content, i) => Buffer.compare(content, other.contents[i]!) === 0)
  )
}

function isSameFacts(one: readonly FileFacts[], other: readonly FileFacts[]): boolean {
  return one.every(
    ({ name, modifiedMs }, i) => name === other[i]!.name && modifiedMs === other[i]!.modifiedMs,
  )
}

function isAmong({ facts, contents }: Call, { name, modifiedMs }: FileFacts, content: Uint8Array): boolean {
  const i = facts.files.findIndex((file) => file.name === name)
  return (
    i >= 0 && isAlmost(modifiedMs, facts.files[i]!.modifiedMs) && Buffer.compare(content, contents[i]!) === 0
  )
}

/** Node sets times in microseconds and the system tells nanoseconds. */
function isAlmost(one: number, other: number): boolean {
  return Math.abs(one - other) < 0.002
}
