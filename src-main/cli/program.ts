import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { AppError, toAppError } from '../../shared/model/errors.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { addFilterCommands } from './filter-commands.ts'
import { addJobCommands } from './job-commands.ts'
import type { BytesOptions } from './bytes.ts'
import type { DiffCommandOptions } from './diff.ts'
import type { ShowOptions } from './show.ts'
import { statsGroups, type StatsGroup } from './stats-groups.ts'
import { version } from './version.ts'

/** 0: done and nothing found wrong; 1: done, with problems in the report; 2: could not run. */
export type ExitCode = 0 | 1 | 2

const usageCode = 2

/** Runs one command line and sets the exit code. Commands are loaded when they are run: `--help` answers at once. */
export async function runProgram(argv: string[]): Promise<void> {
  // Where nobody can be told what is wrong, the exit code still tells it.
  process.stderr.on('error', () => undefined)
  const asJson = argv.includes('--json')
  const program = createProgram(asJson, (code) => {
    process.exitCode = code
  })
  let query: unknown
  program.hook('preAction', async (_, command) => {
    for (const option of ['query', 'protect']) {
      const filter: unknown = command.getOptionValue(option)
      if (typeof filter !== 'string' || !filter.startsWith('@')) continue
      const { savedQuery } = await import('./filters.ts')
      command.setOptionValue(option, await savedQuery(filter.slice(1), command.args[0] ?? ''))
    }
    query = command.getOptionValue('query')
  })
  try {
    await program.parseAsync(argv)
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      process.exitCode = thrown.exitCode === 0 ? 0 : usageCode
      if (asJson && thrown.exitCode !== 0)
        reportError(new AppError('USAGE', thrown.message.replace(/^error: /, '')), asJson)
      return
    }
    reportError(thrown, asJson)
    if (!asJson) pointAtColumn(thrown, query)
    process.exitCode = usageCode
  }
}

/** One sentence on stderr; with `--json` an object. The stack of a fault of ours shows with HASHCACHE_DEBUG. */
function reportError(thrown: unknown, asJson: boolean): void {
  const error = toAppError(thrown)
  process.stderr.write(
    (asJson ? JSON.stringify({ error: error.toJSON() }) : `hashcache: ${error.message}`) + '\n',
  )
  if (process.env.HASHCACHE_DEBUG && !(thrown instanceof AppError))
    process.stderr.write(`${(error.cause as Error | undefined)?.stack ?? ''}\n`)
}

/** The filter with a mark under the column that a message speaks of, where it was given as an option. */
function pointAtColumn(thrown: unknown, text: unknown): void {
  const column = thrown instanceof AppError && thrown.code === 'BAD_QUERY' ? thrown.data.column : undefined
  if (typeof column !== 'number' || typeof text !== 'string' || text.length > 500) return
  const before = visibleText(text.slice(0, column - 1))
  process.stderr.write(`  ${before}${visibleText(text.slice(column - 1))}\n  ${' '.repeat(before.length)}^\n`)
}

function createProgram(asJson: boolean, exit: (code: ExitCode) => void): Command {
  const program = new Command('hashcache')
    .description(
      'See what is in caches of computed results: pycse.hashcache stores and files of joblib and pickle.',
    )
    .version(version)
    .showHelpAfterError('(hashcache --help lists the commands and options)')
    .exitOverride()
    // Sentences of commander's are told as an object at the end.
    .configureOutput(asJson ? { writeErr: () => undefined } : {})
    .addHelpText(
      'after',
      '\nA STORE is a path, whose kind is detected, or a URL such as fs:PATH or json:PATH.\n' +
        'Exit codes: 0 done and nothing wrong, 1 done with problems in the report, 2 could not run.',
    )
  const json = (): Option => new Option('--json', 'machine-readable output')
  const query = (): Option =>
    new Option(
      '-q, --query <filter>',
      'only entries that match: "func:relax took>10s", or @NAME of "hashcache filters"',
    )

  program
    .command('ls')
    .description('list the entries of a store, one line each')
    .argument('<store>')
    .addOption(query())
    .option(
      '-s, --sort <field[:desc]>',
      'sort by a field of the JSON form, by arg:NAME, or by a scalar in the output: output.energy; again for ties',
      (field: string, before: readonly string[]) => [...before, field],
      [],
    )
    .option(
      '-c, --columns <names>',
      'arguments and scalars in the output to show, such as cutoff,output.energy; with --json in "columns"',
    )
    .option('-n, --limit <count>', 'at most so many', wholeNumber)
    .option('--digest', 'with the sha256 of each stored value')
    .addOption(json())
    .action(
      async (
        store: string,
        options: {
          query?: string
          sort: readonly string[]
          columns?: string
          limit?: number
          digest?: boolean
          json?: boolean
        },
      ) => {
        const { runLs } = await import('./ls.ts')
        exit(await runLs(store, options))
      },
    )
  program
    .command('show')
    .description('show one entry of a store, all that match, or loose pickle, joblib, npy and JSON files')
    .argument('<store-or-file...>', 'STORE KEY, STORE, or FILE…')
    .addOption(query())
    .addOption(json())
    .addOption(new Option('--raw', 'the stored bytes, as they are').conflicts('json'))
    .addOption(
      new Option(
        '--find <text>',
        'only where it is in the value: a text, a number or /expression/',
      ).conflicts('raw'),
    )
    .action(async (targets: string[], options: ShowOptions) => {
      const { runShow } = await import('./show.ts')
      exit(await runShow(targets, options))
    })
  program
    .command('save')
    .description('save a value, or a part of it, as a file: of an entry or of a loose file')
    .argument('<store-or-file>')
    .argument('[key]')
    .option(
      '-p, --path <path>',
      "the part, such as output.energies or output['a b'][3]; everything if left out",
    )
    .addOption(
      new Option('--as <format>', 'how; by the ending of FILE if left out').choices([
        'npy',
        'csv',
        'json',
        'raw',
        'xyz',
        'png',
      ]),
    )
    .option('-o, --output <file>', 'the file; else the standard output')
    .option('--force', 'replace the file if it exists')
    .action(
      async (
        target: string,
        key: string | undefined,
        options: { path?: string; as?: string; output?: string; force?: boolean },
      ) => {
        const { runSave } = await import('./save.ts')
        exit(await runSave(key === undefined ? [target] : [target, key], options))
      },
    )
  program
    .command('stats')
    .description('count entries, bytes and compute time')
    .argument('<store>')
    .addOption(new Option('--by <group>', 'group by').choices(statsGroups))
    .addOption(json())
    .action(async (store: string, options: { by?: StatsGroup; json?: boolean }) => {
      const { runStats } = await import('./stats.ts')
      exit(await runStats(store, options))
    })
  program
    .command('overview')
    .description('what a store holds: sums over time, functions, users, and what deserves a look')
    .argument('<store>')
    .addOption(query())
    .addOption(json())
    .action(async (store: string, options: { query?: string; json?: boolean }) => {
      const { runOverview } = await import('./overview.ts')
      exit(await runOverview(store, options))
    })
  program
    .command('points')
    .description('numbers of calls against each other: an argument against a result, a line for each entry')
    .argument('<store>')
    .addOption(query())
    .option(
      '-x, --x <field>',
      'such as cutoff or params.mixing, took, size, run; what varies most if left out',
    )
    .option('-y, --y <field>', 'such as output.energy; the first output that varies if left out')
    .option('--color <field>', 'one more column, by which --line tells entries apart')
    .option('--line', 'mean, least and greatest y at each x')
    .option('--csv', 'comma-separated values')
    .addOption(json().conflicts('csv'))
    .action(
      async (
        store: string,
        options: {
          query?: string
          x?: string
          y?: string
          color?: string
          line?: boolean
          csv?: boolean
          json?: boolean
        },
      ) => {
        const { runPoints } = await import('./points.ts')
        exit(await runPoints(store, options))
      },
    )
  program
    .command('fields')
    .description('list what a filter could say next: fields, arguments, paths; behind a name their values')
    .argument('<store>')
    .argument('[beginning]', 'of a filter, such as "func:relax " or "element:"', '')
    .addOption(json())
    .action(async (store: string, beginning: string, options: { json?: boolean }) => {
      const { runFields } = await import('./fields.ts')
      exit(await runFields(store, beginning, options))
    })
  program
    .command('trust')
    .description(
      'tell what loading a store, an entry or files with Python would import and call; nothing is run',
    )
    .argument('<store-or-file...>', 'STORE, STORE KEY, or FILE…')
    .addOption(query())
    .addOption(json())
    .action(async (targets: string[], options: { query?: string; json?: boolean }) => {
      const { runTrust } = await import('./trust.ts')
      exit(await runTrust(targets, options))
    })
  program
    .command('bytes')
    .description(
      'show the bytes or the opcodes of an entry or of a loose file, and of which part of the value',
    )
    .argument('<store-or-file>')
    .argument('[key]')
    .option('--at <offset>', 'from this byte on: 4096 or 0x1000')
    .option('-n, --length <count>', 'so many bytes; 256, with --opcodes all', wholeNumber)
    .option('--opcodes', 'the opcodes of a pickle or joblib stream instead of bytes')
    .option(
      '--node <path>',
      "only the bytes of a part of the value, such as output.energies or output['a b'][3]",
    )
    .option('--stored', 'as stored, not decompressed')
    .addOption(json())
    .action(async (target: string, key: string | undefined, options: BytesOptions) => {
      const { runBytes } = await import('./bytes.ts')
      exit(await runBytes(key === undefined ? [target] : [target, key], options))
    })
  program
    .command('find')
    .description('look for caches in a folder and the folders below')
    .argument('<folder>')
    .addOption(json())
    .action(async (folder: string, options: { json?: boolean }) => {
      const { runFind } = await import('./find.ts')
      exit(await runFind(folder, options))
    })
  program
    .command('diff')
    .description('compare two stores, two entries or two files, by what the values mean')
    .argument('<store-or-file...>', 'STORE STORE, STORE KEY STORE KEY, STORE KEY KEY, or FILE FILE')
    .addOption(query())
    .addOption(
      new Option(
        '--by <match>',
        'match entries of two stores by key, or the newest of each call by function and arguments',
      ).choices(['key', 'call']),
    )
    .option('-t, --tolerance <amounts>', 'for floats: absolute=1e-9,relative=1e-6,ulp=4, one or more of them')
    .addOption(json())
    .action(async (targets: string[], options: DiffCommandOptions) => {
      const { runDiff } = await import('./diff.ts')
      exit(await runDiff(targets, options))
    })
  addFilterCommands(program, exit)
  addJobCommands(program, exit)
  program
    .command('why')
    .description('tell why an entry has its key: the calls nearest to it, and what differs')
    .argument('<store>')
    .argument('<key>', 'of an entry that is there; a call that was never made has no arguments to compare')
    .addOption(json())
    .action(async (store: string, key: string, options: { json?: boolean }) => {
      const { runWhy } = await import('./why.ts')
      exit(await runWhy(store, key, options))
    })
  program
    .command('serve')
    .description('serve the inspector on this machine (loopback only) and print its address')
    .argument('[store...]')
    .option('-p, --port <number>', 'port; a free one if left out', wholeNumber)
    .option('--no-open', 'do not open a browser')
    .action(async (stores: string[], options: { port?: number; open: boolean }) => {
      const { runServe } = await import('./serve.ts')
      exit(await runServe(stores, { port: options.port, opensBrowser: options.open }))
    })
  program
    .command('open')
    .description('open the inspector: on the desktop where that can be, else in the browser')
    .argument('[store...]')
    .action(async (stores: string[]) => {
      const { runOpen } = await import('./open.ts')
      exit(await runOpen(stores))
    })
  return program
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.')
  return Number(text)
}
