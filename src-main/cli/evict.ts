import type { Policy } from '../../shared/jobs/contract.ts'
import { planJob } from '../../shared/jobs/jobs.ts'
import { AppError } from '../../shared/model/errors.ts'
import type { StoreLocation } from '../../shared/stores/contract.ts'
import { resolveStore } from '../../shared/stores/registry.ts'
import { finishJob, jobsOptions, type RunChoices } from './job-run.ts'
import type { ExitCode } from './program.ts'
import { givenRules, keptRules, whereFrom } from './retention.ts'

export interface EvictOptions extends RunChoices {
  readonly query?: string
  /** A file. */
  readonly policy?: string
  readonly rules?: Policy | undefined
}

/**
 * `hashcache evict STORE [--query Q] [--policy FILE | --max-age 1y …]`: into the trash, exactly what the plan lists. With
 * none of them, by the rules that are kept for the cache.
 */
export async function runEvict(
  target: string,
  { query, policy, rules: typed, ...choices }: EvictOptions,
): Promise<ExitCode> {
  const store = await resolveStore(target)
  const given = await givenRules(policy, typed)
  const rules = given ?? (query === undefined ? await kept(store) : undefined)
  const options = jobsOptions(store)
  const selection = query === undefined ? {} : { query }
  const job = await planJob(
    { kind: 'evict', store, selection, ...(rules === undefined ? {} : { policy: rules }) },
    options,
  )
  return finishJob(job, choices, options)
}

/** Said on the standard error: the plan alone would not tell where its rules are from. */
async function kept(store: StoreLocation): Promise<Policy> {
  const rules = await keptRules(store)
  if (!rules.policy) {
    throw new AppError(
      'USAGE',
      'No rules are kept for this cache. Say which entries: --query "age>1y -user:ana", rules such as --max-bytes 20GB or --policy retention.json, or --query "" for all.',
    )
  }
  process.stderr.write(`${whereFrom(rules)} ${JSON.stringify(rules.policy)}\n`)
  return rules.policy
}
