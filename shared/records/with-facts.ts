import type { ArgumentSummary, EntryFacts, EntrySummary } from '../model/record.ts'
import { clip } from '../render/python.ts'
import { summarizeRepr } from './repr.ts'
import { cleanText, durationIn, momentIn } from './scalars.ts'
import { callText } from './summarize.ts'

const argumentsAtMost = 100
const nameCharacters = 200
const longNameCharacters = 1_000
const keyCharacters = 300

/**
 * The summary of an entry together with what its store keeps beside the value: of a value that is no record, whose
 * call it is; the damaged result of a known call too. A record in the value has the last word. The store's own
 * tag counts as an argument, `tag`: it is found and sorted by like one.
 */
export function withFacts(summary: EntrySummary, facts: EntryFacts | undefined): EntrySummary {
  if (!facts || summary.kind !== 'foreign') return summary
  const args = argumentsOf(facts)
  const func = nameOf(facts.func)
  const call =
    func === undefined ? facts.keyText && clip(oneLine(facts.keyText), keyCharacters) : callText(func, args)
  const known = {
    func,
    module: nameOf(facts.module),
    runAtSeconds: momentIn(facts.runAtSeconds),
    elapsedSeconds: durationIn(facts.elapsedSeconds),
    call,
  }
  return {
    ...summary,
    ...known,
    kind: func === undefined ? 'foreign' : 'call',
    args: withTag(args, facts.tag),
  }
}

/** joblib has these two for every function that can take more arguments than it was given. */
const emptyRests: Readonly<Record<string, string>> = { '*': '[]', '**': '{}' }

function argumentsOf({ args = [] }: EntryFacts): ArgumentSummary[] {
  return args
    .filter(({ name, text }) => emptyRests[name] !== text)
    .slice(0, argumentsAtMost)
    .map(({ name, text }) => summarizeRepr(cleanText(name, nameCharacters), text))
}

function withTag(args: readonly ArgumentSummary[], tag: string | undefined): readonly ArgumentSummary[] {
  if (tag === undefined || args.some(({ name }) => name === 'tag')) return args
  const text = cleanText(tag, nameCharacters)
  return [...args, { name: 'tag', type: 'str', preview: `'${clip(text, 80)}'`, text }]
}

function nameOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : cleanText(name, longNameCharacters)
}

function oneLine(text: string): string {
  return cleanText(text.slice(0, 2 * keyCharacters).replaceAll(/\s+/g, ' '), 2 * keyCharacters)
}
