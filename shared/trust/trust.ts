import { readJoblib } from '../joblib/read.ts'
import { wrapperClass } from '../joblib/wrapper.ts'
import { dotted, python3Name } from '../lenses/names.ts'
import { AppError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type { PickleDecoded } from '../pickle/read.ts'
import { clip, pythonLiteral } from '../render/python.ts'
import type { GlobalValue, ObjectValue, Value } from '../value/value.ts'
import { visibleText } from '../value/python-text.ts'
import { callDoubt } from './call.ts'
import { doubtOf, gradeOf } from './known.ts'
import { sentenceOf } from './sentence.ts'
import { framesAt } from './stream.ts'

/**
 * What loading a value with Python would import and call.
 *
 * - `data`: nothing at all.
 * - `known`: only names that are known to build plain data.
 * - `unknown`: something that is not known; nothing says that it does harm.
 * - `broken`: nothing unknown was seen, but the bytes are damaged or cut, so not all was seen.
 *
 * No verdict says that a value is safe to load: a known library may have faults of its own.
 */
export type Verdict = 'data' | 'known' | 'unknown' | 'broken'

export interface TrustImport {
  /** As the file says; Python 3 finds names of Python 2 under others. */
  readonly module: string
  readonly name: string
  readonly what: 'known' | 'unknown'
  /** Why it is not known, as the end of a sentence. */
  readonly why?: string
  /** How often the value names it, and where it does first. */
  readonly count: number
  readonly offset: number
}

export interface TrustCall {
  readonly callee: string
  /** `call`: Python calls it; `new`: makes an object of a class without calling the class; `change`: changes what it is. */
  readonly how: 'call' | 'new' | 'change'
  /** The arguments as one would type them, at most some 200 characters. */
  readonly args: string
  readonly what: 'known' | 'unknown'
  readonly why?: string
  readonly offset: number
}

export interface TrustReport {
  readonly verdict: Verdict
  /** The report in a sentence or two. */
  readonly sentence: string
  /** Every name once, unknown ones first; beyond a thousand only counted. */
  readonly imports: readonly TrustImport[]
  /** Unknown ones first, then in the order of the stream; beyond 500 only counted. */
  readonly calls: readonly TrustCall[]
  /** What else is not known: values that the program must give, side files, further pickles. */
  readonly warnings: readonly { readonly sentence: string; readonly offset?: number }[]
  readonly importCount: number
  readonly callCount: number
  /** Imports, calls and warnings that are not known. */
  readonly unknownCount: number
  readonly problem?: Problem
}

/** What `decodeValue` and `readJoblib` give with `trace`. */
export type TracedValue = Omit<PickleDecoded, 'format'> & { readonly format: 'pickle' | 'json' | 'unknown' }

const importsAtMost = 1000
const callsAtMost = 500
const argumentCharacters = 200
const nameCharacters = 300
/** More pickles one behind the other in a file are not looked at. */
const furtherPickles = 100

/** Throws `INTERNAL` for a value that was decoded without `trace`. */
export function trustOf(decoded: TracedValue): TrustReport {
  const gatherer = new Gatherer()
  const isUnread = decoded.problem !== undefined && decoded.root === undefined && !decoded.calls
  if (decoded.format === 'json' || isUnread) return gatherer.report(decoded.problem)
  gatherer.add(decoded)
  return gatherer.report(decoded.problem ?? gatherer.readFurther(decoded))
}

class Gatherer {
  readonly #imports = new Map<string, { first: GlobalValue; count: number; why: string | undefined }>()
  readonly #unknownCalls: TrustCall[] = []
  readonly #knownCalls: TrustCall[] = []
  readonly #warnings: { sentence: string; offset?: number }[] = []
  #callCount = 0
  #unknownCallCount = 0

  add({ globals, calls, outside, arrays, frames, source }: TracedValue): void {
    if (!globals || !calls || !outside || !arrays || !frames) {
      throw new AppError('INTERNAL', 'What loading would call was not noted; decode the value with trace.')
    }
    for (const global of globals) this.#addImport(global)
    const isFramed = framesAt(frames)
    for (const call of calls) {
      this.#addCall(call, source)
      if (makesWrapper(call) && isFramed(call.end)) this.#warn(framedSentence, call.end)
    }
    for (const value of outside) {
      this.#warn(
        value.kind === 'extension'
          ? `Extension code ${value.code} stands for a class that only the loading program knows.`
          : `The loading program is asked for an object by the id ${pythonLiteral(value.id, { source })}.`,
        value.start,
      )
    }
    for (const { sideFile, problem, start } of arrays) {
      if (problem && sideFile !== undefined) {
        this.#warn(
          `Loading would read the file ${visibleText(clip(sideFile, nameCharacters))}, which was not looked at: ${problem.sentence}`,
          start,
        )
      }
    }
  }

  /** Looks at the pickles behind the first one, which a program may go on with; a problem where other bytes follow. */
  readFurther({ format, source, end }: TracedValue): Problem | undefined {
    let offset = end
    for (let count = 0; offset < source.byteLength; count++) {
      const rest = `${source.byteLength - offset} bytes follow the value`
      if (format !== 'pickle' || count === furtherPickles) {
        return { code: 'BAD_OPERATION', offset, sentence: `${rest}; they were not looked at.` }
      }
      const next = readJoblib(source, { trace: true, start: offset })
      if (next.format === 'unknown') {
        return { code: 'NOT_A_PICKLE', offset, sentence: `${rest} and are no pickle.` }
      }
      this.add(next)
      if (next.problem) return next.problem
      offset = next.end
    }
    return undefined
  }

  report(problem: Problem | undefined): TrustReport {
    const imports = [...this.#imports.values()].map(importRow)
    const unknownImports = imports.filter(({ what }) => what === 'unknown')
    const knownImports = imports.filter(({ what }) => what === 'known')
    const unknownCount = unknownImports.length + this.#unknownCallCount + this.#warnings.length
    const hasAny = imports.length + this.#callCount > 0
    const verdict = unknownCount > 0 ? 'unknown' : problem ? 'broken' : hasAny ? 'known' : 'data'
    const sums = { imports: imports.length, calls: this.#callCount, warnings: this.#warnings.length }
    return {
      verdict,
      sentence: sentenceOf(verdict, { ...sums, unknown: unknownCount }, problem),
      imports: [...unknownImports, ...knownImports].slice(0, importsAtMost),
      calls: [...this.#unknownCalls, ...this.#knownCalls].slice(0, callsAtMost),
      warnings: this.#warnings.slice(0, callsAtMost),
      importCount: imports.length,
      callCount: this.#callCount,
      unknownCount,
      problem,
    }
  }

  #warn(sentence: string, offset: number): void {
    this.#warnings.push({ sentence, offset })
  }

  #addImport(global: GlobalValue): void {
    const id = JSON.stringify([global.module, global.name])
    const known = this.#imports.get(id)
    if (known) {
      known.count++
      return
    }
    const name = python3Name(global.module, global.name)
    this.#imports.set(id, { first: global, count: 1, why: gradeOf(name) ? undefined : doubtOf(name) })
  }

  /** A change of an object that the pickle made has that object within, which was made by a call too. */
  #addCall(call: ObjectValue, source: ByteSource): void {
    let at: Value = call
    while (at.kind === 'object') {
      const why = callDoubt(at, source)
      this.#callCount++
      if (why !== undefined) this.#unknownCallCount++
      const list = why === undefined ? this.#knownCalls : this.#unknownCalls
      if (list.length < callsAtMost) list.push(callRow(at, why, source))
      if (at.made !== 'build') break
      at = at.callee
    }
  }
}

const framedSentence =
  'A frame of the pickle goes on behind the head of an array: joblib would look for the elements elsewhere than they were looked for here.'

/** Behind its state joblib reads an array; other wrappers have theirs in a file. */
function makesWrapper(call: ObjectValue): boolean {
  return call.state !== undefined && wrapperClass(call) === 'NumpyArrayWrapper'
}

function importRow({
  first,
  count,
  why,
}: {
  first: GlobalValue
  count: number
  why?: string | undefined
}): TrustImport {
  return {
    module: clip(first.module, nameCharacters),
    name: clip(first.name, nameCharacters),
    what: why === undefined ? 'known' : 'unknown',
    why,
    count,
    offset: first.start,
  }
}

function callRow(call: ObjectValue, why: string | undefined, source: ByteSource): TrustCall {
  const { callee, made, start } = call
  return {
    callee:
      callee.kind === 'global'
        ? visibleText(clip(dotted(callee), nameCharacters))
        : pythonLiteral(callee, { source, maxCharacters: argumentCharacters }),
    how: made === 'build' ? 'change' : made.startsWith('newobj') ? 'new' : 'call',
    args: argumentsText(call, source),
    what: why === undefined ? 'known' : 'unknown',
    why,
    offset: start,
  }
}

function argumentsText({ made, args, kwargs, state }: ObjectValue, source: ByteSource): string {
  const pieces: string[] = []
  let room = argumentCharacters
  const add = (node: Value, name = ''): void => {
    if (room <= 0) return
    const text = name + pythonLiteral(node, { source, maxCharacters: room })
    room -= text.length
    pieces.push(text)
  }
  const shown = made === 'build' && state ? [state] : args.slice(0, argumentCharacters)
  for (const arg of shown) add(arg)
  for (const [i, key] of (kwargs?.keys ?? []).slice(0, argumentCharacters).entries()) {
    add(kwargs!.values[i]!, key.kind === 'str' ? `${visibleText(clip(key.value, nameCharacters))}=` : '**')
  }
  return clip(pieces.join(', '), argumentCharacters)
}
