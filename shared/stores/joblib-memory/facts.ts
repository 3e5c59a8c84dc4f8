import { join } from 'node:path'

import { openFileSource } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import type { EntryFacts } from '../../model/record.ts'
import { metadataName } from './layout.ts'
import type { CallPlace } from './layout.ts'

/** joblib writes the `repr` of every argument, whole: a text of any length. Longer files are not read. */
const longestBytes = 8 * 1024 * 1024

const decoder = new TextDecoder()

/** What the path of a call's folder says: the module's parts and the function's name. */
export function namesOf({ functionPath }: CallPlace): Pick<EntryFacts, 'func' | 'module'> {
  const parts = functionPath.split('/')
  const func = parts.pop()
  return {
    ...(func !== '' && { func }),
    ...(parts.length > 0 && { module: parts.join('.') }),
  }
}

/**
 * What `metadata.json` says: `{"duration": seconds, "input_args": {name: repr}, "time": seconds}`, the last since
 * joblib 1.3. Nothing of what is broken or missing.
 */
export function readMetadata(
  callFolder: string,
): Pick<EntryFacts, 'args' | 'runAtSeconds' | 'elapsedSeconds'> {
  const metadata = readJsonObject(join(callFolder, metadataName))
  if (!metadata) return {}
  const { duration, time, input_args: args } = metadata
  return {
    ...(isObject(args) && { args: argumentsOf(args) }),
    ...(typeof time === 'number' && { runAtSeconds: time }),
    ...(typeof duration === 'number' && { elapsedSeconds: duration }),
  }
}

function argumentsOf(args: Readonly<Record<string, unknown>>): EntryFacts['args'] {
  return Object.entries(args)
    .map(([name, text]) => ({ name, text }))
    .filter((argument): argument is { name: string; text: string } => typeof argument.text === 'string')
}

function readJsonObject(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    using file = openFileSource(path, { follow: false })
    if (file.byteLength > longestBytes) return undefined
    const parsed: unknown = JSON.parse(decoder.decode(file.read(0, file.byteLength)))
    return isObject(parsed) ? parsed : undefined
  } catch (error) {
    if (error instanceof AppError || error instanceof SyntaxError) return undefined
    throw error
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
