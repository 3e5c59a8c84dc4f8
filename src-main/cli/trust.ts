import { verdictWords } from '../../shared/api/trust.ts'
import { AppError } from '../../shared/model/errors.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import type { TrustReport } from '../../shared/trust/trust.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { entryTrust, fileTrust } from '../engine/values/trust.ts'
import { openStore } from '../../shared/stores/registry.ts'
import type { Output } from './output.ts'
import { paint, standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'
import { isStore } from './show.ts'
import { trustOfStore } from './trust-store.ts'
import type { TrustOptions } from './trust-store.ts'

/** On a terminal no more calls are listed; `--json` and pipes have as many as the report. */
const terminalCalls = 30

/** What loading stores, entries or files would import and call. 1 if anything is not known, damaged or cut. */
export async function runTrust(targets: readonly string[], options: TrustOptions): Promise<ExitCode> {
  const [first = '', key, ...more] = targets
  const output = standardOutput()
  if (!(await isStore(first))) {
    if (options.query !== undefined)
      throw new AppError('USAGE', `--query works on a store, and ${first} is a file; leave it out.`)
    return trustOfFiles(targets, options, output)
  }
  if (more.length > 0)
    throw new AppError('USAGE', `One key at a time: trust ${first} KEY, or trust ${first} for all.`)
  if (key === undefined) return trustOfStore(first, options, output)
  if (options.query !== undefined) throw new AppError('USAGE', 'Give a key or --query, not both.')
  await using store = await openStore(first)
  const report = await entryTrust(store, key)
  if (options.json) await output.write(JSON.stringify({ key: jsonKey(parseKey(key)), ...report }) + '\n')
  else await writeReport('key', key, report, output)
  return exitCodeOf(report)
}

async function trustOfFiles(
  files: readonly string[],
  options: TrustOptions,
  output: Output,
): Promise<ExitCode> {
  let code: ExitCode = 0
  for (const file of files) {
    const report = await fileTrust(file)
    if (options.json) await output.write(JSON.stringify({ file, ...report }) + '\n')
    else await writeReport('file', file, report, output)
    if (exitCodeOf(report) === 1) code = 1
  }
  return code
}

function exitCodeOf({ verdict }: TrustReport): ExitCode {
  return verdict === 'unknown' || verdict === 'broken' ? 1 : 0
}

async function writeReport(
  title: 'key' | 'file',
  name: string,
  report: TrustReport,
  output: Output,
): Promise<void> {
  const colour = report.verdict === 'unknown' ? 'red' : report.verdict === 'broken' ? 'yellow' : 'dim'
  await output.write(`${paint(output, 'bold', title.padEnd(8))} ${name}\n`)
  await output.write(
    `${paint(output, 'bold', 'verdict'.padEnd(8))} ${paint(output, colour, verdictWords[report.verdict])}\n`,
  )
  await output.write(`${report.sentence}\n`)
  if (report.problem) {
    const { offset, sentence } = report.problem
    await output.write(`${sentence}${offset === undefined ? '' : ` (offset ${offset})`}\n`)
  }
  for (const { sentence } of report.warnings) await output.write(`${sentence}\n`)
  const columns = ['', 'what', 'offset', 'why'].map((column) => ({ title: column }))
  const cells = [
    ...report.imports.map(({ module, name: importName, why, offset }) => [
      'import',
      visibleText(`${module}.${importName}`),
      String(offset),
      why ?? 'known',
    ]),
    ...report.calls
      .slice(0, output.isTerminal ? terminalCalls : undefined)
      .map(({ callee, args, how, why, offset }) => [
        how,
        `${callee}(${args})`,
        String(offset),
        why ?? 'known',
      ]),
  ]
  if (cells.length > 0) {
    await output.write('\n')
    for (const line of tableLines(output, columns, cells)) await output.write(line)
  }
  await output.write('\n')
}
