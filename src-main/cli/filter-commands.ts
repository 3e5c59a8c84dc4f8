import { Option, type Command } from 'commander'
import type { FiltersOptions } from './filters.ts'
import type { ExitCode } from './program.ts'

/** `hashcache filters`: filters under names, which `--query @NAME` means. */
export function addFilterCommands(program: Command, exit: (code: ExitCode) => void): void {
  const store = (what: string): Option => new Option('--store <store>', what)
  const filters = program.command('filters').description('filters saved under names, for --query @NAME')
  filters
    .command('list', { isDefault: true })
    .alias('ls')
    .description('list them')
    .addOption(store('those of this store, and of all stores'))
    .addOption(new Option('--json', 'machine-readable output'))
    .action(async (options: FiltersOptions) => {
      const { runFiltersList } = await import('./filters.ts')
      exit(await runFiltersList(options))
    })
  filters
    .command('save')
    .description('save a filter under a name, in place of an old one')
    .argument('<name>')
    .argument('<filter>')
    .addOption(store('for this store only'))
    .action(async (name: string, query: string, options: FiltersOptions) => {
      const { runFiltersSave } = await import('./filters.ts')
      exit(await runFiltersSave(name, query, options))
    })
  filters
    .command('remove')
    .alias('rm')
    .description('forget a saved filter')
    .argument('<name>')
    .addOption(store('of this store only'))
    .action(async (name: string, options: FiltersOptions) => {
      const { runFiltersRemove } = await import('./filters.ts')
      exit(await runFiltersRemove(name, options))
    })
}
