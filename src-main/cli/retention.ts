import { dataFolder } from '../../shared/catalog/location.ts'
import type { Policy } from '../../shared/jobs/contract.ts'
import {
  clearRetention,
  keepRetention,
  readPolicy,
  readRetention,
  type Retention,
  type RuledStore,
} from '../../shared/jobs/retention.ts'
import { AppError } from '../../shared/model/errors.ts'
import type { StoreLocation } from '../../shared/stores/contract.ts'
import { openStore, resolveStore } from '../../shared/stores/registry.ts'
import { standardOutput } from './output.ts'
import type { ExitCode } from './program.ts'

export interface RetentionOptions {
  readonly file: string | undefined
  readonly rules: Policy | undefined
  readonly json?: boolean
}

/** `hashcache retention STORE [show | set FILE | set --max-age 1y … | clear]`: the rules that `evict STORE` goes by. */
export async function runRetention(
  target: string,
  action: string,
  { file, rules, json = false }: RetentionOptions,
): Promise<ExitCode> {
  const store = await ruledStore(await resolveStore(target))
  if (action === 'set') {
    const given = await givenRules(file, rules)
    if (given === undefined)
      throw new AppError(
        'USAGE',
        'Say which rules: retention STORE set FILE, or with options such as --max-bytes 20GB (docs/eviction.md).',
      )
    await keepRetention(store, dataFolder(), given)
  } else if (file !== undefined || rules !== undefined) {
    throw new AppError('USAGE', `"retention STORE ${action}" takes no rules; "set" does.`)
  } else if (action === 'clear') {
    await clearRetention(store, dataFolder())
  }
  const kept = await readRetention(store, dataFolder())
  const output = standardOutput()
  if (json) await output.write(JSON.stringify(kept) + '\n')
  else if (kept.policy === undefined) await output.write(`No rules are kept for ${store.location}.\n`)
  else await output.write(`${whereFrom(kept)}\n${JSON.stringify(kept.policy, undefined, 2)}\n`)
  return 0
}

/** The rules that are kept for a cache, for a command that was given none. */
export async function keptRules(location: StoreLocation): Promise<Retention> {
  return readRetention(await ruledStore(location), dataFolder())
}

/** Those of a file or those of options; neither: `undefined`. @throws AppError USAGE, for both at once too */
export async function givenRules(
  file: string | undefined,
  rules: Policy | undefined,
): Promise<Policy | undefined> {
  if (file === undefined) return rules
  if (rules !== undefined)
    throw new AppError('USAGE', `Rules are in ${file} or in options, not in both: one could hide the other.`)
  return policyIn(file)
}

async function policyIn(file: string): Promise<Policy> {
  const policy = await readPolicy(file)
  if (policy) return policy
  throw new AppError('USAGE', `There is no file ${file}; docs/eviction.md says what stands in it.`, {
    data: { path: file },
  })
}

export function whereFrom({ file }: Retention): string {
  return file === undefined ? 'By the rules kept for this cache:' : `By the rules of ${file}:`
}

/** What a cache is called is its own knowledge: a link, or a server's default port. */
async function ruledStore(location: StoreLocation): Promise<RuledStore> {
  await using store = await openStore(location)
  return { kind: store.kind, location: store.location, path: location.path }
}
