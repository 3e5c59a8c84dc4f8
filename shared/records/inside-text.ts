import { viewOf } from '../lenses/view-of.ts'
import type { ArgumentSummary } from '../model/record.ts'
import type { ByteSource } from '../model/source.ts'
import { pythonLiteral } from '../render/python.ts'
import type { Value } from '../value/value.ts'

/** So much of the arguments and so much of the output is searched; what is behind it is not found. */
const charactersAtMost = 8_000

/** All arguments as Python writes them, where the one line of the call leaves something out. */
export function argumentsText(
  pairs: readonly (readonly [name: string, value: Value])[],
  args: readonly ArgumentSummary[],
  call: string,
  source: ByteSource,
): string | undefined {
  const isShown =
    !isShortened(call) &&
    args.every(({ preview }, i) => !isShortened(preview) && !holdsTable(pairs[i]![1], source))
  if (isShown) return undefined
  let text = ''
  for (const [name, value] of pairs) {
    if (text.length >= charactersAtMost) break
    text += `${text === '' ? '' : ', '}${name}=${brief(value, source, charactersAtMost - text.length)}`
  }
  return text.slice(0, charactersAtMost)
}

/** The output as Python writes it, where its preview leaves something out. */
export function outputText(value: Value, preview: string, source: ByteSource): string | undefined {
  return isShortened(preview) || holdsTable(value, source)
    ? brief(value, source, charactersAtMost)
    : undefined
}

function brief(value: Value, source: ByteSource, characters: number): string {
  return pythonLiteral(value, { source, maxCharacters: characters, isBrief: true })
}

function isShortened(preview: string): boolean {
  return preview.includes('…')
}

/** The preview of a table has none of its columns. */
function holdsTable(value: Value, source: ByteSource): boolean {
  return value.kind === 'object' && viewOf(value, source).kind === 'dataframe'
}
