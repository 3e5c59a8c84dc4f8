import { Argument, Option, type Command } from 'commander'
import type { ConflictRule } from '../../shared/jobs/contract.ts'
import type { EvictOptions } from './evict.ts'
import type { JobChoices } from './jobs.ts'
import type { MigrateOptions } from './migrate.ts'
import { addPolicyOptions, rulesIn, wholeNumber } from './policy-options.ts'
import type { ExitCode } from './program.ts'
import type { TagOptions } from './tag.ts'
import type { VerifyOptions } from './verify.ts'

const rules: readonly ConflictRule[] = ['fail', 'skip', 'overwrite', 'newest', 'fastest', 'keep-both', 'ask']

/** The commands that change caches. */
export function addJobCommands(program: Command, exit: (code: ExitCode) => void): void {
  const json = (): Option =>
    new Option('--json', 'machine-readable output: the job, then a line for each item')
  const dryRun = (): Option => new Option('--dry-run', 'show the plan and change nothing')
  const store = (): Option =>
    new Option(
      '--store <store>',
      'the cache with its password, which jobs do not keep, or with another map_size',
    )
  program
    .command('migrate')
    .description('copy the entries of a store to another, of any kind; merges where the target has entries')
    .argument('<from>')
    .argument('<to>', 'a store; with a scheme (sqlite:PATH) it is made if it is not there')
    .option('-q, --query <filter>', 'only entries that match')
    .addOption(
      new Option('--on-conflict <rule>', 'where the target has other bytes under a key')
        .choices(rules)
        .default('fail'),
    )
    .option('--accept-loss', 'write to JSON although it cannot hold everything; --dry-run lists what is lost')
    .option('--accept-limits', 'write although the target is likely too small')
    .addOption(new Option('--form <form>', 'what the target is to hold').choices(['pickle', 'json']))
    .addOption(dryRun())
    .option('--resume', 'go on with the unfinished migration between these two')
    .option('-y, --yes', 'accepted for scripts; migrations do not ask')
    .addOption(json())
    .action(async (from: string, to: string, options: MigrateOptions) => {
      const { runMigrate } = await import('./migrate.ts')
      exit(await runMigrate(from, to, options))
    })
  program
    .command('archive')
    .description('write a store, or what matches, to one portable file; "migrate FILE STORE" brings it back')
    .argument('<store>')
    .argument('<file>', 'by custom it ends in .hashcache')
    .option('-q, --query <filter>', 'only entries that match')
    .addOption(dryRun())
    .addOption(json())
    .action(
      async (from: string, file: string, options: { query?: string; dryRun?: boolean; json?: boolean }) => {
        const { runMigrate } = await import('./migrate.ts')
        exit(
          await runMigrate(from, `archive:${file.replace(/^archive:/, '')}`, {
            ...options,
            onConflict: 'fail',
          }),
        )
      },
    )
  const evict = program
    .command('evict')
    .description(
      'move entries into the trash, from where undo brings them back: those that match, those that a rule names (docs/eviction.md), or with neither what the rules kept for the store name',
    )
    .argument('<store>')
    .option('-q, --query <filter>', 'only among entries that match, such as "age>1y -user:ana"')
    .option('-p, --policy <file>', 'rules of a retention.json')
    .addOption(dryRun())
    .option('-y, --yes', 'run the plan without asking')
    .addOption(json())
    .action(async (target: string, options: EvictOptions) => {
      const { runEvict } = await import('./evict.ts')
      exit(await runEvict(target, { ...options, rules: rulesIn({ ...options }) }))
    })
  addPolicyOptions(evict)
  const retention = program
    .command('retention')
    .description('show, set or clear the rules that evict goes by when it is given none')
    .argument('<store>')
    .addArgument(
      new Argument('[action]', 'what to do with them').choices(['show', 'set', 'clear']).default('show'),
    )
    .argument('[file]', 'for set: rules as in a retention.json (docs/eviction.md), if not by options')
    .addOption(new Option('--json', 'machine-readable output'))
    .action(async (target: string, action: string, file: string | undefined, options: { json?: boolean }) => {
      const { runRetention } = await import('./retention.ts')
      exit(await runRetention(target, action, { ...options, file, rules: rulesIn({ ...options }) }))
    })
  addPolicyOptions(retention)
  program
    .command('tag')
    .description(
      'put tags on entries and take others off; policies protect by them, filters find them (tag:keep)',
    )
    .usage('[options] <store> [key…] [+tag…] [-tag…]')
    .argument('<store>')
    .argument('[word...]', 'keys of entries; +keep puts a tag on, -old takes it off')
    .option('--query <filter>', 'also the entries that match')
    .addOption(new Option('--json', 'machine-readable output'))
    // -old is a tag to be taken off, no option.
    .helpOption('--help', 'display help for command')
    .allowUnknownOption()
    .action(async (target: string, words: string[], options: TagOptions) => {
      const { runTag } = await import('./tag.ts')
      exit(await runTag(target, words, options))
    })
  program
    .command('verify')
    .description('read every entry whole and tell what is damaged, misplaced, unreadable or no entry')
    .argument('<store>')
    .option('--repair', 'move damaged and misplaced entries, and temporary files, into the trash')
    .addOption(dryRun())
    .option('-y, --yes', 'repair without asking')
    .addOption(new Option('--json', 'machine-readable output'))
    .action(async (target: string, options: VerifyOptions) => {
      const { runVerify } = await import('./verify.ts')
      exit(await runVerify(target, options))
    })
  program
    .command('undo')
    .description('take back what a job did, where nobody has written since')
    .argument('<id>')
    .addOption(dryRun())
    .addOption(store())
    .addOption(json())
    .action(async (id: string, options: JobChoices & { dryRun?: boolean }) => {
      const { runUndo } = await import('./jobs.ts')
      exit(await runUndo(id, options))
    })
  addJobsCommand(program, exit, { json, store })
  addTrashCommand(program, exit)
}

function addJobsCommand(
  program: Command,
  exit: (code: ExitCode) => void,
  { json, store }: { readonly json: () => Option; readonly store: () => Option },
): void {
  const jobs = program.command('jobs').description('what was planned and run on this machine')
  jobs
    .command('ls', { isDefault: true })
    .description('list the jobs, newest first')
    .addOption(json())
    .action(async (options: JobChoices) => {
      const { runJobsList } = await import('./jobs.ts')
      exit(await runJobsList(options))
    })
  jobs
    .command('show')
    .description('a job and each of its items, as NDJSON')
    .argument('<id>')
    .action(async (id: string) => {
      const { runJobShow } = await import('./jobs.ts')
      exit(await runJobShow(id))
    })
  jobs
    .command('forget')
    .description('take jobs out of the list; what they did stays, and cannot be taken back any more')
    .argument('<id...>')
    .action(async (ids: string[]) => {
      const { runJobsForget } = await import('./jobs.ts')
      exit(await runJobsForget(ids))
    })
  jobs
    .command('resume')
    .description('go on with a job that was paused, cancelled, stopped or killed')
    .argument('<id>')
    .addOption(store())
    .addOption(json())
    .action(async (id: string, options: JobChoices) => {
      const { runJobResume } = await import('./jobs.ts')
      exit(await runJobResume(id, options))
    })
}

function addTrashCommand(program: Command, exit: (code: ExitCode) => void): void {
  const trash = program
    .command('trash')
    .description('what was evicted or overwritten and can be brought back')
  trash
    .command('ls', { isDefault: true })
    .description('list what the trash holds')
    .option('--json', 'machine-readable output')
    .action(async (options: { json?: boolean }) => {
      const { runTrashList } = await import('./trash.ts')
      exit(await runTrashList(options))
    })
  trash
    .command('empty')
    .description('delete for good what the trash holds, or what these jobs put there')
    .argument('[id...]')
    .option('--count <entries>', 'how many entries will be gone, instead of typing it', wholeNumber)
    .option('--json', 'machine-readable output')
    .action(async (ids: string[], options: { count?: number; json?: boolean }) => {
      const { runTrashEmpty } = await import('./trash.ts')
      exit(await runTrashEmpty(ids, options))
    })
}
