import { summarize } from '../../shared/records/summarize.ts'
import type { ByteSource } from '../../shared/model/source.ts'
import { previewOf } from '../../shared/render/preview.ts'
import { pythonLiteral } from '../../shared/render/python.ts'
import type { Value } from '../../shared/value/value.ts'
import { childAt, childCount } from '../../shared/value/walk.ts'
import type { Document } from '../../shared/catalog/documents.ts'
import { sha256Of } from '../../shared/catalog/documents.ts'
import { labelOf } from '../engine/values/tree.ts'
import { formatBytes, formatDuration } from '../../shared/model/amounts.ts'
import type { Output } from './output.ts'
import { paint, timeText } from './output.ts'
import type { ShownName } from './show.ts'

/** A container that fits on a line is not opened. */
const lineCharacters = 80
/** On a terminal the tree ends here; a pipe gets all of it. */
const terminalLines = 400
const maxDepth = 60
/** Values that are referenced again and again would fill any pipe: 2^100 of them are a few bytes of pickle. */
const pipeLines = 200_000

/** An entry for people: what is known of it, then its value as an indented tree. */
export async function writeHuman(
  name: ShownName,
  { decoded, stored }: Document,
  output: Output,
): Promise<void> {
  const summary = summarize(decoded)
  const { root, source, problem } = decoded
  const facts: [string, string | undefined][] = [
    'key' in name ? ['key', name.key] : ['file', name.file],
    ['status', summary.status],
    [
      'problem',
      problem &&
        `${problem.sentence}${problem.offset === undefined ? '' : ` (offset ${problem.offset}${problem.opcode ? `, ${problem.opcode}` : ''})`}`,
    ],
    ['size', `${formatBytes(stored.byteLength)}${decoded.compressor ? `, ${decoded.compressor}` : ''}`],
    ['sha256', sha256Of(stored)],
    ['call', summary.call],
    ['module', summary.module],
    ['run at', summary.runAtSeconds === undefined ? undefined : `${timeText(summary.runAtSeconds)} UTC`],
    ['took', summary.elapsedSeconds === undefined ? undefined : formatDuration(summary.elapsedSeconds)],
    ['user', summary.user],
    ['host', summary.host],
    ['folder', summary.cwd],
    ['version', summary.version],
  ]
  for (const [title, text] of facts) {
    if (text !== undefined) await output.write(`${paint(output, 'bold', title.padEnd(8))} ${text}\n`)
  }
  if (root) {
    await output.write('\n')
    await writeTree(root, source, output)
  }
  await output.write('\n')
}

interface Open {
  readonly value: Value
  readonly depth: number
  next: number
}

async function writeTree(root: Value, source: ByteSource, output: Output): Promise<void> {
  const limit = output.isTerminal ? terminalLines : pipeLines
  const stack: Open[] = []
  let lines = 0
  const line = async (label: string, value: Value, depth: number): Promise<void> => {
    lines++
    const isAncestor = stack.some((open) => open.value === value)
    const literal =
      isAncestor || hasPicture(value) ? '' : pythonLiteral(value, { source, maxCharacters: lineCharacters })
    const opens =
      !isAncestor &&
      childCount(value) > 0 &&
      depth < maxDepth &&
      (literal === '' || literal.includes('…')) &&
      value.kind !== 'ndarray'
    const shown = previewOf(value, source)
    const text = opens
      ? `${shown.type}${literal === '' ? ` ${shown.preview}` : ` of ${childCount(value)}`}`
      : isAncestor
        ? 'itself, further up'
        : literal || `${shown.type} ${shown.preview}`
    const head = label === '' ? '' : `${paint(output, 'cyan', label)}: `
    await output.write(`${'  '.repeat(depth)}${head}${text}\n`)
    if (opens && !isLeafView(shown.family)) stack.push({ value, depth, next: 0 })
  }
  await line('', root, 0)
  for (let open = stack.at(-1); open; open = stack.at(-1)) {
    const child = childAt(open.value, open.next++)
    if (!child) {
      stack.pop()
      continue
    }
    if (lines >= limit) {
      await output.write(
        paint(output, 'dim', '… more; all of it with --json, or in the inspector: hashcache open\n'),
      )
      return
    }
    await line(labelOf(child.label, source).text, child.value, open.depth + 1)
  }
}

function hasPicture(value: Value): boolean {
  return value.kind === 'ndarray'
}

/** What a lens shows in one line is not taken apart. */
function isLeafView(family: string): boolean {
  return family === 'array' || family === 'table' || family === 'time' || family === 'scalar'
}
