import type { Problem } from '../model/errors.ts'
import type { ArgumentSummary, EntrySummary } from '../model/record.ts'
import { clip } from '../render/python.ts'
import type { Decoded, Value } from '../value/value.ts'
import { argumentsOf } from './arguments.ts'
import { recordFields } from './fields.ts'
import type { RecordField } from './fields.ts'
import { durationOf, momentOf, nameText } from './scalars.ts'
import { shortPreview } from './short-preview.ts'

const callCharacters = 300
const outputCharacters = 120

/**
 * The part of an entry that is listed and searched. Answers for every input: fields of another type than
 * hashcache writes are left out, of a tree that was cut what is there counts, and nothing readable is `damaged`.
 * Reads at most a handful of array elements. Only `MissingBytes` of an incomplete source passes through.
 */
export function summarize(decoded: Decoded): EntrySummary {
  const { root, problem, source } = decoded
  if (!root || root.kind === 'cut') return damagedSummary(problem ?? problemOf(root))
  const state = problem ? ({ status: 'partial', problem } as const) : ({ status: 'ok' } as const)
  const fields = recordFields(root, problem !== undefined)
  if (!fields) return { kind: 'foreign', ...state, args: [], ...outputOf(root, decoded) }
  const field = (name: string): Value | undefined => fields.find((each) => each.name === name)?.value
  const kind = isDump(fields) ? 'dump' : 'call'
  const args = argumentsOf(fields, source)
  const func = nameText(field('func'))
  return {
    kind,
    ...state,
    func,
    module: nameText(field('module')),
    user: nameText(field('user')),
    host: nameText(field('hostname')),
    cwd: nameText(field('cwd')),
    version: nameText(field('version')),
    runAtSeconds: momentOf(field(kind === 'dump' ? 'saved-at' : 'run-at'), source),
    elapsedSeconds: durationOf(field('elapsed_time'), source),
    args,
    call: callText(func ?? '?', args),
    ...outputOf(field('output'), decoded),
  }
}

/** Of an entry of which nothing could be read. */
export function damagedSummary(problem: Problem): EntrySummary {
  return { kind: 'foreign', status: 'damaged', problem, args: [] }
}

function problemOf(root: Value | undefined): Problem {
  return root?.kind === 'cut' ? root.problem : { code: 'EMPTY', sentence: 'There is no value.' }
}

/** `HashCache.dump` writes `saved-at` where calls have `run-at`. */
function isDump(fields: readonly RecordField[]): boolean {
  return fields.some(({ name }) => name === 'saved-at') && !fields.some(({ name }) => name === 'run-at')
}

/** The call as one would type it, or the fields of a dump, at most 300 characters. */
export function callText(func: string, args: readonly ArgumentSummary[]): string {
  let text = `${func}(`
  for (const [i, { name, preview }] of args.entries()) {
    if (text.length > callCharacters) break
    const isRest = name === '*' || name === '**'
    text += `${i > 0 ? ', ' : ''}${name}${isRest ? '' : '='}${preview}`
  }
  return clip(text + ')', callCharacters)
}

function outputOf(
  value: Value | undefined,
  { source }: Decoded,
): Pick<EntrySummary, 'outputType' | 'outputPreview'> {
  if (!value) return {}
  const { type, preview } = shortPreview(value, source, outputCharacters)
  return { outputType: type, outputPreview: preview }
}
